//! Tests of the audit log on a real database.

use serde_json::json;
use shared::ids::PostId;
use shared::testing::{TestDatabase, insert_user};

use super::actions::{record, record_admin_read};
use super::model::{Entry, Subject};

#[tokio::test]
async fn an_entry_keeps_who_did_what_to_whom() {
    let database = TestDatabase::create().await;
    let (ada, bob) = (
        insert_user(&database.pool, "ada").await,
        insert_user(&database.pool, "bob").await,
    );
    let mut connection = database.pool.acquire().await.unwrap();
    let entry = Entry {
        details: json!({"why": "spam"}),
        ..Entry::by(ada, "user.suspended", Subject::User(bob)).concerning(bob)
    };
    record(&mut connection, entry).await.unwrap();
    let entry = Entry::by_no_one("key.rotated", Subject::Key("abc".to_owned()));
    record(&mut connection, entry).await.unwrap();
    let rows: Vec<(Option<i64>, String, String, Option<i64>)> = sqlx::query_as(
        "select actor_id, action, subject_kind || ' ' || subject_id, user_id from audit_log
        order by id",
    )
    .fetch_all(&mut *connection)
    .await
    .unwrap();
    let expected = [
        (
            Some(ada.0),
            "user.suspended".to_owned(),
            format!("user {bob}"),
            Some(bob.0),
        ),
        (None, "key.rotated".to_owned(), "key abc".to_owned(), None),
    ];
    assert_eq!(rows, expected);
}

#[tokio::test]
async fn an_admins_reads_of_one_thing_are_one_row_an_hour() {
    let database = TestDatabase::create().await;
    let (ada, eve) = (
        insert_user(&database.pool, "ada").await,
        insert_user(&database.pool, "eve").await,
    );
    let mut tx = database.pool.begin().await.unwrap();
    for _ in 0..3 {
        for admin in [ada, eve] {
            for post in [PostId(1), PostId(2)] {
                record_admin_read(&mut tx, admin, Subject::Post(post))
                    .await
                    .unwrap();
            }
        }
    }
    let count = "select count(*) from audit_log where action = 'admin.read'";
    let rows: i64 = sqlx::query_scalar(count).fetch_one(&mut *tx).await.unwrap();
    assert_eq!(rows, 4, "two admins and two posts");
    sqlx::query("update audit_log set unique_key = replace(unique_key, ' 20', ' 19')")
        .execute(&mut *tx)
        .await
        .unwrap();
    record_admin_read(&mut tx, ada, Subject::Post(PostId(1)))
        .await
        .unwrap();
    let rows: i64 = sqlx::query_scalar(count).fetch_one(&mut *tx).await.unwrap();
    assert_eq!(rows, 5, "another hour, another row");
}
