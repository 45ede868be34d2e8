//! SQL templates that the stores of several domains share.

/// Scans posts, newest first, and selects wanted ones, until the page is full or `$scan` posts were
/// read. In the latter case the last row is the post at which the scan stopped. Feeds and search
/// share this query and differ only in their conditions.
///
/// `$condition` must be one that an index serves. `$wanted` may use `published_at`, `id`,
/// `author_id`, `visibility` and `text` of the post; `offset 0` in its subqueries makes Postgres
/// look rows up one by one, and only until the page is full. `$1` is the viewer, `$8` and up are
/// `$argument`s.
macro_rules! scan_posts {
    (
        $condition:literal, $wanted:literal,
        $viewer_id:expr, $page:expr, $scan:expr $(, $argument:expr)*
    ) => {
        sqlx::query_as!(
            ScannedKey,
            r#"
        with found as materialized (
            select published_at, id
            from (
                select published_at, id, author_id, visibility, text
                from posts
                where deleted_at is null
                    and published_at is not null
                    and "#
                + $condition
                + r#"
                    and (published_at, id) < ($2, $3)
                    and (published_at, id) > ($6, $7)
                order by published_at desc, id desc
                limit $5
            ) as scanned
            where "#
                + $wanted
                + r#"
            order by published_at desc, id desc
            limit $4
        )
        select published_at as "at!", id as "id!", true as "is_found!"
        from found
        union all
        select published_at, id, false
        from (
            select published_at, id
            from posts
            where deleted_at is null
                and published_at is not null
                and "#
                + $condition
                + r#"
                and (published_at, id) < ($2, $3)
                    and (published_at, id) > ($6, $7)
            order by published_at desc, id desc
            offset $5 - 1
            limit 1
        ) as stopped
        where (select count(*) from found) < $4
        "#,
            $viewer_id,
            $page.start.at,
            $page.start.id,
            $page.rows(),
            $scan,
            $page.end.at,
            $page.end.id
            $(, $argument)*
        )
    };
}

/// How many rows a page of [`list_pairs`] reads at most, of which all but the last may be hidden.
pub const PAIRS_SCAN: i64 = 500;

/// The keys of a list whose rows are pairs of ids, newest first, one more than a page: the ids in
/// `$listed` of the rows of `$table` whose `$owner` is `$owner_id`, if they are in `$seen`. `$1` is
/// the viewer. Rows with other ids are skipped until the page is full or [`PAIRS_SCAN`] rows were
/// read. In the latter case the last row is the one at which the scan stopped.
macro_rules! list_pairs {
    (
        $table:literal, $owner:literal => $listed:literal, $seen:literal,
        $owner_id:expr, $viewer_id:expr, $page:expr
    ) => {
        sqlx::query_as!(
            ScannedKey,
            r#"
        with found as materialized (
            select at, id
            from (
                select created_at as at, "#
                + $listed
                + r#" as id
                from "#
                + $table
                + r#"
                where "#
                + $owner
                + r#" = $2
                    and (created_at, "#
                + $listed
                + r#") < ($3, $4)
                    and (created_at, "#
                + $listed
                + r#") > ($5, $6)
                order by created_at desc, "#
                + $listed
                + r#" desc
                limit $8
            ) as scanned
            where exists (select from "#
                + $seen
                + r#" as seen where seen.id = scanned.id offset 0)
            order by at desc, id desc
            limit $7
        )
        select at as "at!", id as "id!", true as "is_found!"
        from found
        union all
        select at, id, false
        from (
            select created_at as at, "#
                + $listed
                + r#" as id
            from "#
                + $table
                + r#"
            where "#
                + $owner
                + r#" = $2
                and (created_at, "#
                + $listed
                + r#") < ($3, $4)
                and (created_at, "#
                + $listed
                + r#") > ($5, $6)
            order by created_at desc, "#
                + $listed
                + r#" desc
            offset $8 - 1
            limit 1
        ) as stopped
        where (select count(*) from found) < $7
        "#,
            $viewer_id.0,
            $owner_id.0,
            $page.start.at,
            $page.start.id,
            $page.end.at,
            $page.end.id,
            $page.rows(),
            $crate::store::PAIRS_SCAN
        )
    };
}

/// Likes and unlikes `$1`, a row of `$liked` whose likes are rows of `$likes`, for the users `$2`
/// who see it: `$are_seen` joins what a user must see, given the locked row as `liked`. The row is
/// locked first, so that batches of several processes take turns and cannot deadlock.
macro_rules! change_likes {
    (
        ($liked:literal, $likes:literal, $column:literal), $are_seen:literal,
        $connection:expr, $id:expr, $switches:expr
    ) => {
        sqlx::query_as!(
            SwitchedRow,
            r#"
        with liked as materialized (
            select *
            from "#
                + $liked
                + r#"
            where id = $1
                and deleted_at is null
            for no key update
        ),
        seen as materialized (
            select asked.user_id, asked.is_on
            from unnest($2::bigint[], $3::boolean[]) as asked (user_id, is_on)
            cross join liked
            "#
                + $are_seen
                + r#"
        ),
        inserted as (
            insert into "#
                + $likes
                + " ("
                + $column
                + r#", user_id)
            select $1, user_id
            from seen
            where is_on
            on conflict do nothing
            returning user_id
        ),
        deleted as (
            delete from "#
                + $likes
                + r#" as likes
            using seen
            where likes."#
                + $column
                + r#" = $1
                and likes.user_id = seen.user_id
                and not seen.is_on
            returning likes.user_id
        ),
        changed as (
            select user_id, 1 as difference from inserted
            union all
            select user_id, -1 from deleted
        ),
        counted as (
            update "#
                + $liked
                + r#" as counted
            set likes_count = counted.likes_count + changes.difference
            from (select sum(difference) as difference from changed) as changes
            where counted.id = $1
                and changes.difference <> 0
        )
        select
            user_id as "user_id!: UserId",
            exists (select from changed where changed.user_id = seen.user_id) as "is_changed!"
        from seen
        "#,
            $id.0,
            &$switches.user_ids,
            &$switches.are_on
        )
        .fetch_all($connection)
    };
}

pub(crate) use {change_likes, list_pairs, scan_posts};
