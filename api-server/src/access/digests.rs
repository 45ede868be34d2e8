//! The whole content of the database, so that a test detects unexpected changes.

use super::scene::Scene;

/// A line per table: its name, its number of rows, and a digest of them. The catalogue provides the
/// tables, so that new ones are included. Excluded are data that change by themselves: the applied
/// migrations, and records of an admin's reads.
const DIGESTS: &str = "
    select string_agg(name || (xpath('/row/digest/text()', found))[1]::text, e'\\n' order by name)
    from (
        select
            tables.table_name as name,
            query_to_xml(
                format(
                    'select concat_ws('' '', '''', count(*), md5(string_agg(line, e''\\n'' order by line)))
                        as digest
                    from (select t::text as line from %I as t %s) as lines',
                    tables.table_name,
                    case tables.table_name when 'audit_log' then 'where unique_key is null' end
                ),
                false,
                true,
                ''
            ) as found
        from information_schema.tables
        where tables.table_schema = 'public'
            and tables.table_type = 'BASE TABLE'
            and tables.table_name <> '_sqlx_migrations'
    ) as digests
";

pub async fn all(scene: &Scene) -> String {
    scene.test.ask(DIGESTS).await
}

#[tokio::test]
async fn whatever_changes_is_seen() {
    let scene = Scene::set().await;
    let mut before = all(&scene).await;
    assert_eq!(all(&scene).await, before);
    for change in [
        "update users set email = 'other@example.org' where username = 'owner'",
        "update profiles set first_name = 'Other'",
        "update post_media set position = 2",
        "update media set alt = 'other'",
        "update sessions set generation = generation + 1",
        "delete from mutes",
        "delete from post_likes",
        "update comments set text = 'other' where id = 1",
        "insert into audit_log (action, subject_kind, subject_id) values ('x', 'user', '1')",
    ] {
        scene.test.run(change).await;
        let after = all(&scene).await;
        assert_ne!(after, before, "{change}");
        before = after;
    }
}
