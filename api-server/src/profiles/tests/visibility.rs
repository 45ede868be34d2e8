//! Which viewer sees which user: the complete table, for every statement that uses `visible_users`.

#![expect(clippy::unwrap_used, reason = "a test's own steps must work")]

use shared::ids::UserId;

use crate::profiles::store;
use crate::testing::TestApp;

/// In the order of their ids, which start at 1.
const PEOPLE: [&str; 6] = ["ada", "blocker", "blocked", "stranger", "sue", "dee"];

/// One user blocks Ada, and Ada blocks another. Sue is suspended and Dee deleted.
async fn scene() -> TestApp {
    let test = TestApp::start().await;
    for name in PEOPLE {
        test.person(name).await;
    }
    test.run(
        "insert into blocks (blocker_id, blocked_id) values (2, 1), (1, 3);
        update users set state = 'suspended' where username = 'sue';
        update users set state = 'deleted' where username = 'dee'",
    )
    .await;
    test
}

/// The users whom the viewer sees. All statements must agree on them.
async fn seen_by(test: &TestApp, viewer_id: Option<UserId>) -> Vec<String> {
    let mut connection = test.database.pool.acquire().await.unwrap();
    let ids: Vec<_> = (1..=6).map(UserId).collect();
    let listed = store::list_users(&mut connection, viewer_id, &ids, false).await;
    let listed: Vec<_> = listed
        .unwrap()
        .into_iter()
        .map(|row| row.username)
        .collect();
    for name in PEOPLE {
        let is_listed = listed.iter().any(|listed| listed == name);
        let found = store::find_visible_user(&mut connection, viewer_id, name).await;
        assert_eq!(found.unwrap().is_some(), is_listed, "{viewer_id:?} {name}");
        let found = store::find_user(&mut connection, viewer_id, name).await;
        assert_eq!(found.unwrap().is_some(), is_listed, "{viewer_id:?} {name}");
    }
    listed
}

#[tokio::test]
async fn who_sees_whom_is_as_the_table_says() {
    let test = scene().await;
    let active = ["ada", "blocker", "blocked", "stranger"];
    assert_eq!(seen_by(&test, None).await, active);
    assert_eq!(seen_by(&test, Some(UserId(4))).await, active);
    assert_eq!(seen_by(&test, Some(UserId(1))).await, ["ada", "stranger"]);
    let others = ["blocker", "blocked", "stranger"];
    assert_eq!(seen_by(&test, Some(UserId(2))).await, others);
    assert_eq!(seen_by(&test, Some(UserId(3))).await, others);
}

#[tokio::test]
async fn a_list_of_blocked_people_leaves_out_who_is_not_active() {
    let test = scene().await;
    let mut connection = test.database.pool.acquire().await.unwrap();
    let ids: Vec<_> = (1..=6).map(UserId).collect();
    let listed = store::list_users(&mut connection, Some(UserId(1)), &ids, true).await;
    let listed = listed.unwrap().into_iter();
    let listed: Vec<_> = listed.map(|row| (row.username, row.is_visible)).collect();
    let expected = [
        ("ada", true),
        ("blocker", false),
        ("blocked", false),
        ("stranger", true),
    ];
    assert_eq!(listed, expected.map(|(name, seen)| (name.to_owned(), seen)));
}

#[tokio::test]
async fn only_ones_own_row_tells_the_address() {
    let test = scene().await;
    let mut connection = test.database.pool.acquire().await.unwrap();
    let ids: Vec<_> = (1..=6).map(UserId).collect();
    let listed = store::list_users(&mut connection, Some(UserId(4)), &ids, false).await;
    for row in listed.unwrap() {
        assert_eq!(row.email.is_some(), row.id == UserId(4), "{}", row.username);
    }
}

#[tokio::test]
async fn the_rule_is_planned_with_the_query_that_asks_it_and_looks_blocks_up_by_their_keys() {
    let test = scene().await;
    let plan: Vec<String> = sqlx::query_scalar(
        "explain select id from visible_users(1) as users where lower(username) = 'blocker'",
    )
    .fetch_all(&test.database.pool)
    .await
    .unwrap();
    let plan = plan.join("\n");
    assert!(!plan.contains("Function Scan"), "{plan}");
    assert!(!plan.contains("hashed"), "{plan}");
}
