//! The commands about keys and people, as an operator types them.

use std::process::Stdio;

use shared::testing::{TestDatabase, insert_user};
use tokio::io::AsyncWriteExt;

use crate::binary::command;

/// Exit code, standard output, standard error.
type Ended = (Option<i32>, String, String);

/// Runs words such as `keys list` to their end.
async fn run(database: &str, words: &str) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    let mut words = words.split(' ');
    let mut command = command(words.next().unwrap(), database, &folder);
    let command = command.args(words).env("PAWL_LOG", "warn");
    let ended = command.output().await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (ended.status.code(), text(ended.stdout), text(ended.stderr))
}

/// What a run that succeeds says.
async fn done(database: &TestDatabase, words: &str) -> String {
    let (code, told, complaints) = run(&database.url, words).await;
    assert_eq!(
        (code, complaints.as_str()),
        (Some(0), ""),
        "{words}: {told}"
    );
    told
}

/// Actor, action, subject, whom it concerns.
async fn record(database: &TestDatabase) -> Vec<(Option<i64>, String, String, Option<i64>)> {
    sqlx::query_as(
        "select actor_id, action, subject_kind || ' ' || subject_id, user_id
        from audit_log order by id",
    )
    .fetch_all(&database.pool)
    .await
    .unwrap()
}

fn first_word(text: &str) -> String {
    text.split(' ').next().unwrap().to_owned()
}

#[tokio::test]
async fn keys_are_announced_listed_and_revoked_and_the_record_tells_of_it() {
    let database = TestDatabase::create().await;
    assert!(done(&database, "keys list").await.contains("no keys yet"));
    let told = done(&database, "keys rotate --key-lead 0s").await;
    let first = first_word(&told);
    assert_eq!(first.len(), 16, "{told}");
    assert!(told.contains(" signs from 20"), "{told}");
    let second = first_word(&done(&database, "keys rotate").await);
    let listed = done(&database, "keys list").await;
    let lines: Vec<_> = listed.lines().collect();
    assert_eq!(lines.len(), 2, "{listed}");
    for (line, kid) in lines.iter().zip([&second, &first]) {
        assert!(line.starts_with(kid) && line.contains("next"), "{listed}");
    }

    let told = done(&database, &format!("keys revoke {first}")).await;
    let expected = format!("{first} is revoked\n{second} signs from now on\n");
    assert_eq!(told, expected);
    let told = done(&database, &format!("keys revoke {first}")).await;
    assert_eq!(told, format!("{first} has already been revoked\n"));
    let listed = done(&database, "keys list").await;
    assert!(listed.contains(&format!("{second}  active")), "{listed}");
    assert!(listed.contains(&format!("{first}  revoked")), "{listed}");
    let entry = |action: &str, kid: &str| (None, action.to_owned(), format!("key {kid}"), None);
    let expected = [
        entry("key.rotated", &first),
        entry("key.rotated", &second),
        entry("key.revoked", &first),
    ];
    assert_eq!(record(&database).await, expected);
}

#[tokio::test]
async fn people_are_made_admins_and_suspended_by_name_or_address_and_back() {
    let database = TestDatabase::create().await;
    let ada = insert_user(&database.pool, "ada").await;
    insert_user(&database.pool, "bob").await;
    for (words, told, role, state) in [
        ("admin grant ADA", "ADA is an admin", "admin", "active"),
        (
            "admin grant ada",
            "ada is an admin (unchanged)",
            "admin",
            "active",
        ),
        (
            "admin suspend ada",
            "ada is suspended",
            "admin",
            "suspended",
        ),
        (
            "admin revoke Ada@Example.org",
            "Ada@Example.org is not an admin",
            "user",
            "suspended",
        ),
        (
            "admin unsuspend ada",
            "ada is not suspended",
            "user",
            "active",
        ),
        (
            "admin unsuspend ada",
            "ada is not suspended (unchanged)",
            "user",
            "active",
        ),
    ] {
        assert_eq!(done(&database, words).await, format!("{told}\n"));
        let rows: Vec<(String, String)> =
            sqlx::query_as("select role, state from users order by id")
                .fetch_all(&database.pool)
                .await
                .unwrap();
        let pair = |role: &str, state: &str| (role.to_owned(), state.to_owned());
        assert_eq!(rows, [pair(role, state), pair("user", "active")], "{words}");
    }
    let entry = |action: &str| {
        let whom = Some(ada.0);
        (None, action.to_owned(), format!("user {ada}"), whom)
    };
    let expected = [
        "admin.granted",
        "user.suspended",
        "admin.revoked",
        "user.unsuspended",
    ];
    assert_eq!(record(&database).await, expected.map(entry));
}

#[tokio::test]
async fn who_or_what_is_not_there_is_told_and_changes_nothing() {
    let database = TestDatabase::create().await;
    insert_user(&database.pool, "gone").await;
    sqlx::raw_sql("update users set state = 'deleted'")
        .execute(&database.pool)
        .await
        .unwrap();
    for (words, cause) in [
        ("admin grant nobody", "there is no user `nobody`"),
        ("admin suspend gone", "there is no user `gone`"),
        ("keys revoke abc", "there is no key `abc`"),
        ("keys revoke -abc", "there is no key `-abc`"),
    ] {
        let (code, told, complaints) = run(&database.url, words).await;
        assert_eq!((code, told.as_str()), (Some(1), ""), "{words}");
        assert!(complaints.contains(cause), "{complaints}");
    }
    assert_eq!(record(&database).await, []);
}

#[tokio::test]
async fn what_is_missing_on_the_command_line_is_named() {
    let database = TestDatabase::create().await;
    for (words, cause) in [
        ("keys", "keys list, keys rotate, keys revoke"),
        (
            "admin",
            "admin grant, admin revoke, admin suspend, admin unsuspend",
        ),
        ("keys revoke", "<KID> is missing"),
        ("admin suspend", "<USER> is missing"),
        ("keys rotate --key-lead soon", "PAWL_KEY_LEAD"),
        ("keys rotate --dev=off --key-lead 4m", "PAWL_KEY_LEAD"),
        ("keys rotate --secret-key abc", "PAWL_SECRET_KEY"),
        ("admin grant ada --database-url x", "DATABASE_URL"),
    ] {
        let (code, _, complaints) = run(&database.url, words).await;
        assert_eq!(code, Some(64), "{words}: {complaints}");
        assert!(complaints.contains(cause), "{words}: {complaints}");
    }
    for (words, usage) in [
        ("keys revoke -h", "keys revoke [OPTIONS] <KID>"),
        ("admin grant -h", "admin grant [OPTIONS] <USER>"),
        ("keys rotate -h", "PAWL_KEY_LEAD"),
    ] {
        let told = done(&database, words).await;
        assert!(told.contains(usage), "{words}: {told}");
    }
}

#[tokio::test]
async fn without_postgres_or_on_an_old_schema_the_setting_and_the_way_out_are_named() {
    let database = TestDatabase::create().await;
    let away = "postgres://postgres@127.0.0.1:1/x";
    sqlx::raw_sql("delete from _sqlx_migrations where version > 9")
        .execute(&database.pool)
        .await
        .unwrap();
    for words in [
        "keys list",
        "keys rotate",
        "keys revoke abc",
        "admin grant ada",
    ] {
        for (url, cause) in [(away, "refused"), (database.url.as_str(), "`migrate`")] {
            let (code, _, complaints) = run(url, words).await;
            assert_eq!(code, Some(1), "{complaints}");
            let is_told = complaints.contains("DATABASE_URL") && complaints.contains(cause);
            assert!(is_told, "{words}: {complaints}");
        }
    }
}

#[tokio::test]
async fn another_secret_than_the_servers_announces_no_key() {
    let database = TestDatabase::create().await;
    done(&database, "keys rotate --key-lead 0s").await;
    let other = "CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk";
    let words = format!("keys rotate --secret-key {other}");
    let (code, _, complaints) = run(&database.url, &words).await;
    assert_eq!(code, Some(1), "{complaints}");
    assert!(complaints.contains("PAWL_SECRET_KEY"), "{complaints}");
    assert_eq!(record(&database).await.len(), 1);
}

/// A command with a line on standard input.
async fn run_with_input(database: &TestDatabase, words: &str, line: &str) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    let mut words = words.split(' ');
    let mut command = command(words.next().unwrap(), &database.url, &folder);
    command.args(words).env("PAWL_LOG", "info");
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(line.as_bytes()).await.unwrap();
    drop(input);
    let ended = child.wait_with_output().await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (ended.status.code(), text(ended.stdout), text(ended.stderr))
}

#[tokio::test]
async fn admins_are_listed_and_commands_print_no_line_of_a_start() {
    let database = TestDatabase::create().await;
    let told = done(&database, "admin list").await;
    assert!(told.contains("no admins yet"), "{told}");
    for name in ["bob", "ada"] {
        insert_user(&database.pool, name).await;
        done(&database, &format!("admin grant {name}")).await;
    }
    insert_user(&database.pool, "eve").await;
    done(&database, "admin suspend bob").await;
    let (code, told, log) = run_with_input(&database, "admin list", "").await;
    assert_eq!((code, log.as_str()), (Some(0), ""));
    let expected = "ada  ada@example.org  active\nbob  bob@example.org  suspended\n";
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_reset_replaces_the_password_ends_the_sessions_and_is_recorded() {
    let database = TestDatabase::create().await;
    let ada = insert_user(&database.pool, "ada").await;
    let session = "insert into sessions (id, user_id, seed, expires_at)
        values (gen_random_uuid(), $1, decode(repeat('00', 32), 'hex'), now() + interval '1 day')";
    sqlx::query(session)
        .bind(ada.0)
        .execute(&database.pool)
        .await
        .unwrap();
    let password = done(&database, "admin reset-password ada").await;
    assert_eq!(password.trim_end().len(), 20, "{password}");
    let (hash, alive): (String, i64) = sqlx::query_as(
        "select password_hash,
            (select count(*) from sessions where user_id = users.id and ended_at is null)
        from users",
    )
    .fetch_one(&database.pool)
    .await
    .unwrap();
    assert!(hash.starts_with("$argon2id$"), "{hash}");
    assert_eq!(alive, 0);
    let entry = (
        None,
        "password.reset".to_owned(),
        format!("user {ada}"),
        Some(ada.0),
    );
    assert_eq!(record(&database).await, [entry]);

    let words = "admin reset-password --password-stdin ADA";
    let (code, _, told) = run_with_input(&database, words, "12345678\n").await;
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("use more than digits"), "{told}");
    let (code, told, log) = run_with_input(&database, words, "a strange loop of tea\n").await;
    assert_eq!((code, log.as_str()), (Some(0), ""), "{told}");
    assert_eq!(told, "ADA has the new password\n");
    let (code, _, told) = run(&database.url, "admin reset-password nobody").await;
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("there is no user `nobody`"), "{told}");
}
