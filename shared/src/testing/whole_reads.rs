//! Finds plans that read a whole table, or a whole index, whose size grows with the site.

use serde_json::Value;

/// The tables that do not grow: one row for each migration, server and signing key.
pub const CONSTANT: [&str; 3] = ["_sqlx_migrations", "nodes", "signing_keys"];

/// The nodes through which a limit bounds the rows that are read below.
const TRANSPARENT: [&str; 4] = ["Limit", "LockRows", "Result", "Subquery Scan"];

/// The reads of whole growing tables in a plan, which has the form of `explain (format json)`:
/// sequential scans, and index scans without a condition on the index. A scan without a filter may
/// be bounded by a limit. Nodes that were never executed do not count.
#[must_use]
pub fn whole_reads(plan: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect(plan, "", false, &mut found);
    found
}

fn collect(node: &Value, outer_table: &str, is_bounded: bool, found: &mut Vec<String>) {
    if node.get("Actual Loops").and_then(Value::as_u64) == Some(0) {
        return;
    }
    let text = |name| node.get(name).and_then(Value::as_str);
    let kind = text("Node Type").unwrap_or_default();
    // A bitmap's index scans do not name the table.
    let table = text("Relation Name").unwrap_or(outer_table);
    let is_unfiltered = text("Filter").is_none();
    let is_whole = match kind {
        "Seq Scan" => true,
        "Index Scan" | "Index Only Scan" | "Bitmap Index Scan" => text("Index Cond").is_none(),
        _ => false,
    };
    let grows = !table.starts_with("pg_") && !CONSTANT.contains(&table);
    if is_whole && grows && !(is_bounded && is_unfiltered) {
        let index = text("Index Name").unwrap_or_default();
        found.push(format!("{kind} of {table} {index}").trim_end().to_owned());
    }
    let bounds = is_unfiltered && TRANSPARENT.contains(&kind) && (is_bounded || kind == "Limit");
    for child in node
        .get("Plans")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        collect(child, table, bounds, found);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn scan(kind: &str, more: &Value) -> Value {
        let mut node = json!({"Node Type": kind, "Relation Name": "posts", "Index Name": "by_id"});
        let more = more.as_object().unwrap().clone();
        node.as_object_mut().unwrap().extend(more);
        node
    }

    #[test]
    fn a_scan_without_a_condition_reads_all_unless_a_limit_bounds_it() {
        let seq = scan("Seq Scan", &json!({}));
        let index = scan("Index Scan", &json!({}));
        let filtered = scan("Index Scan", &json!({"Filter": "x"}));
        let bounded = |plan: &Value| json!({"Node Type": "Limit", "Plans": [plan]});
        let sorted =
            json!({"Node Type": "Limit", "Plans": [{"Node Type": "Sort", "Plans": [seq]}]});
        for plan in [&seq, &index, &filtered, &bounded(&filtered), &sorted] {
            assert_eq!(whole_reads(plan).len(), 1, "{plan}");
        }
        let conditional = scan(
            "Index Scan",
            &json!({"Index Cond": "id = 1", "Filter": "x"}),
        );
        let constant = scan("Seq Scan", &json!({"Relation Name": "nodes"}));
        let skipped = scan("Seq Scan", &json!({"Actual Loops": 0}));
        for plan in [
            &conditional,
            &constant,
            &skipped,
            &bounded(&index),
            &bounded(&seq),
        ] {
            assert_eq!(whole_reads(plan), Vec::<String>::new(), "{plan}");
        }
    }

    #[test]
    fn a_bitmap_of_a_whole_index_is_told_with_its_table() {
        let plan = json!({
            "Node Type": "Bitmap Heap Scan", "Relation Name": "posts",
            "Plans": [{"Node Type": "Bitmap Index Scan", "Index Name": "posts_newest"}],
        });
        let expected = "Bitmap Index Scan of posts posts_newest";
        assert_eq!(whole_reads(&plan), [expected]);
    }
}
