//! `api-server check counters`, as an operator runs it.

use std::process::Output;

use shared::testing::{TestDatabase, insert_post, insert_user};
use system_tests::harness::Program;
use tokio::process::Command;

/// 32 bytes in base64url.
const SECRET_KEY: &str = "c3lzdGVtLXRlc3RzLXNpZ24td2l0aC10aGlzLWtleS0";

#[tokio::test]
async fn check_counters_is_content_with_right_ones_and_names_a_wrong_one() {
    let database = TestDatabase::create().await;
    let ada = insert_user(&database.pool, "ada").await;
    insert_post(&database.pool, ada, "one").await;
    let set = async |sql: &'static str| {
        sqlx::query(sql).execute(&database.pool).await.unwrap();
    };
    set("update profiles set posts_count = 1").await;
    let (is_content, told) = check_counters(&database).await;
    assert!(is_content, "{told}");

    for (change, counter) in [
        ("update posts set likes_count = 7", "posts.likes_count"),
        (
            "update profiles set posts_count = 2",
            "profiles.posts_count",
        ),
    ] {
        set(change).await;
        let (is_content, told) = check_counters(&database).await;
        assert!(!is_content, "{change}: {told}");
        let faults: Vec<_> = told
            .lines()
            .filter(|line| line.contains("is wrong"))
            .collect();
        assert!(faults.iter().any(|line| line.contains(counter)), "{told}");
        assert!(
            !faults.iter().any(|line| line.contains("comments")),
            "{told}"
        );
    }
}

/// Whether it exits with 0, and its output.
async fn check_counters(database: &TestDatabase) -> (bool, String) {
    let store = tempfile::tempdir().unwrap();
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(Program::Api.path())
        .args(["check", "counters"])
        .env_clear()
        .env("DATABASE_URL", &database.url)
        .env("PAWL_STORE", store.path())
        .env("PAWL_SECRET_KEY", SECRET_KEY)
        .env("PAWL_DEV", "1")
        .current_dir(store.path())
        .output()
        .await
        .unwrap();
    let told = [stdout, stderr].concat();
    (
        status.success(),
        String::from_utf8_lossy(&told).into_owned(),
    )
}
