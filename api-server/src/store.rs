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

pub(crate) use {list_pairs, scan_posts};
