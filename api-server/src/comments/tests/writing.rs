//! Writing, editing, deleting and liking comments, and the refusals.

use serde_json::{Value, json};

use super::{delete, drift, edit, id_of, like, outline, say, scene, seen, unlike};

#[tokio::test]
async fn the_bounds_of_a_comment_are_told_with_pointers() {
    let (test, [ada, bob, _]) = scene().await;
    ada.write_post(json!({"text": "another"})).await;
    let elsewhere = ada.post("/posts/2/comments", &json!({"text": "x"})).await;
    let elsewhere = elsewhere.json()["id"].clone();
    let own = say(&bob, "own", None).await;
    for (body, pointer, code) in [
        (json!({}), "/text", "required"),
        (json!({"text": ""}), "/text", "required"),
        (json!({"text": " \n\u{2003}"}), "/text", "required"),
        (json!({"text": "ü".repeat(2001)}), "/text", "too_long"),
        (json!({"text": "a\u{0}"}), "/text", "invalid_text"),
        (json!({"text": null}), "/text", "wrong_type"),
        (json!({"text": 7}), "/text", "wrong_type"),
        (
            json!({"text": "x", "author": "ada"}),
            "/author",
            "unknown_field",
        ),
        (
            json!({"text": "x", "parent_id": "x"}),
            "/parent_id",
            "wrong_type",
        ),
        (
            json!({"text": "x", "parent_id": 1}),
            "/parent_id",
            "wrong_type",
        ),
        (
            json!({"text": "x", "parent_id": "99"}),
            "/parent_id",
            "unknown_comment",
        ),
        (
            json!({"text": "x", "parent_id": elsewhere}),
            "/parent_id",
            "unknown_comment",
        ),
    ] {
        let expected = [(pointer.to_owned(), code.to_owned())];
        let answer = bob.post("/posts/1/comments", &body).await;
        assert_eq!(answer.faults(), expected, "{body}");
        if body.get("parent_id").is_none() && body != json!({}) {
            assert_eq!(edit(&bob, &own, &body).await.faults(), expected, "{body}");
        }
    }
    assert_eq!(seen(&bob).await, "own", "nothing half done");
    let sql = "'; drop table comments; --<script>alert(1)</script>";
    say(&bob, sql, None).await;
    say(&bob, &"ü".repeat(2000), None).await;
    assert_eq!(drift(&test).await, 0);
}

#[tokio::test]
async fn who_sees_a_post_may_comment_and_nobody_else() {
    let (test, [ada, bob, _]) = scene().await;
    let body = json!({"text": "x"});
    ada.write_post(json!({"text": "x", "visibility": "followers"}))
        .await;
    let refused = bob.post("/posts/2/comments", &body).await.refusal();
    assert_eq!(refused, (404, "not_found".to_owned()));
    test.run("insert into follows (follower_id, followee_id) values (2, 1)")
        .await;
    let made = bob.post("/posts/2/comments", &body).await;
    assert_eq!(made.status, 201);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    test.run("delete from follows; insert into blocks (blocker_id, blocked_id) values (1, 2)")
        .await;
    for post in [1, 2, 99] {
        let path = format!("/posts/{post}/comments");
        assert_eq!(bob.post(&path, &body).await.refusal().0, 404);
    }
    assert_eq!(edit(&bob, &id, &body).await.refusal().0, 404);
    assert_eq!(like(&bob, &id).await.refusal().0, 404);
    // Authors may delete their own comments even if they have been blocked since.
    assert_eq!(delete(&bob, &id).await.status, 204);
    let anon = test.anon();
    assert_eq!(anon.post("/posts/1/comments", &body).await.refusal().0, 401);
}

#[tokio::test]
async fn nobody_comments_or_likes_in_anothers_name() {
    let (test, [ada, bob, _]) = scene().await;
    let id = say(&ada, "ada's", None).await;
    for name in ["author_id", "user_id", "authorID", "username"] {
        let mut body = json!({"text": "x"});
        body[name] = json!(ada.user_id);
        let expected = [(format!("/{name}"), "unknown_field".to_owned())];
        let answer = bob.post("/posts/1/comments", &body).await;
        assert_eq!(answer.faults(), expected);
    }
    let path = format!("/api/v1/comments/{id}/like?user_id={}", ada.user_id);
    let body = json!({"user_id": ada.user_id, "authorID": ada.user_id});
    let request = bob.request(reqwest::Method::PUT, &path).json(&body);
    assert_eq!(crate::testing::send(request).await.status, 204);
    say(&bob, "bob's", None).await;
    let who: Vec<(String, i64)> = sqlx::query_as(
        "select 'like', user_id from comment_likes
        union all select text, author_id from comments order by 1",
    )
    .fetch_all(&test.database.pool)
    .await
    .unwrap();
    let expected = [("ada's", &ada), ("bob's", &bob), ("like", &bob)];
    assert_eq!(
        who,
        expected.map(|(what, who)| (what.to_owned(), who.user_id.0))
    );
}

#[tokio::test]
async fn one_answers_neither_the_deleted_nor_those_one_may_not_see() {
    let (test, [ada, bob, eve]) = scene().await;
    let tombstone = say(&ada, "a", None).await;
    say(&eve, "b", Some(&tombstone)).await;
    delete(&ada, &tombstone).await;
    let blocked = say(&eve, "c", None).await;
    test.run("insert into blocks (blocker_id, blocked_id) values (3, 2)")
        .await;
    for parent in [&tombstone, &blocked] {
        let body = json!({"text": "x", "parent_id": parent});
        let expected = ("/parent_id".to_owned(), "unknown_comment".to_owned());
        let answer = bob.post("/posts/1/comments", &body).await;
        assert_eq!(answer.faults(), [expected]);
    }
    let body = json!({"text": "x"});
    assert_eq!(edit(&bob, &blocked, &body).await.refusal().0, 404);
    assert_eq!(like(&bob, &blocked).await.refusal().0, 404);
    assert_eq!(drift(&test).await, 0);
}

#[tokio::test]
async fn a_comment_is_edited_by_its_author_alone() {
    let (test, [ada, bob, eve]) = scene().await;
    let id = say(&bob, "before", None).await;
    say(&eve, "reply", Some(&id)).await;
    test.run("update users set role = 'admin' where username = 'eve'")
        .await;
    let body = json!({"text": "after"});
    for other in [&ada, &eve] {
        let refused = edit(other, &id, &body).await.refusal();
        assert_eq!(refused, (403, "forbidden".to_owned()));
    }
    assert_eq!(edit(&test.anon(), &id, &body).await.refusal().0, 401);
    let same = edit(&bob, &id, &json!({"text": "before"})).await.json();
    assert_eq!(same["edited_at"], Value::Null, "it says what it said");
    assert_eq!(edit(&bob, &id, &json!({})).await.json(), same);
    let edited = edit(&bob, &id, &body).await.json();
    assert_eq!(edited["text"], "after");
    assert!(edited["edited_at"].is_string());
    assert_eq!(
        ada.get("/posts/1/comments").await.json()["items"][0],
        edited
    );
    let unknown = edit(&bob, &id, &json!({"deleted": true})).await.faults();
    assert_eq!(unknown[0].0, "/deleted");
    for id in ["0", "x", "99"] {
        assert_eq!(edit(&bob, id, &body).await.refusal().0, 404);
    }
}

#[tokio::test]
async fn a_comment_is_deleted_by_its_author_the_posts_author_and_an_admin() {
    let (test, [ada, bob, eve]) = scene().await;
    let admin = test.person("root").await;
    test.run("update users set role = 'admin' where username = 'root'")
        .await;
    for deleter in [&ada, &bob, &admin] {
        let id = say(&bob, "x", None).await;
        let refused = delete(&eve, &id).await.refusal();
        assert_eq!(refused, (403, "forbidden".to_owned()));
        assert_eq!(delete(deleter, &id).await.status, 204);
        assert_eq!(delete(deleter, &id).await.refusal().0, 404, "second time");
        assert_eq!(seen(&ada).await, "");
    }
    let recorded: Vec<(i64, String)> = sqlx::query_as("select actor_id, action from audit_log")
        .fetch_all(&test.database.pool)
        .await
        .unwrap();
    let expected = [(admin.user_id.0, "comment.deleted".to_owned())];
    assert_eq!(recorded, expected);
    assert_eq!(drift(&test).await, 0);
}

#[tokio::test]
async fn an_admin_reads_the_comment_of_whom_nobody_sees_and_that_is_recorded() {
    let (test, [ada, bob, eve]) = scene().await;
    let id = say(&bob, "x", None).await;
    test.run(
        "update users set role = 'admin' where username = 'eve';
        update users set state = 'suspended' where username = 'bob'",
    )
    .await;
    let path = format!("/comments/{id}");
    assert_eq!(ada.get(&path).await.refusal().0, 404);
    assert_eq!(eve.get(&path).await.json()["text"], "x");
    assert_eq!(eve.get(&path).await.json()["text"], "x");
    let page = eve.get("/posts/1/comments").await.json();
    assert_eq!(outline(&page), "", "in lists they are as anyone");
    let recorded: i64 = sqlx::query_scalar("select count(*) from audit_log")
        .fetch_one(&test.database.pool)
        .await
        .unwrap();
    assert_eq!(recorded, 1, "one row an hour");
}

#[tokio::test]
async fn a_like_is_set_and_unset_as_often_as_one_likes_and_counts_once() {
    let (test, [ada, bob, eve]) = scene().await;
    let id = say(&ada, "x", None).await;
    say(&ada, "not this one", None).await;
    for _ in 0..3 {
        assert_eq!(like(&bob, &id).await.status, 204);
    }
    assert_eq!(like(&eve, &id).await.status, 204);
    let of = |page: Value| {
        let item = page["items"][0].clone();
        (item["likes_count"].clone(), item["liked"].clone())
    };
    let page = bob.get("/posts/1/comments").await.json();
    assert_eq!(of(page.clone()), (json!(2), json!(true)));
    assert_eq!(page["items"][1]["likes_count"], 0);
    let page = ada.get("/posts/1/comments").await.json();
    assert_eq!(of(page), (json!(2), json!(false)));
    for _ in 0..3 {
        assert_eq!(unlike(&bob, &id).await.status, 204);
    }
    let page = bob.get("/posts/1/comments").await.json();
    assert_eq!(of(page), (json!(1), json!(false)));
    for client in [&bob, &eve] {
        assert_eq!(like(client, "99").await.refusal().0, 404);
        assert_eq!(unlike(client, "x").await.refusal().0, 404);
    }
    assert_eq!(like(&test.anon(), &id).await.refusal().0, 401);
    delete(&ada, &id).await;
    assert_eq!(like(&bob, &id).await.refusal().0, 404);
    assert_eq!(drift(&test).await, 0);
}

#[tokio::test]
async fn each_change_is_told_once_on_the_posts_topic_with_public_facts() {
    let (test, [ada, bob, _]) = scene().await;
    let id = say(&bob, "a", None).await;
    let reply = say(&ada, "b", Some(&id)).await;
    edit(&bob, &id, &json!({"text": "c"})).await;
    edit(&bob, &id, &json!({"text": "c"})).await;
    like(&ada, &id).await;
    like(&ada, &id).await;
    unlike(&bob, &id).await;
    delete(&ada, &reply).await;
    let told: Vec<(String, Value, Vec<String>)> = sqlx::query_as(
        "select event, data, topics from events
        where event <> 'post.created' order by id",
    )
    .fetch_all(&test.database.pool)
    .await
    .unwrap();
    let names: Vec<_> = told.iter().map(|(event, _, _)| event.as_str()).collect();
    let expected = [
        "comment.created",
        "post.counts",
        "comment.created",
        "comment.counts",
        "post.counts",
        "comment.edited",
        "comment.counts",
        "comment.deleted",
        "comment.counts",
        "post.counts",
    ];
    assert_eq!(names, expected);
    assert!(told.iter().all(|(_, _, topics)| topics == &["post:1"]));
    assert!(told.iter().all(|(_, data, _)| data["post_id"] == "1"));
    assert_eq!(told[2].1["parent_id"], id.as_str());
    assert_eq!(told[2].1["author"]["username"], "ada");
    assert_eq!(told[4].1["comments_count"], 2);
    assert_eq!(told[5].1["text"], "c");
    assert_eq!(told[6].1["likes_count"], 1);
    assert_eq!(told[8].1["replies_count"], 0);
    let all = serde_json::to_string(&told.iter().map(|told| &told.1).collect::<Vec<_>>());
    let all = all.unwrap();
    assert!(!all.contains('@') && !all.contains("liked\""), "{all}");
}

#[tokio::test]
async fn a_comment_asked_for_twice_under_one_key_is_made_once() {
    let (_test, [ada, bob, _]) = scene().await;
    let path = "/api/v1/posts/1/comments";
    let ask = |body: Value| {
        let request = bob.request(reqwest::Method::POST, path).json(&body);
        crate::testing::send(request.header("idempotency-key", "k"))
    };
    let first = ask(json!({"text": "x"})).await;
    let again = ask(json!({"text": "x"})).await;
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!(first.json(), again.json());
    assert_eq!(again.headers["location"], first.headers["location"]);
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(ask(json!({"text": "y"})).await.refusal().0, 422);
    assert_eq!(ada.get("/posts/1").await.json()["comments_count"], 1);
    delete(&ada, &id_of(&first)).await;
    assert_eq!(ask(json!({"text": "x"})).await.refusal().0, 410);
}

#[tokio::test]
async fn a_block_takes_the_right_to_delete_from_neither_author() {
    let (_test, [ada, bob, cyd]) = scene().await;
    let mut of_bob = Vec::new();
    for text in ["by the post's author", "by its own"] {
        let answer = bob.post("/posts/1/comments", &json!({"text": text})).await;
        of_bob.push(id_of(&answer));
    }
    ada.put("/users/bob/block").await;
    assert_eq!(delete(&cyd, &of_bob[0]).await.refusal().0, 403);
    assert_eq!(delete(&ada, &of_bob[0]).await.status, 204);
    assert_eq!(delete(&bob, &of_bob[1]).await.status, 204);
    assert_eq!(ada.get("/posts/1").await.json()["comments_count"], 0);
}
