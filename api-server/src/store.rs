//! SQL templates that the stores of several domains share.

/// Scans posts, newest first, and selects wanted ones, until the page is full or `$scan` posts were
/// read. In the latter case the last row is the post at which the scan stopped. Feeds and search
/// share this query and differ only in their conditions.
///
/// `$condition` must be one that an index serves. `$wanted` may use `published_at`, `id`,
/// `author_id`, `visibility` and `text` of the post; `offset 0` in its subqueries makes Postgres
/// look rows up one by one, and only until the page is full. `$1` is the viewer, `$6` and up are
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
                order by published_at desc, id desc
                limit $5
            ) as scanned
            where "#
                + $wanted
                + r#"
            order by published_at desc, id desc
            limit $4
        )
        select published_at as "published_at!", id as "id!", true as "is_found!"
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
            order by published_at desc, id desc
            offset $5 - 1
            limit 1
        ) as stopped
        where (select count(*) from found) < $4
        "#,
            $viewer_id,
            $page.after.at,
            $page.after.id,
            $page.rows(),
            $scan
            $(, $argument)*
        )
    };
}

/// The keys of a list whose rows are pairs of ids, newest first, one more than a page: the ids in
/// `$listed` of the rows of `$table` whose `$owner` is `$owner_id`.
macro_rules! list_pairs {
    ($table:literal, $owner:literal, $listed:literal, $owner_id:expr, $page:expr) => {
        sqlx::query_as!(
            PageKey,
            "select created_at as at, "
                + $listed
                + " as id from "
                + $table
                + " where "
                + $owner
                + " = $1 and (created_at, "
                + $listed
                + ") < ($2, $3) order by created_at desc, "
                + $listed
                + " desc limit $4",
            $owner_id.0,
            $page.after.at,
            $page.after.id,
            $page.rows()
        )
    };
}

pub(crate) use {list_pairs, scan_posts};
