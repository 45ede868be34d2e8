//! SQL statements of the user search. They find only users whom the viewer sees and does not mute:
//! pages without the others would be empty and still have a next page.

use shared::ids::UserId;
use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::http::{PageKey, PageRequest};

/// Up to this number of matches, all are read and sorted.
const FEW: i64 = 1000;
/// With more matches, this number of the newest users is scanned.
const NEWEST: i64 = 2000;

/// What to look for in names, and for whom. Postgres folds the patterns as it folds the names.
pub struct UserSearch {
    viewer_id: Option<UserId>,
    exact: String,
    /// A pattern for a part of a username or of a full name.
    part: Option<String>,
    /// A pattern for the start of a username, if there is none for a part.
    beginning: Option<String>,
    /// Words of a full name. In scripts without spaces, whole names may have two characters.
    words: Option<String>,
}

impl UserSearch {
    /// Trigram indexes help from three characters on, if a letter or a digit follows the first one;
    /// otherwise no trigram of a match is known and every name would be read.
    pub fn of(viewer_id: Option<UserId>, q: &str) -> Self {
        let has_trigrams = q.chars().count() >= 3 && q.chars().skip(1).any(char::is_alphanumeric);
        let text = escaped(q);
        Self {
            viewer_id,
            exact: q.to_owned(),
            part: has_trigrams.then(|| format!("%{text}%")),
            beginning: (!has_trigrams).then(|| format!("{text}%")),
            words: (!q.is_ascii()).then(|| q.to_owned()),
        }
    }
}

/// `q` as a literal in a `like` pattern.
fn escaped(q: &str) -> String {
    let escape = |c| match c {
        '\\' | '%' | '_' => vec!['\\', c],
        _ => vec![c],
    };
    q.chars().flat_map(escape).collect()
}

/// Makes Postgres plan the statements of this transaction for their parameters: a generic plan
/// would read every name. So would a sequential scan that finds fewer names than expected.
pub async fn plan_each_time(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(
        "set local plan_cache_mode = force_custom_plan;
        set local enable_seqscan = off",
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The user with exactly this name.
pub async fn find_user_named(
    connection: &mut PgConnection,
    search: &UserSearch,
) -> Result<Option<UserId>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"
        select id as "id!: UserId"
        from visible_users($1) as users
        where lower(username) = lower($2)
            and not exists (
                select from mutes where muter_id = $1 and muted_id = users.id offset 0
            )
        "#,
        search.viewer_id as Option<UserId>,
        search.exact
    )
    .fetch_optional(connection)
    .await
}

/// A page of the matches without the exact one, plus one; `None` if there are too many.
pub async fn list_few_matches(
    connection: &mut PgConnection,
    search: &UserSearch,
    page: PageRequest,
) -> Result<Option<Vec<PageKey>>, sqlx::Error> {
    let found = sqlx::query!(
        r#"
        with found as materialized (
            (select id from users where username ilike search_folded($1) limit $7::bigint + 1)
            union
            (
                select user_id
                from profiles
                where search_folded(first_name || ' ' || last_name) like search_folded($1)
                limit $7::bigint + 1
            )
            union
            (
                select user_id
                from profiles
                where search_vector(first_name || ' ' || last_name || first_name)
                    @@ search_query($8)
                limit $7::bigint + 1
            )
            union
            (select id from users where lower(username) like lower($2) limit $7::bigint + 1)
        ),
        counted as (
            select count(*) as matches from found
        ),
        page as (
            select id, created_at
            from (
                select users.id, users.created_at
                from found
                join users on users.id = found.id
                where (select matches from counted) <= $7
                    and lower(users.username) <> lower($3)
                    and (users.created_at, users.id) < ($4, $5)
                    and (users.created_at, users.id) > ($9, $10)
                order by users.created_at desc, users.id desc
                limit $7
            ) as newest
            where exists (
                    select from visible_users($11) as seen where seen.id = newest.id offset 0
                )
                and not exists (
                    select from mutes where muter_id = $11 and muted_id = newest.id offset 0
                )
            order by created_at desc, id desc
            limit $6
        )
        select
            (select matches from counted) as "matches!",
            array(
                select id from page order by created_at desc, id desc
            ) as "ids!: Vec<i64>",
            array(
                select created_at from page order by created_at desc, id desc
            ) as "times!: Vec<OffsetDateTime>"
        "#,
        search.part,
        search.beginning,
        search.exact,
        page.start.at,
        page.start.id,
        page.rows(),
        FEW,
        search.words,
        page.end.at,
        page.end.id,
        search.viewer_id as Option<UserId>
    )
    .fetch_one(connection)
    .await?;
    let keys = found.times.into_iter().zip(found.ids);
    let keys = keys.map(|(at, id)| PageKey { at, id });
    Ok((found.matches <= FEW).then(|| keys.collect()))
}

/// A page of the matches among the newest users without the exact one, plus one. The names are
/// checked user by user, until the page is full.
pub async fn list_newest_matches(
    connection: &mut PgConnection,
    search: &UserSearch,
    page: PageRequest,
) -> Result<Vec<PageKey>, sqlx::Error> {
    sqlx::query_as!(
        PageKey,
        r#"
        select created_at as at, id
        from (
            select newest.id, newest.created_at
            from (
                select id, created_at, username
                from users
                where state = 'active'
                    and (created_at, id) < ($4, $5)
                    and (created_at, id) > ($9, $10)
                order by created_at desc, id desc
                limit $7
            ) as newest
            where lower(newest.username) <> lower($3)
                and (
                    newest.username ilike search_folded($1)
                    or lower(newest.username) like lower($2)
                    or exists (
                        select
                        from profiles
                        where user_id = newest.id
                            and (
                                search_folded(first_name || ' ' || last_name)
                                    like search_folded($1)
                                or search_vector(first_name || ' ' || last_name || first_name)
                                    @@ search_query($8)
                            )
                        offset 0
                    )
                )
            order by newest.created_at desc, newest.id desc
            offset 0
        ) as matching
        where exists (
                select from visible_users($11) as seen where seen.id = matching.id offset 0
            )
            and not exists (
                select from mutes where muter_id = $11 and muted_id = matching.id offset 0
            )
        order by created_at desc, id desc
        limit $6
        "#,
        search.part,
        search.beginning,
        search.exact,
        page.start.at,
        page.start.id,
        page.rows(),
        NEWEST,
        search.words,
        page.end.at,
        page.end.id,
        search.viewer_id as Option<UserId>
    )
    .fetch_all(connection)
    .await
}

/// The last of the newest users that a page scans; `None` if no users are left.
pub async fn find_end_of_newest(
    connection: &mut PgConnection,
    page: PageRequest,
) -> Result<Option<PageKey>, sqlx::Error> {
    sqlx::query_as!(
        PageKey,
        r#"
        select created_at as at, id
        from users
        where state = 'active'
            and (created_at, id) < ($1, $2)
            and (created_at, id) > ($4, $5)
        order by created_at desc, id desc
        offset $3::bigint - 1
        limit 1
        "#,
        page.start.at,
        page.start.id,
        NEWEST,
        page.end.at,
        page.end.id
    )
    .fetch_optional(connection)
    .await
}
