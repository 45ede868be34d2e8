//! The web client's files, and the headers that protect its pages. The pages of public posts and
//! profiles describe themselves in their head; pages that do not exist are 404.

mod pages;
mod preview;

use std::path::{Path, PathBuf};

use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, REFERRER_POLICY,
    VARY,
};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri};
use shared::http::files::Directory;
use shared::http::{Body, ClientIp, Problem, full};

use self::pages::WebPage;
use self::preview::{Found, with_preview};
use crate::app::App;
use crate::http::{Reply, conditional};

const HTML: &str = "text/html";
const INDEX: &str = "/index.html";

/// First path segments that are never a page of the client.
const RESERVED: [&str; 6] = [
    "api",
    "docs",
    "media",
    "metrics",
    "openapi.json",
    ".well-known",
];

/// The answer if the client was not built.
const NOT_BUILT: &str = "The web client is not built. scripts/web-client builds it into \
                         api-server/web/dist; PAWL_WEB_DIR names another folder. The API is at \
                         /api/v1";

/// The directory of the built web client.
#[derive(Debug, Clone)]
pub struct WebClient {
    directory: Directory,
    index: PathBuf,
    policy: HeaderValue,
    /// Our public origin, for addresses that must be absolute.
    origin: Option<String>,
}

impl WebClient {
    /// The client in `folder`; its pages may call upload-server at `upload_url`.
    pub fn new(folder: &Path, upload_url: &str) -> Self {
        Self {
            directory: Directory::new(folder, WebPage::is_page),
            index: folder.join("index.html"),
            policy: policy(upload_url),
            origin: None,
        }
    }

    /// With our public origin; without it the host of a request and http are used.
    #[must_use]
    pub fn at(self, origin: Option<String>) -> Self {
        Self { origin, ..self }
    }

    /// The answer for a path of no other part.
    pub async fn serve<B>(&self, app: &App, request: &Request<B>) -> Response<Body> {
        let is_read = [Method::GET, Method::HEAD].contains(request.method());
        let client = request.extensions().get::<ClientIp>().copied();
        let found = match WebPage::of(request.uri().path()) {
            WebPage::About(subject) if is_read => preview::find(app, client, subject).await,
            WebPage::About(_) | WebPage::Fixed => Found::Unknown,
            WebPage::Missing => Found::Nothing,
        };
        match found {
            Found::Preview(preview) => match tokio::fs::read_to_string(&self.index).await {
                Ok(index) => {
                    let page = with_preview(&index, &preview, &self.origin(request));
                    self.guarded(page_answer(request.headers(), page))
                }
                Err(_) => self.file(request).await,
            },
            Found::Nothing if is_read && looks_like_page(request.uri().path()) => {
                self.missing_page(request).await
            }
            Found::Nothing | Found::Unknown => self.file(request).await,
        }
    }

    fn origin<B>(&self, request: &Request<B>) -> String {
        let host = request
            .headers()
            .get(HOST)
            .and_then(|host| host.to_str().ok());
        let host = host.or_else(|| request.uri().authority().map(http::uri::Authority::as_str));
        let origin = self.origin.clone();
        origin.unwrap_or_else(|| format!("http://{}", host.unwrap_or_default()))
    }

    /// The client itself, which shows that the page does not exist.
    async fn missing_page<B>(&self, request: &Request<B>) -> Response<Body> {
        // Not its conditions: a 404 is answered whole.
        let encodings = request.headers().get(ACCEPT_ENCODING).cloned();
        let headers = encodings.map(|value| (ACCEPT_ENCODING, value)).into_iter();
        let headers: HeaderMap = headers.collect();
        let mut answer = self
            .directory
            .respond(request.method(), INDEX, &headers)
            .await;
        if answer.status() != StatusCode::OK {
            return not_found(NOT_BUILT);
        }
        *answer.status_mut() = StatusCode::NOT_FOUND;
        let never = HeaderValue::from_static("no-store");
        answer.headers_mut().insert(CACHE_CONTROL, never);
        self.guarded(answer)
    }

    async fn file<B>(&self, request: &Request<B>) -> Response<Body> {
        let path = request.uri().path();
        let file = match path {
            "/docs" | "/docs/" => "/docs.html",
            path => path,
        };
        let answer = self
            .directory
            .respond(request.method(), file, request.headers())
            .await;
        if answer.status() == StatusCode::NOT_FOUND && self.is_missing().await {
            return not_found(NOT_BUILT);
        }
        if answer.status() == StatusCode::NOT_FOUND && !is_ours(path) {
            return not_found("there is no such file");
        }
        self.guarded(answer)
    }

    async fn is_missing(&self) -> bool {
        !tokio::fs::try_exists(&self.index).await.unwrap_or(false)
    }

    /// Pages load only our own files: no inline script or style, no frames, no other origin except
    /// upload-server. Players need `blob:` for media and workers.
    fn guarded(&self, mut answer: Response<Body>) -> Response<Body> {
        let kind = answer
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok());
        // A browser applies the headers of a 304 to its cached page.
        let is_kept = answer.status() == StatusCode::NOT_MODIFIED;
        if is_kept || kind.is_some_and(|kind| kind.starts_with(HTML)) {
            let headers = answer.headers_mut();
            headers.insert(CONTENT_SECURITY_POLICY, self.policy.clone());
            headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
            let opener = HeaderValue::from_static("same-origin");
            headers.insert("cross-origin-opener-policy", opener);
        }
        answer
    }
}

fn policy(upload_url: &str) -> HeaderValue {
    let url = upload_url.parse::<Uri>().ok();
    let origin = url.and_then(|url| Some(format!(" {}://{}", url.scheme_str()?, url.authority()?)));
    let text = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
         media-src 'self' blob:; worker-src 'self' blob:; font-src 'self'; \
         connect-src 'self'{}; manifest-src 'self'; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'",
        origin.unwrap_or_default()
    );
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

/// Whether people may have typed this path or followed a link to it: they get a page. Usernames may
/// contain dots.
fn looks_like_page(path: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or_default();
    !is_ours(path) && (path.starts_with("/u/") || !file.contains('.'))
}

/// Whether programs use this path; they expect a problem, not a page.
fn is_ours(path: &str) -> bool {
    let first = path.split('/').nth(1).unwrap_or_default();
    RESERVED.contains(&first)
}

/// Browsers ask again each time, and get 304 while the page is the same.
fn page_answer(known: &HeaderMap, page: String) -> Response<Body> {
    let mut reply = Reply::new(page.into());
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    reply.headers_mut().insert(CONTENT_TYPE, html);
    let mut reply = conditional(known, reply);
    // The page is the same for every visitor.
    let headers = reply.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.remove(VARY);
    reply.map(full)
}

fn not_found(detail: &'static str) -> Response<Body> {
    Problem::new(StatusCode::NOT_FOUND, "not_found")
        .detail(detail)
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_may_call_us_and_the_upload_server_and_run_nothing_inline() {
        let policy = policy("http://127.0.0.1:1080/files/");
        let policy = policy.to_str().unwrap();
        assert!(
            policy.contains("connect-src 'self' http://127.0.0.1:1080;"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe"), "{policy}");
    }

    #[tokio::test]
    async fn a_page_that_a_browser_has_kept_stays_under_the_same_policy() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("index.html"), "<!doctype html>").unwrap();
        let client = WebClient::new(folder.path(), "http://127.0.0.1:1080/files/");
        let first = client.file(&Request::get("/").body(()).unwrap()).await;
        let tag = &first.headers()[http::header::ETAG];
        let again = Request::get("/").header(http::header::IF_NONE_MATCH, tag);
        let kept = client.file(&again.body(()).unwrap()).await;
        assert_eq!(kept.status(), StatusCode::NOT_MODIFIED);
        let policies = [&first, &kept].map(|answer| &answer.headers()[CONTENT_SECURITY_POLICY]);
        assert_eq!(policies[0], policies[1]);
    }

    #[tokio::test]
    async fn a_client_that_is_not_built_says_how_to_build_it() {
        let client = WebClient::new(Path::new("/nowhere"), "http://127.0.0.1:1080/files/");
        let answer = client.file(&Request::get("/").body(()).unwrap()).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
        assert_eq!(answer.headers()[CONTENT_TYPE], "application/problem+json");
    }
}
