//! A user with an account, who uses a stack over HTTP like any client.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    poll::{DEADLINE, eventually},
    stack::Stack,
};

/// The metadata of most uploads.
pub const VIDEO: &[(&str, &str)] = &[("filename", "clip.mp4"), ("filetype", "video/mp4")];

/// The password of all users.
pub const PASSWORD: &str = "correct horse battery";

/// A signed-in user.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    api: String,
    uploads: String,
    token: Option<String>,
    refresh_token: String,
    /// Their name.
    pub username: String,
}

/// An upload that was created.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The path of its URL.
    pub path: String,
    /// Its id, which is also that of its media item.
    pub id: String,
}

impl Client {
    /// An anonymous client: its requests have no token.
    pub fn anonymous(stack: &Stack) -> Self {
        Self::at(&stack.api_url(), &stack.upload_url())
    }

    /// An anonymous client for two origins.
    pub fn at(api: &str, uploads: &str) -> Self {
        Self {
            http: reqwest::Client::new(),
            api: api.to_owned(),
            uploads: uploads.to_owned(),
            token: None,
            refresh_token: String::new(),
            username: String::new(),
        }
    }

    /// Creates a new user and signs in.
    pub async fn sign_up(stack: &Stack) -> Self {
        Self::anonymous(stack).with_account().await
    }

    /// Creates an account and signs in.
    pub async fn with_account(mut self) -> Self {
        self.username = format!("ada_{}", &Uuid::new_v4().simple().to_string()[..12]);
        let account = json!({
            "username": self.username,
            "email": format!("{}@example.org", self.username),
            "password": PASSWORD,
            "first_name": "Ada",
            "last_name": "Lovelace",
        });
        self.post("/api/v1/users", &account, StatusCode::CREATED)
            .await;
        self.sign_in().await
    }

    /// The same user in another session.
    pub async fn sign_in(&self) -> Self {
        let login = json!({ "login": self.username, "password": PASSWORD });
        let nobody = Self {
            token: None,
            ..self.clone()
        };
        let tokens = nobody
            .post("/api/v1/sessions", &login, StatusCode::CREATED)
            .await;
        let mut person = nobody;
        person.keep(&tokens);
        person
    }

    /// Refreshes the session.
    pub async fn refresh(&mut self) {
        let request = json!({ "refresh_token": self.refresh_token });
        let anonymous = Self {
            token: None,
            ..self.clone()
        };
        let tokens = anonymous
            .post("/api/v1/sessions/refresh", &request, StatusCode::OK)
            .await;
        self.keep(&tokens);
    }

    fn keep(&mut self, tokens: &Value) {
        let token = |name: &str| tokens[name].as_str().expect("a token").to_owned();
        self.token = Some(token("access_token"));
        self.refresh_token = token("refresh_token");
    }

    /// The same user, uploading through another address, such as a proxy.
    #[must_use]
    pub fn uploading_to(&self, origin: &str) -> Self {
        Self {
            uploads: origin.to_owned(),
            ..self.clone()
        }
    }

    /// The access token.
    pub fn token(&self) -> &str {
        self.token.as_deref().expect("nobody is signed in")
    }

    /// A request to api-server.
    pub fn api(&self, method: Method, path: &str) -> RequestBuilder {
        self.request(method, format!("{}{path}", self.api))
    }

    /// A tus 1.0 request to upload-server.
    pub fn tus(&self, method: Method, path: &str) -> RequestBuilder {
        self.request(method, format!("{}{path}", self.uploads))
            .header("Tus-Resumable", "1.0.0")
    }

    fn request(&self, method: Method, url: String) -> RequestBuilder {
        let request = self.http.request(method, url);
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Posts JSON, expects this status, and returns the answer's JSON.
    pub async fn post(&self, path: &str, body: &Value, expected: StatusCode) -> Value {
        let answer = self
            .api(Method::POST, path)
            .json(body)
            .send()
            .await
            .expect("api-server answers");
        json_of(answer, expected).await
    }

    /// The JSON at a path of api-server.
    pub async fn get(&self, path: &str) -> Value {
        let answer = self
            .api(Method::GET, path)
            .send()
            .await
            .expect("api-server answers");
        json_of(answer, StatusCode::OK).await
    }

    /// The answer to a creation with this metadata.
    pub async fn try_create(&self, length: usize, metadata: &[(&str, &str)]) -> Response {
        let metadata: Vec<String> = metadata
            .iter()
            .map(|(name, value)| format!("{name} {}", STANDARD.encode(value)))
            .collect();
        self.tus(Method::POST, "/files/")
            .header("Upload-Length", length)
            .header("Upload-Metadata", metadata.join(","))
            .send()
            .await
            .expect("upload-server answers")
    }

    /// Creates the upload of a video.
    pub async fn create_upload(&self, length: usize) -> Upload {
        self.create_upload_of(length, VIDEO).await
    }

    /// Creates an upload with this metadata.
    pub async fn create_upload_of(&self, length: usize, metadata: &[(&str, &str)]) -> Upload {
        let answer = self.try_create(length, metadata).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        let location = answer.headers()["location"].to_str().unwrap();
        let path = location.find("/files/").expect("uploads are below /files/");
        let id = location.rsplit('/').next().unwrap().to_owned();
        assert_eq!(answer.headers()["pawl-media-id"], id.as_str());
        Upload {
            path: location[path..].to_owned(),
            id,
        }
    }

    /// A PATCH that is not sent yet; `body` may be a stream.
    pub fn patch(
        &self,
        upload: &Upload,
        offset: usize,
        body: impl Into<reqwest::Body>,
    ) -> RequestBuilder {
        self.tus(Method::PATCH, &upload.path)
            .header("Content-Type", "application/offset+octet-stream")
            .header("Upload-Offset", offset)
            .body(body)
    }

    /// Appends and expects that all bytes are accepted.
    pub async fn append(&self, upload: &Upload, offset: usize, bytes: Bytes) {
        let end = offset + bytes.len();
        let answer = self
            .patch(upload, offset, bytes)
            .send()
            .await
            .expect("upload-server answers");
        assert_eq!(answer.status(), StatusCode::NO_CONTENT);
        assert_eq!(offset_in(&answer), Some(end));
    }

    /// The offset that HEAD returns; `None` while the server is unavailable or undecided.
    pub async fn offset(&self, upload: &Upload) -> Option<usize> {
        let answer = self.tus(Method::HEAD, &upload.path).send().await.ok()?;
        offset_in(&answer).filter(|_| answer.status().is_success())
    }

    /// Asks for the offset until it gets one, then sends the rest; repeats until all bytes are
    /// there.
    pub async fn finish_upload(&self, upload: &Upload, bytes: &Bytes) {
        eventually("the upload to be complete", DEADLINE, async || {
            let offset = self.offset(upload).await?;
            if offset == bytes.len() {
                return Some(());
            }
            let sent = self
                .patch(upload, offset, bytes.slice(offset..))
                .send()
                .await;
            sent.ok()
                .filter(|answer| answer.status().is_success())
                .map(drop)
        })
        .await;
    }

    /// Uploads a whole file in two parts.
    pub async fn upload(&self, bytes: &Bytes) -> Upload {
        let upload = self.create_upload(bytes.len()).await;
        let half = bytes.len() / 2;
        if half > 0 {
            self.append(&upload, 0, bytes.slice(..half)).await;
            self.append(&upload, half, bytes.slice(half..)).await;
        }
        upload
    }

    /// A media item as its owner sees it.
    pub async fn media(&self, upload: &Upload) -> Value {
        self.get(&format!("/api/v1/media/{}", upload.id)).await
    }

    /// Waits until a media item is `ready` or `failed`.
    pub async fn settled(&self, upload: &Upload, patience: Duration) -> Value {
        eventually("the media to be ready or failed", patience, async || {
            let media = self.media(upload).await;
            matches!(media["state"].as_str()?, "ready" | "failed").then_some(media)
        })
        .await
    }

    /// Waits until a media item is `ready`; returns the full URL of its playlist.
    pub async fn playlist(&self, upload: &Upload) -> String {
        let media = self.settled(upload, DEADLINE).await;
        assert_eq!(media["state"], "ready", "{media}");
        format!(
            "{}{}",
            self.api,
            media["playback"]["hls_url"].as_str().expect("an address")
        )
    }
}

/// The offset in an answer.
pub fn offset_in(answer: &Response) -> Option<usize> {
    answer
        .headers()
        .get("upload-offset")?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

async fn json_of(answer: Response, expected: StatusCode) -> Value {
    let (status, url) = (answer.status(), answer.url().clone());
    let text = answer.text().await.expect("the answer is whole");
    assert_eq!(status, expected, "{url}: {text}");
    serde_json::from_str(&text).expect("api-server answers in JSON")
}
