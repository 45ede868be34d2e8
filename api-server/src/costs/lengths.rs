//! Pages of one, twenty and a hundred items need the same statements, except those about properties
//! that only some items have.

use std::collections::BTreeSet;

use shared::testing::Statements;

use super::cost;
use crate::testing::TestApp;

/// Statements about media and renditions, and about comments below deleted ones.
const ABOUT_SOME: [&str; 3] = ["post_media", "renditions", "tombstones"];

fn about_all(statements: Vec<String>) -> Vec<String> {
    let is_about_all = |text: &String| !ABOUT_SOME.iter().any(|word| text.contains(word));
    statements.into_iter().filter(is_about_all).collect()
}

#[tokio::test]
async fn a_page_of_1_20_or_100_takes_the_same_statements() {
    let test = TestApp::seeded().await;
    let watched = Statements::watch();
    let reader = test.user("reader").await;
    for path in [
        "/feeds/home?",
        "/feeds/public?",
        "/users/celebrity/posts?",
        "/search?q=often&",
        "/search?q=celebrity&kind=users&",
        "/search?q=ba&kind=users&",
        "/posts/999999/comments?",
        "/posts/999998/comments?",
        "/posts/999999/likes?",
        "/users/celebrity/followers?",
        "/users/celebrity/following?",
    ] {
        let mut asked = Vec::new();
        for limit in [1, 20, 100] {
            let (seen, items) = cost(&watched, &reader, &format!("{path}limit={limit}")).await;
            assert!(seen.statements.len() <= 7, "{path}: {seen:?}");
            assert!(items <= limit, "{path}: {items} of {limit}");
            asked.push(about_all(seen.statements));
        }
        let kinds: BTreeSet<_> = asked.iter().collect();
        assert_eq!(kinds.len(), 1, "{path}: {asked:#?}");
    }
}
