//! What each viewer sees on a page of comments.

use serde_json::{Value, json};

use super::{delete, outline, say, scene, seen};

#[tokio::test]
async fn a_comment_is_answered_whole_and_read_back_the_same() {
    let (test, [ada, bob, _]) = scene().await;
    let body = json!({"text": "first", "parent_id": null});
    let answer = bob.post("/posts/1/comments", &body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let mut comment = answer.json();
    let id = comment["id"].as_str().unwrap().to_owned();
    let location = format!("/api/v1/comments/{id}");
    assert_eq!(answer.headers["location"], location);
    assert_eq!(bob.fetch(&location).await.json(), comment);
    let page = ada.get("/posts/1/comments").await.json();
    assert_eq!(page["items"][0], comment);
    assert!(comment["created_at"].take().is_string());
    let expected = json!({
        "id": id, "post_id": "1", "parent_id": null,
        "author": {
            "id": bob.user_id, "username": "bob", "first_name": "Bob", "last_name": "Example",
            "avatar_url": "/media/default/avatar.png",
        },
        "text": "first", "likes_count": 0, "replies_count": 0, "liked": false,
        "created_at": null, "edited_at": null, "deleted": false,
        "replies": {"items": [], "next_cursor": null},
    });
    assert_eq!(comment, expected);
    assert_eq!(ada.get("/posts/1").await.json()["comments_count"], 1);
    assert_eq!(test.anon().get("/posts/1/comments").await.status, 200);
}

#[tokio::test]
async fn a_page_holds_three_levels_with_the_three_oldest_replies_of_each() {
    let (test, [ada, bob, _]) = scene().await;
    bob.write_post(json!({"text": "another"})).await;
    bob.post("/posts/2/comments", &json!({"text": "elsewhere"}))
        .await;
    let a = say(&ada, "a", None).await;
    let b = say(&bob, "b", None).await;
    let mut replies = Vec::new();
    for text in ["a1", "a2", "a3", "a4", "a5"] {
        replies.push(say(&bob, text, Some(&a)).await);
    }
    let deep = say(&ada, "a1a", Some(&replies[0])).await;
    say(&ada, "a1aa", Some(&deep)).await;
    assert_eq!(seen(&test.anon()).await, "a(a1(a1a?) a2 a3 …) b");
    assert_eq!(ada.get("/posts/1").await.json()["comments_count"], 9);
    let page = ada.get("/posts/1/comments").await.json();
    let next = page["items"][0]["replies"]["next_cursor"].as_str().unwrap();
    let rest = format!("/posts/1/comments?parent_id={a}&cursor={next}");
    assert_eq!(outline(&ada.get(&rest).await.json()), "a4 a5");
    let below = format!("/posts/1/comments?parent_id={deep}");
    assert_eq!(outline(&ada.get(&below).await.json()), "a1aa");
    let below = format!("/posts/1/comments?parent_id={b}");
    assert_eq!(outline(&ada.get(&below).await.json()), "");
}

#[tokio::test]
async fn pages_join_without_gap_or_repetition_by_cursor_and_by_link() {
    let (_test, [ada, bob, _]) = scene().await;
    let parent = say(&ada, "parent", None).await;
    for number in 0..7 {
        say(&bob, &number.to_string(), Some(&parent)).await;
    }
    let mut address = format!("/api/v1/posts/1/comments?parent_id={parent}&limit=3");
    let mut texts = Vec::new();
    loop {
        let answer = bob.fetch(&address).await;
        let page = answer.json();
        let items = page["items"].as_array().unwrap().clone();
        texts.extend(items.iter().map(|item| item["text"].clone()));
        let Some(cursor) = page["next_cursor"].as_str() else {
            assert!(answer.headers.get("link").is_none());
            break;
        };
        address = format!("/api/v1/posts/1/comments?parent_id={parent}&limit=3&cursor={cursor}");
        assert_eq!(
            answer.headers["link"],
            format!("<{address}>; rel=\"next\"").as_str()
        );
    }
    assert_eq!(texts, (0..7).map(|n| n.to_string()).collect::<Vec<_>>());
}

#[tokio::test]
async fn newer_comments_are_listed_after_the_newest_one_that_was_shown() {
    let (_test, [ada, bob, _]) = scene().await;
    let list = async |query: &str| ada.get(&format!("/posts/1/comments{query}")).await.json();
    let after = |page: &Value| format!("?after={}", page["newest_cursor"].as_str().unwrap());
    say(&bob, "one", None).await;
    let page = list("?limit=1").await;
    assert_eq!(outline(&page), "one");
    assert_eq!(outline(&list(&after(&page)).await), "");
    say(&bob, "two", None).await;
    say(&bob, "three", None).await;
    let newer = list(&format!("{}&limit=1", after(&page))).await;
    assert_eq!(outline(&newer), "two …");
    let cursor = newer["next_cursor"].as_str().unwrap();
    let rest = list(&format!("{}&cursor={cursor}", after(&page))).await;
    assert_eq!(outline(&rest), "three");
    assert_eq!(outline(&list(&after(&rest)).await), "");
}

#[tokio::test]
async fn a_hundred_hidden_comments_in_a_row_neither_empty_a_page_nor_end_a_list() {
    let (test, [ada, bob, _]) = scene().await;
    say(&ada, "first", None).await;
    let hidden = say(&bob, "hidden", None).await;
    let kept = say(&ada, "kept", Some(&hidden)).await;
    test.run(
        "insert into comments (post_id, author_id, text, created_at)
        select 1, (select id from users where username = 'bob'), n, clock_timestamp()
        from generate_series(1, 100) n",
    )
    .await;
    say(&ada, "last", None).await;
    ada.put("/users/bob/block").await;
    let page = ada.get("/posts/1/comments?limit=2").await.json();
    assert_eq!(outline(&page), "first -(kept) …", "{kept}");
    let cursor = page["next_cursor"].as_str().unwrap();
    let next = ada
        .get(&format!("/posts/1/comments?limit=2&cursor={cursor}"))
        .await
        .json();
    assert_eq!(outline(&next), "last");
}

#[tokio::test]
async fn a_cursor_of_another_list_or_a_changed_one_is_refused() {
    let (_test, [ada, bob, _]) = scene().await;
    ada.write_post(json!({"text": "another"})).await;
    let parent = say(&ada, "parent", None).await;
    say(&ada, "second", None).await;
    let page = bob.get("/posts/1/comments?limit=1").await.json();
    let cursor = page["next_cursor"].as_str().unwrap();
    let refused = (422, "invalid_cursor".to_owned());
    for path in [
        format!("/posts/2/comments?cursor={cursor}"),
        format!("/posts/1/comments?parent_id={parent}&cursor={cursor}"),
        format!("/posts/1/comments?cursor={cursor}A"),
        format!("/posts/1/comments?cursor={}", cursor.to_lowercase()),
        "/posts/1/comments?cursor=".to_owned(),
        format!("/feeds/public?cursor={cursor}"),
    ] {
        assert_eq!(bob.get(&path).await.refusal(), refused, "{path}");
    }
    for limit in ["0", "101", "x"] {
        let path = format!("/posts/1/comments?limit={limit}");
        assert_eq!(bob.get(&path).await.faults()[0].0, "/limit");
    }
}

#[tokio::test]
async fn a_parent_that_is_none_of_this_post_is_refused_and_an_unseen_post_is_404() {
    let (test, [ada, bob, _]) = scene().await;
    ada.write_post(json!({"text": "x", "visibility": "private"}))
        .await;
    let id = say(&ada, "on post 1", None).await;
    for parent in ["0", "x", "", "99", "-1", "9999999999999999999999"] {
        let path = format!("/posts/1/comments?parent_id={parent}");
        let expected = ("/parent_id".to_owned(), "unknown_comment".to_owned());
        assert_eq!(bob.get(&path).await.faults(), [expected], "{parent}");
    }
    let path = format!("/posts/2/comments?parent_id={id}");
    assert_eq!(ada.get(&path).await.refusal().0, 422);
    for reader in [&bob, &test.anon()] {
        assert_eq!(reader.get("/posts/2/comments").await.refusal().0, 404);
        assert_eq!(reader.get("/posts/99/comments").await.refusal().0, 404);
        assert_eq!(reader.get("/posts/x/comments").await.refusal().0, 404);
    }
}

#[tokio::test]
async fn a_deleted_comment_keeps_its_place_while_something_hangs_below() {
    let (_test, [ada, bob, _]) = scene().await;
    let a = say(&ada, "a", None).await;
    let b = say(&bob, "b", Some(&a)).await;
    let c = say(&ada, "c", Some(&b)).await;
    let d = say(&ada, "d", Some(&c)).await;
    say(&ada, "e", None).await;
    assert_eq!(delete(&bob, &b).await.status, 204);
    assert_eq!(seen(&ada).await, "a(-(c?)) e");
    assert_eq!(delete(&ada, &a).await.status, 204);
    assert_eq!(seen(&ada).await, "-(-(c?)) e");
    assert_eq!(delete(&ada, &c).await.status, 204);
    assert_eq!(seen(&ada).await, "-(-(-?)) e", "d is deeper than the page");
    for id in [&a, &b, &c] {
        assert_eq!(delete(&ada, id).await.refusal().0, 404, "a second time");
        assert_eq!(ada.get(&format!("/comments/{id}")).await.status, 404);
    }
    let below = format!("/posts/1/comments?parent_id={c}");
    assert_eq!(outline(&bob.get(&below).await.json()), "d");
    assert_eq!(delete(&ada, &d).await.status, 204);
    assert_eq!(seen(&ada).await, "e", "nothing hangs below any of them");
    assert_eq!(ada.get("/posts/1").await.json()["comments_count"], 1);
}

#[tokio::test]
async fn whom_one_may_not_see_is_as_if_deleted_while_others_hang_below() {
    let (test, [ada, bob, eve]) = scene().await;
    let a = say(&bob, "a", None).await;
    say(&ada, "b", Some(&a)).await;
    let c = say(&bob, "c", None).await;
    say(&bob, "d", Some(&c)).await;
    let all = "a(b) c(d)";
    assert_eq!(seen(&eve).await, all);
    for block in [
        "insert into blocks (blocker_id, blocked_id) select 2, 3",
        "insert into blocks (blocker_id, blocked_id) select 3, 2",
    ] {
        test.run(block).await;
        assert_eq!(seen(&eve).await, "-(b)");
        assert_eq!(seen(&ada).await, all, "a block is between two");
        assert_eq!(seen(&test.anon()).await, all);
        assert_eq!(eve.get(&format!("/comments/{a}")).await.refusal().0, 404);
        let below = |id: &str| format!("/posts/1/comments?parent_id={id}");
        assert_eq!(eve.get(&below(&a)).await.status, 200, "b is below it");
        let unseen = eve.get(&below(&c)).await;
        let unknown = ("/parent_id".to_owned(), "unknown_comment".to_owned());
        assert_eq!(unseen.faults(), [unknown], "as if c were not there");
        test.run("delete from blocks").await;
    }
    test.run("update users set state = 'suspended' where username = 'bob'")
        .await;
    assert_eq!(seen(&eve).await, "-(b)");
    assert_eq!(seen(&test.anon()).await, "-(b)");
    test.run("insert into mutes (muter_id, muted_id) values (3, 1)")
        .await;
    assert_eq!(seen(&eve).await, "-(b)", "a mute does not matter here");
    let tombstone: Value = eve.get("/posts/1/comments").await.json()["items"][0].clone();
    assert_eq!(tombstone["likes_count"], 0);
    assert_eq!(tombstone["edited_at"], Value::Null);
}
