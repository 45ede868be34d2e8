//! Users who like, comment on and follow the same while api-server is killed between the commit of
//! a batch and its answers.

use futures_util::future::join_all;
use reqwest::{Method, StatusCode};
use serde_json::json;
use system_tests::harness::{Client, DEADLINE, Program, Stack};

const PEOPLE: usize = 6;

#[tokio::test]
async fn a_kill_between_commit_and_answers_loses_nothing_and_counts_nothing_twice() {
    let mut stack = Stack::start().await;
    let ada = Client::sign_up(&stack).await;
    let post = json!({"text": "popular", "visibility": "public", "media": []});
    let post = ada.api(Method::POST, "/api/v1/posts").json(&post);
    let post: serde_json::Value = post.send().await.unwrap().json().await.unwrap();
    let post = format!("/api/v1/posts/{}", post["id"].as_str().unwrap());
    let mut people = Vec::new();
    for _ in 0..PEOPLE {
        people.push(Client::sign_up(&stack).await);
    }
    let like = |person: &Client| person.api(Method::PUT, &format!("{post}/like"));
    let comment = |person: &Client| {
        let request = person.api(Method::POST, &format!("{post}/comments"));
        request
            .header("Idempotency-Key", "once")
            .json(&json!({"text": "x"}))
    };
    let follow = |person: &Client| {
        let path = format!("/api/v1/users/{}/follow", ada.username);
        person.api(Method::PUT, &path)
    };
    let requests: [&dyn Fn(&Client) -> reqwest::RequestBuilder; 3] = [&like, &comment, &follow];
    for request in requests {
        let acknowledged = request(&people[0]).send().await.unwrap();
        assert!(acknowledged.status().is_success());
        stack.terminate(Program::Api, DEADLINE).await;
        let armed = [("PAWL_FAIL_POINT", "batch.committed:kill")];
        stack.restart_with(Program::Api, &armed).await;
        let answers = join_all(people.iter().map(|person| request(person).send())).await;
        assert!(
            answers.iter().all(Result::is_err),
            "nobody was left to answer"
        );
        let status = stack.process(Program::Api).wait(DEADLINE).await;
        assert_eq!(status.code(), None, "it was killed");

        stack.restart(Program::Api).await;
        stack.operate("check counters").await;
        for answer in join_all(people.iter().map(|person| request(person).send())).await {
            let status = answer.unwrap().status();
            assert!([StatusCode::NO_CONTENT, StatusCode::CREATED].contains(&status));
        }
        stack.operate("check counters").await;
    }
    let rows: (i64, i64, i64) = sqlx::query_as(
        "select (select count(*) from post_likes), (select count(*) from comments),
            (select count(*) from follows)",
    )
    .fetch_one(&stack.database.pool)
    .await
    .unwrap();
    assert_eq!(rows, (6, 6, 6), "each once");
}
