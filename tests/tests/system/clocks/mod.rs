//! F10: the servers' clock is an hour ahead, an hour behind, or a month ahead; it jumps while they
//! run, and they are started with it. Durable state uses the database's time. Access tokens use the
//! servers' time; a client that refreshes its token notices nothing else.

mod faked;

use std::{collections::HashSet, fs};

use bytes::Bytes;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::json;
use system_tests::harness::{
    Client, DEADLINE, PASSWORD, Program, Seed, Stack, Upload, decode, eventually, loops,
    start_of_video,
};
use uuid::Uuid;

use self::faked::{Clocks, RIGHT};

const WRONG: [&str; 3] = ["+3600", "-3600", "+2592000"];

#[tokio::test]
async fn a_clock_that_jumps_costs_a_refresh_and_nothing_else() {
    let mut seed = Seed::of_this_run();
    let clock = Clocks::right();
    let stack = clock.stack().await;
    let mut scene = Scene::set(&stack).await;
    for _ in 0..loops() {
        let first = seed.within(0..WRONG.len());
        for turn in 0..WRONG.len() {
            let wrong = WRONG[(first + turn) % WRONG.len()];
            println!("the clock says {wrong} s");
            scene.live_through(wrong, &clock).await;
        }
    }
    scene.assert_nothing_ended().await;
}

#[tokio::test]
async fn servers_started_under_a_wrong_clock_expire_nothing_before_its_time() {
    let clock = Clocks::right();
    let mut stack = clock.stack().await;
    let mut ada = Client::sign_up(&stack).await;
    let kept = ada.create_upload(9).await;
    for wrong in WRONG {
        let over = ada.create_upload(9).await;
        clock.set(wrong);
        for program in Program::ALL {
            stack.terminate(program, DEADLINE).await;
        }
        run(
            &stack,
            "update uploads set expires_at = now() where id = $1",
            &over,
        )
        .await;
        for program in Program::ALL {
            stack.restart(program).await;
        }
        // The sweep ran and removed only what the database considers expired.
        eventually("the sweep", DEADLINE, async || {
            (state(&stack, &over).await == "expired").then_some(())
        })
        .await;
        assert_eq!(state(&stack, &kept).await, "uploading", "{wrong}");
        refresh_when_refused(&mut ada).await;
        assert_eq!(ada.offset(&kept).await, Some(0), "{wrong}");
        clock.set(RIGHT);
        refresh_when_it_works(&mut ada).await;
    }
    ada.finish_upload(&kept, &b"all of it"[..].into()).await;
}

/// Resources that exist before the jump and must exist after it.
struct Scene<'a> {
    stack: &'a Stack,
    ada: Client,
    /// Long enough that the clock can jump during its encode.
    video: Bytes,
    playing: Upload,
    /// Every id that was returned.
    uploads: Vec<Upload>,
    posts: usize,
}

impl<'a> Scene<'a> {
    async fn set(stack: &'a Stack) -> Self {
        let file = stack.folder().join("start.mp4");
        start_of_video(2, &file).await;
        let video = Bytes::from(fs::read(&file).unwrap());
        let ada = Client::sign_up(stack).await;
        let playing = ada.upload(&video).await;
        decode(&ada.playlist(&playing).await).await;
        Self {
            stack,
            ada,
            video,
            uploads: vec![playing.clone()],
            playing,
            posts: 0,
        }
    }

    /// The clock jumps and everything works; it jumps back during an encode and everything works.
    async fn live_through(&mut self, wrong: &str, clock: &Clocks) {
        let video = self.video.clone();
        let half = video.len() / 2;
        let upload = self.ada.create_upload(video.len()).await;
        self.ada.append(&upload, 0, video.slice(..half)).await;
        let key = format!("{wrong}-{}", self.posts);
        assert_eq!(self.post(&key).await, (StatusCode::CREATED, false));

        clock.set(wrong);
        refresh_when_refused(&mut self.ada).await;
        assert_eq!(self.ada.offset(&upload).await, Some(half));
        decode(&self.ada.playlist(&self.playing).await).await;
        assert_eq!(self.post(&key).await, (StatusCode::CREATED, true));
        assert_eq!(
            self.post(&format!("{key}-")).await,
            (StatusCode::CREATED, false)
        );
        let open = self.ada.create_upload(9).await;
        let grace = guess_until_slowed(self.stack).await;
        self.ada.append(&upload, half, video.slice(half..)).await;
        eventually("the encode to begin", DEADLINE, async || {
            is_begun(self.stack, &upload).await.then_some(())
        })
        .await;

        clock.set(RIGHT);
        refresh_when_it_works(&mut self.ada).await;
        sign_in_soon(&grace).await;
        assert_eq!(self.post(&key).await, (StatusCode::CREATED, true));
        decode(&self.ada.playlist(&upload).await).await;
        self.ada
            .finish_upload(&open, &b"all of it"[..].into())
            .await;
        self.uploads.extend([upload, open]);
    }

    /// Creates a post with an idempotency key; returns it, and whether it was replayed.
    async fn post(&mut self, key: &str) -> (StatusCode, bool) {
        let body = json!({ "text": key, "visibility": "public", "media": [] });
        let request = self.ada.api(Method::POST, "/api/v1/posts").json(&body);
        let answer = request.header("Idempotency-Key", key).send().await.unwrap();
        let is_replayed = answer.headers().contains_key("idempotent-replayed");
        self.posts += usize::from(!is_replayed);
        (answer.status(), is_replayed)
    }

    /// No session, upload or job ended because of the clock, and no id was returned twice.
    async fn assert_nothing_ended(&self) {
        let (sessions, uploads, retried, posts): (i64, i64, i64, i64) = sqlx::query_as(
            "select
                (select count(*) from sessions where ended_at is not null),
                (select count(*) from uploads where state <> 'complete'),
                (select count(*) from jobs where attempts > 1),
                (select count(*) from posts)",
        )
        .fetch_one(&self.stack.database.pool)
        .await
        .unwrap();
        assert_eq!((sessions, uploads, retried), (0, 0, 0));
        assert_eq!(usize::try_from(posts).unwrap(), self.posts);
        let ids: HashSet<&str> = self
            .uploads
            .iter()
            .map(|upload| upload.id.as_str())
            .collect();
        assert_eq!(ids.len(), self.uploads.len());
    }
}

/// Checks that the token from before the jump has expired, and takes a new one.
async fn refresh_when_refused(client: &mut Client) {
    eventually("the token to be refused", DEADLINE, async || {
        (me(client).await == StatusCode::UNAUTHORIZED).then_some(())
    })
    .await;
    client.refresh().await;
    assert_eq!(me(client).await, StatusCode::OK);
}

/// A token of a wrong clock may be valid or not; the next one is valid.
async fn refresh_when_it_works(client: &mut Client) {
    client.refresh().await;
    assert_eq!(me(client).await, StatusCode::OK);
}

async fn me(client: &Client) -> StatusCode {
    let me = client.api(Method::GET, "/api/v1/me").send().await;
    me.unwrap().status()
}

fn sign_in(client: &Client, password: &str) -> RequestBuilder {
    let login = json!({ "login": client.username, "password": password });
    client.api(Method::POST, "/api/v1/sessions").json(&login)
}

/// A user whose password is guessed until the next guess has to wait.
async fn guess_until_slowed(stack: &Stack) -> Client {
    let grace = Client::sign_up(stack).await;
    for guess in 0..=5 {
        let answer = sign_in(&grace, "not her password").send().await.unwrap();
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            let wait: u32 = answer.headers()["retry-after"]
                .to_str()
                .unwrap()
                .parse()
                .unwrap();
            assert!(wait <= 2, "{wait} s after {guess} guesses");
            return grace;
        }
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    }
    panic!("guesses are not slowed");
}

async fn sign_in_soon(client: &Client) {
    eventually("a sign-in", DEADLINE / 9, async || {
        let answer = sign_in(client, PASSWORD).send().await.unwrap();
        (answer.status() == StatusCode::CREATED).then_some(())
    })
    .await;
}

async fn state(stack: &Stack, upload: &Upload) -> String {
    sqlx::query_scalar("select state::text from uploads where id = $1")
        .bind(upload.id.parse::<Uuid>().unwrap())
        .fetch_one(&stack.database.pool)
        .await
        .unwrap()
}

async fn is_begun(stack: &Stack, upload: &Upload) -> bool {
    sqlx::query_scalar("select exists (select from jobs where media_id = $1 and state = 'running')")
        .bind(upload.id.parse::<Uuid>().unwrap())
        .fetch_one(&stack.database.pool)
        .await
        .unwrap()
}

async fn run(stack: &Stack, sql: &'static str, upload: &Upload) {
    let done = sqlx::query(sql)
        .bind(upload.id.parse::<Uuid>().unwrap())
        .execute(&stack.database.pool)
        .await
        .unwrap();
    assert_eq!(done.rows_affected(), 1);
}
