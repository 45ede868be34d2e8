//! Follows of one user.

use shared::testing::Statements;

use super::{gather, gathered, hold, scene, send, statuses};
use crate::testing::Client;

const PROFILE: &str = "select from profiles where user_id = 1 for update";

#[tokio::test]
async fn follows_of_one_user_share_few_statements_and_a_block_meanwhile_fails_one_alone() {
    let (test, _, fans) = scene(24).await;
    let watched = Statements::watch();
    for (number, group) in [&fans[..3], &fans[3..]].into_iter().enumerate() {
        let mut held = hold(&test, PROFILE).await;
        let follows = gather(&test, &mut held, group, |fan| async move {
            fan.put("/users/ada/follow").await
        });
        let follows = follows.await;
        let mut expected = vec![204; group.len()];
        if number == 1 {
            test.run(
                "insert into blocks (blocker_id, blocked_id)
                select 1, id from users where username = 'fan23'",
            )
            .await;
            expected[group.len() - 1] = 404;
        }
        let _ = watched.take();
        drop(held);
        assert_eq!(statuses(follows).await, expected);
        let statements = watched.take().statements;
        // Of two batches: the locks, the follows, their events and the commit.
        assert_eq!(statements.len(), 8, "{statements:?}");
    }
    let counted = "select followers_count || ' ' || (select count(*) from follows)
        || ' ' || (select sum(following_count) from profiles)
        || ' ' || (select count(*) from events where event = 'follow.created')
        from profiles where user_id = 1";
    assert_eq!(test.ask(counted).await, "23 23 23 23");
}

#[tokio::test]
async fn follows_and_their_ends_in_one_batch_count_each_change_once() {
    let (test, _, fans) = scene(6).await;
    for fan in &fans[..3] {
        assert_eq!(fan.put("/users/ada/follow").await.status, 204);
    }
    let mut held = hold(&test, PROFILE).await;
    let put = |fan: Client| async move { fan.put("/users/ada/follow").await };
    let delete = |fan: Client| async move { fan.delete("/users/ada/follow").await };
    let mut requests = send(&fans[..1], put);
    gathered(&test, &mut held, 0).await;
    // Two end their follows, two begin, and the last two requests change nothing.
    requests.extend(send(&fans[1..3], delete));
    requests.extend(send(&fans[3..5], put));
    requests.extend(send(&fans[5..], delete));
    requests.extend(send(&fans[..1], put));
    gathered(&test, &mut held, 6).await;
    drop(held);
    assert_eq!(statuses(requests).await, [204; 7]);
    let counted = "select followers_count || ' ' || (select count(*) from follows)
        || ' ' || (select sum(following_count) from profiles)
        from profiles where user_id = 1";
    assert_eq!(test.ask(counted).await, "3 3 3");
    let told = "select string_agg(event, ' ' order by id) from events where event like 'follow.%'";
    let expected = ["follow.created"; 5].join(" ") + &" follow.deleted".repeat(2);
    assert_eq!(test.ask(told).await, expected);
}
