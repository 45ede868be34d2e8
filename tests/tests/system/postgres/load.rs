//! A small mixed load: users who sign in, read, post, like, comment and follow, and one who
//! uploads. Like a good client, every request is repeated until it is acknowledged. The load
//! records what was acknowledged, and every answer that no client should get.

use std::{
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use system_tests::harness::{Client, DEADLINE, PASSWORD, Stack, Upload, eventually, offset_in};
use tokio::{
    task::JoinHandle,
    time::{sleep, timeout},
};

const PEOPLE: usize = 4;
/// So slow that an upload is in progress during the whole fault.
const PIECE_BYTES: usize = 256;
/// The pause before a client repeats a request; `Retry-After` would be too long for a test.
const BACK_OFF: Duration = Duration::from_millis(50);

/// The answers to all clients.
#[derive(Default)]
pub struct Ledger {
    /// Ids and texts of posts.
    pub posts: Vec<(i64, String)>,
    /// Ids and texts of comments.
    pub comments: Vec<(i64, String)>,
    /// Posts that their authors like.
    pub likes: Vec<i64>,
    /// When a 503 with `Retry-After` arrived.
    pub refusals: Vec<Instant>,
    /// Answers that are neither the expected one nor such a 503.
    pub faults: Vec<String>,
}

/// Users at work until the load is stopped.
pub struct Load {
    ledger: Arc<Mutex<Ledger>>,
    rounds: Vec<Arc<AtomicUsize>>,
    is_over: Arc<AtomicBool>,
    tasks: Vec<JoinHandle<()>>,
    upload: Upload,
    uploader: Client,
}

struct Person {
    client: Client,
    followee: String,
    ledger: Arc<Mutex<Ledger>>,
    rounds: Arc<AtomicUsize>,
}

impl Load {
    /// Signs users up and starts their work.
    pub async fn start(stack: &Stack, video: &Bytes) -> Self {
        let ledger = Arc::default();
        let is_over = Arc::new(AtomicBool::new(false));
        let mut people = Vec::new();
        for _ in 0..PEOPLE {
            people.push(Client::sign_up(stack).await);
        }
        let upload = people[0].create_upload(video.len()).await;
        let mut load = Self {
            ledger: Arc::clone(&ledger),
            rounds: Vec::new(),
            is_over: Arc::clone(&is_over),
            tasks: Vec::new(),
            upload: upload.clone(),
            uploader: people[0].clone(),
        };
        for (number, client) in people.iter().enumerate() {
            let person = Person {
                client: client.clone(),
                followee: people[(number + 1) % PEOPLE].username.clone(),
                ledger: Arc::clone(&ledger),
                rounds: Arc::default(),
            };
            load.rounds.push(Arc::clone(&person.rounds));
            let is_over = Arc::clone(&is_over);
            load.tasks.push(tokio::spawn(async move {
                while !is_over.load(Ordering::Relaxed) {
                    person.live().await;
                }
            }));
        }
        let uploading = SlowUpload {
            client: people[0].clone(),
            upload,
            video: video.clone(),
            is_over,
            ledger,
        };
        load.tasks.push(tokio::spawn(uploading.run()));
        load
    }

    /// Waits until every user has finished `times` more rounds.
    pub async fn go_on(&self, times: usize) {
        let count = |rounds: &Arc<AtomicUsize>| rounds.load(Ordering::Relaxed);
        let before: Vec<usize> = self.rounds.iter().map(count).collect();
        eventually("everybody to go on", DEADLINE, async || {
            let mut both = self.rounds.iter().map(count).zip(&before);
            both.all(|(now, before)| now >= before + times)
                .then_some(())
        })
        .await;
    }

    /// The answers so far.
    pub fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap()
    }

    /// Waits until there are `count` more refusals than now.
    pub async fn refused(&self, count: usize) {
        let before = self.ledger().refusals.len();
        eventually("refusals", DEADLINE, async || {
            (self.ledger().refusals.len() >= before + count).then_some(())
        })
        .await;
    }

    /// Ends the load and sends the rest of the upload.
    pub async fn finish(mut self, video: &Bytes) -> (Ledger, Upload) {
        self.is_over.store(true, Ordering::Relaxed);
        for task in self.tasks.drain(..) {
            task.await.unwrap();
        }
        self.uploader.finish_upload(&self.upload, video).await;
        let ledger = std::mem::take(&mut *self.ledger());
        (ledger, self.upload)
    }
}

impl Person {
    /// One round of all requests.
    async fn live(&self) {
        let login = json!({ "login": self.client.username, "password": PASSWORD });
        self.insist(StatusCode::CREATED, || self.post("/sessions", "", &login))
            .await;
        for path in ["/me", "/feeds/home", "/feeds/public"] {
            self.insist(StatusCode::OK, || self.request(Method::GET, path))
                .await;
        }
        let text = format!(
            "{} {}",
            self.client.username,
            self.rounds.load(Ordering::Relaxed)
        );
        let post = self.create("/posts", &text).await;
        self.ledger.lock().unwrap().posts.push((post, text.clone()));
        let comment = self.create(&format!("/posts/{post}/comments"), &text).await;
        self.ledger.lock().unwrap().comments.push((comment, text));
        let like = format!("/posts/{post}/like");
        self.set(Method::PUT, &like).await;
        self.ledger.lock().unwrap().likes.push(post);
        let follow = format!("/users/{}/follow", self.followee);
        self.set(Method::DELETE, &follow).await;
        self.set(Method::PUT, &follow).await;
        self.rounds.fetch_add(1, Ordering::Relaxed);
    }

    /// Creates something, always with the same idempotency key; returns its id.
    async fn create(&self, path: &str, text: &str) -> i64 {
        let body = if path == "/posts" {
            json!({ "text": text, "visibility": "public", "media": [] })
        } else {
            json!({ "text": text })
        };
        let key = text.replace(' ', "-");
        let made = self
            .insist(StatusCode::CREATED, || self.post(path, &key, &body))
            .await;
        made["id"].as_str().unwrap().parse().unwrap()
    }

    async fn set(&self, method: Method, path: &str) {
        self.insist(StatusCode::NO_CONTENT, || {
            self.request(method.clone(), path)
        })
        .await;
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.api(method, &format!("/api/v1{path}"))
    }

    fn post(&self, path: &str, key: &str, body: &Value) -> RequestBuilder {
        let request = self.request(Method::POST, path).json(body);
        match key {
            "" => request,
            key => request.header("Idempotency-Key", key),
        }
    }

    /// Repeats a request until the answer has the status `expected`.
    async fn insist(&self, expected: StatusCode, request: impl Fn() -> RequestBuilder) -> Value {
        let asking = async {
            loop {
                let answer = judge(&self.ledger, request().send().await, expected);
                match answer {
                    Some(answer) => return answer.bytes().await.unwrap_or_default(),
                    None => sleep(BACK_OFF).await,
                }
            }
        };
        let body = timeout(DEADLINE, asking).await;
        let body = body.expect("a repeated request is acknowledged in the end");
        serde_json::from_slice(&body).unwrap_or_default()
    }
}

/// The answer if its status is `expected`. Any other answer is recorded.
fn judge(
    ledger: &Mutex<Ledger>,
    answer: reqwest::Result<Response>,
    expected: StatusCode,
) -> Option<Response> {
    let mut ledger = ledger.lock().unwrap();
    let answer = match answer {
        Ok(answer) if answer.status() == expected => return Some(answer),
        Ok(answer) => answer,
        Err(error) => {
            ledger.faults.push(error.to_string());
            return None;
        }
    };
    let header = |name: &str| {
        answer
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let is_refusal = answer.status() == StatusCode::SERVICE_UNAVAILABLE
        && header("retry-after").is_some_and(|after| after.parse::<u32>().is_ok())
        && header("content-type") == Some("application/problem+json");
    if is_refusal {
        ledger.refusals.push(Instant::now());
    } else {
        let path = answer.url().path();
        ledger.faults.push(format!("{} at {path}", answer.status()));
    }
    None
}

/// The same for HEAD: its answer has no body, so a refusal has no content type.
fn judge_head(ledger: &Mutex<Ledger>, answer: reqwest::Result<Response>) -> Option<Response> {
    match answer {
        Ok(answer)
            if answer.status() == StatusCode::SERVICE_UNAVAILABLE
                && answer.headers().contains_key("retry-after") =>
        {
            ledger.lock().unwrap().refusals.push(Instant::now());
            None
        }
        answer => judge(ledger, answer, StatusCode::OK),
    }
}

/// An upload that goes on while the others work.
struct SlowUpload {
    client: Client,
    upload: Upload,
    video: Bytes,
    is_over: Arc<AtomicBool>,
    ledger: Arc<Mutex<Ledger>>,
}

impl SlowUpload {
    /// Sends small pieces of the first half.
    async fn run(self) {
        let mut acknowledged = 0;
        while !self.is_over.load(Ordering::Relaxed) {
            let head = self
                .client
                .tus(Method::HEAD, &self.upload.path)
                .send()
                .await;
            let Some(told) = judge_head(&self.ledger, head) else {
                sleep(BACK_OFF).await;
                continue;
            };
            let offset = offset_in(&told).unwrap();
            if offset < acknowledged {
                let lost = format!("{acknowledged} was acknowledged, {offset} is there");
                self.ledger.lock().unwrap().faults.push(lost);
            }
            let end = (offset + PIECE_BYTES).min(self.video.len() / 2);
            let patch =
                self.client
                    .patch(&self.upload, offset, self.video.slice(offset.min(end)..end));
            let answer = judge(&self.ledger, patch.send().await, StatusCode::NO_CONTENT);
            acknowledged = answer.map_or(offset, |answer| offset_in(&answer).unwrap());
        }
    }
}
