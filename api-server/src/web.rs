//! The web client's files, and the headers that protect its pages.

use std::path::{Path, PathBuf};

use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use http::{HeaderValue, Request, Response, StatusCode, Uri};
use shared::http::files::Directory;
use shared::http::{Body, Problem};

const HTML: &str = "text/html";

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
}

impl WebClient {
    /// The client in `folder`; its pages may call upload-server at `upload_url`.
    pub fn new(folder: &Path, upload_url: &str) -> Self {
        Self {
            directory: Directory::new(folder, is_page),
            index: folder.join("index.html"),
            policy: policy(upload_url),
        }
    }

    /// The answer for a path of no other part.
    pub async fn serve<B>(&self, request: &Request<B>) -> Response<Body> {
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

/// Whether the path may be a page of the client: files and the server's own paths may not.
/// Usernames may contain dots.
fn is_page(path: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or_default();
    !is_ours(path) && (path.starts_with("/u/") || !file.contains('.'))
}

/// Whether programs use this path; they expect a problem, not a page.
fn is_ours(path: &str) -> bool {
    let first = path.split('/').nth(1).unwrap_or_default();
    RESERVED.contains(&first)
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
        let first = client.serve(&Request::get("/").body(()).unwrap()).await;
        let tag = &first.headers()[http::header::ETAG];
        let again = Request::get("/").header(http::header::IF_NONE_MATCH, tag);
        let kept = client.serve(&again.body(()).unwrap()).await;
        assert_eq!(kept.status(), StatusCode::NOT_MODIFIED);
        let policies = [&first, &kept].map(|answer| &answer.headers()[CONTENT_SECURITY_POLICY]);
        assert_eq!(policies[0], policies[1]);
    }

    #[tokio::test]
    async fn a_client_that_is_not_built_says_how_to_build_it() {
        let client = WebClient::new(Path::new("/nowhere"), "http://127.0.0.1:1080/files/");
        let answer = client.serve(&Request::get("/").body(()).unwrap()).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
        assert_eq!(answer.headers()[CONTENT_TYPE], "application/problem+json");
    }
}
