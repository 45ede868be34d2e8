//! Every route and who may: a table of expected statuses. A new route without a row fails.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use shared::ids::MediaId;
use shared::testing::insert_media;

use crate::routes;
use crate::testing::{Client, TestApp, send};

/// Who asks, in the order of a row's statuses.
const CALLERS: [&str; 5] = [
    "nobody",
    "a stranger",
    "the owner",
    "a suspended",
    "a signed-out",
];

struct Row {
    operation_id: &'static str,
    method: Method,
    path: &'static str,
    body: Option<Value>,
    expected: [u16; 5],
}

fn row(
    operation_id: &'static str,
    method: Method,
    path: &'static str,
    body: Option<Value>,
    expected: [u16; 5],
) -> Row {
    Row {
        operation_id,
        method,
        path,
        body,
        expected,
    }
}

/// `{n}` is the caller's number. Posts of the owner: 1 public, 2 for followers, 3 private, 4 a
/// draft; `{on-1}` hangs on post 1, `{on-3}` on post 3, `{free}` on nothing.
fn table() -> Vec<Row> {
    use reqwest::Method as M;
    let sign_up = json!({
        "username": "new{n}", "email": "new{n}@example.org", "password": "correct horse",
        "first_name": "New", "last_name": "One",
    });
    let sign_in = json!({"login": "nobody", "password": "correct horse"});
    let refresh = json!({"refresh_token": "x"});
    let (open, own) = ([200, 200, 200, 401, 401], [404, 404, 200, 401, 401]);
    vec![
        // These make or renew a sign-in, so they look at no token.
        row("create_user", M::POST, "/users", Some(sign_up), [201; 5]),
        row(
            "create_session",
            M::POST,
            "/sessions",
            Some(sign_in),
            [401; 5],
        ),
        row(
            "refresh_session",
            M::POST,
            "/sessions/refresh",
            Some(refresh),
            [401; 5],
        ),
        row("get_me", M::GET, "/me", None, [401, 200, 200, 401, 401]),
        row(
            "update_me",
            M::PATCH,
            "/me",
            Some(json!({"bio": "x"})),
            [401, 200, 200, 401, 401],
        ),
        row("get_user", M::GET, "/users/owner", None, open),
        row("list_user_posts", M::GET, "/users/owner/posts", None, open),
        row("list_public_posts", M::GET, "/feeds/public", None, open),
        row("get_instance", M::GET, "/instance", None, open),
        row(
            "create_post",
            M::POST,
            "/posts",
            Some(json!({"text": "x"})),
            [401, 201, 201, 401, 401],
        ),
        row(
            "create_post",
            M::POST,
            "/posts",
            Some(json!({"visibility": "private", "media": [{"upload_id": "{free}"}]})),
            [401, 422, 201, 401, 401],
        ),
        row("get_post", M::GET, "/posts/1", None, open),
        row("get_post", M::GET, "/posts/2", None, own),
        row("get_post", M::GET, "/posts/3", None, own),
        row("get_post", M::GET, "/posts/4", None, own),
        row("get_media", M::GET, "/media/{on-1}", None, open),
        row("get_media", M::GET, "/media/{on-3}", None, own),
        row("get_media", M::GET, "/media/{free}", None, own),
        row(
            "delete_current_session",
            M::DELETE,
            "/sessions/current",
            None,
            [401, 204, 204, 401, 401],
        ),
    ]
}

/// What lies between people.
fn graph() -> Vec<Row> {
    use reqwest::Method as M;
    let open = [200, 200, 200, 401, 401];
    let (read, signed) = ([401, 200, 200, 401, 401], [401, 204, 204, 401, 401]);
    // Not to oneself.
    let others = [401, 204, 422, 401, 401];
    vec![
        row(
            "list_followers",
            M::GET,
            "/users/owner/followers",
            None,
            open,
        ),
        row(
            "list_following",
            M::GET,
            "/users/owner/following",
            None,
            open,
        ),
        row("follow_user", M::PUT, "/users/owner/follow", None, others),
        row(
            "unfollow_user",
            M::DELETE,
            "/users/owner/follow",
            None,
            signed,
        ),
        row(
            "list_follow_requests",
            M::GET,
            "/follow-requests",
            None,
            read,
        ),
        row(
            "accept_follow_request",
            M::PUT,
            "/follow-requests/stranger",
            None,
            [401, 404, 404, 401, 401],
        ),
        row(
            "decline_follow_request",
            M::DELETE,
            "/follow-requests/stranger",
            None,
            signed,
        ),
        row("mute_user", M::PUT, "/users/owner/mute", None, others),
        row("unmute_user", M::DELETE, "/users/owner/mute", None, signed),
        row("list_mutes", M::GET, "/mutes", None, read),
        row("block_user", M::PUT, "/users/owner/block", None, others),
        row(
            "unblock_user",
            M::DELETE,
            "/users/owner/block",
            None,
            signed,
        ),
        row("list_blocks", M::GET, "/blocks", None, read),
    ]
}

#[tokio::test]
async fn every_route_answers_everyone_as_the_table_says() {
    let test = TestApp::start().await;
    let callers = callers(&test).await;
    let media = scene(&test, &callers[2]).await;
    for row in table().into_iter().chain(graph()) {
        for (number, client) in callers.iter().enumerate() {
            let fill = |text: &str| {
                media.iter().fold(
                    text.replace("{n}", &number.to_string()),
                    |text, (name, id)| text.replace(name, &id.to_string()),
                )
            };
            let path = fill(&format!("/api/v1{}", row.path));
            let mut request = client.request(row.method.clone(), &path);
            if let Some(body) = &row.body {
                request = request.header("content-type", "application/json");
                request = request.body(fill(&body.to_string()));
            }
            let answer = send(request).await;
            let (who, expected) = (CALLERS[number], row.expected[number]);
            assert_eq!(
                answer.status, expected,
                "{} {path} by {who}: {answer:?}",
                row.method
            );
        }
    }
    let told: BTreeSet<_> = table()
        .iter()
        .chain(&graph())
        .map(|row| row.operation_id)
        .collect();
    let all = routes::all(&test.app);
    let all: BTreeSet<_> = all.iter().map(|route| route.operation_id).collect();
    assert_eq!(told, all, "every route has a row, and every row a route");
}

async fn callers(test: &TestApp) -> [Client; 5] {
    let callers = [
        test.anon(),
        test.person("stranger").await,
        test.person("owner").await,
        test.person("suspended").await,
        test.person("ended").await,
    ];
    test.run(
        "update users set state = 'suspended' where username = 'suspended';
        update sessions set ended_at = now(), end_reason = 'revoked'
        where user_id = (select id from users where username = 'ended')",
    )
    .await;
    callers
}

/// What the owner has, by the names that the table uses.
async fn scene(test: &TestApp, owner: &Client) -> Vec<(&'static str, MediaId)> {
    let media = ["{on-1}", "{on-3}", "{free}"].map(|name| (name, MediaId::generate()));
    for (_, id) in &media {
        insert_media(&test.database.pool, owner.user_id, *id, None).await;
    }
    let hang = |id: MediaId| json!([{"upload_id": id}]);
    for body in [
        json!({"visibility": "public", "media": hang(media[0].1)}),
        json!({"visibility": "followers", "text": "x"}),
        json!({"visibility": "private", "media": hang(media[1].1)}),
        json!({"text": "unpublished"}),
    ] {
        owner.write_post(body).await;
    }
    test.run("update posts set published_at = null where text = 'unpublished'")
        .await;
    media.to_vec()
}
