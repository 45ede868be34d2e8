//! How it goes wrong at the start: one line that names the setting and the cause.

use shared::testing::TestDatabase;

use crate::binary::command;

/// What a run with one bad setting says; it ends by itself, with exit code 1.
async fn refusal(subcommand: &str, database: &str, bad: Option<(&str, &str)>) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("store")).unwrap();
    let web = folder.path().join("web");
    std::fs::create_dir(&web).unwrap();
    std::fs::write(web.join("index.html"), "").unwrap();
    let mut command = command(subcommand, database, &folder);
    command.env("PAWL_WEB_DIR", web);
    command.env("PAWL_LOG", "warn").envs(bad);
    let ended = command.output().await.unwrap();
    let told = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(1), "{told}");
    assert!(told.starts_with("api-server: "), "{told}");
    told
}

#[tokio::test]
async fn a_database_that_is_away_or_missing_is_told_as_such() {
    let database = TestDatabase::create().await;
    let away = "postgres://postgres@127.0.0.1:1/x".to_owned();
    let missing = format!("{}_not", database.url);
    for (database, cause) in [(away, "refused"), (missing, "does not exist")] {
        for subcommand in ["serve", "check", "migrate"] {
            let told = refusal(subcommand, &database, None).await;
            assert!(told.contains("DATABASE_URL"), "{told}");
            assert!(told.contains(cause), "{told}");
            assert!(!told.contains("migrate"), "{told}");
        }
    }
}

#[tokio::test]
async fn a_check_tries_the_store_the_web_client_and_redis() {
    let database = TestDatabase::create().await;
    for (setting, value) in [
        ("PAWL_STORE", "/proc/store"),
        ("PAWL_STORE", "elsewhere"),
        ("PAWL_WEB_DIR", "elsewhere"),
        ("REDIS_URL", "redis://127.0.0.1:1"),
    ] {
        let told = refusal("check", &database.url, Some((setting, value))).await;
        assert!(told.contains(setting), "{told}");
    }
}
