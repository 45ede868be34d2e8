//! A folder of files: the built web client.
//!
//! What lies outside the folder, by `..` or by a link, is not there; neither is anything whose
//! name begins with a dot. Paths that are no file may be the client's own pages: they get its
//! `index.html`, except below `assets/`, where a missing file is missing.

use std::{
    convert::Infallible,
    io,
    path::{Path, PathBuf},
    sync::Arc,
    task::{Context, Poll},
};

use futures_util::future::BoxFuture;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use percent_encoding::percent_decode_str;
use tower::Service;

use super::{Encoding, StoredFile, content_type};
use crate::blocking;
use crate::http::{Body, Problem};

/// Names of built assets carry a hash of their content.
const ASSETS: &str = "assets";
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// Serves a folder; a `tower` service beside others.
#[derive(Debug, Clone)]
pub struct Directory {
    root: Arc<Path>,
    is_page: fn(&str) -> bool,
}

impl Directory {
    /// Serves what is below `root`. The folder may come and go: it is looked at per request.
    /// `is_page` says of a URL's path whether it leads to a page of the client.
    pub fn new(root: impl Into<PathBuf>, is_page: fn(&str) -> bool) -> Self {
        Self {
            root: root.into().into(),
            is_page,
        }
    }

    /// The answer for `path` of a URL, still percent-encoded, with a leading slash.
    pub async fn answer(&self, method: &Method, path: &str, headers: &HeaderMap) -> Response<Body> {
        if method != Method::GET && method != Method::HEAD {
            return Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed")
                .header(header::ALLOW, HeaderValue::from_static("GET, HEAD"))
                .into_response();
        }
        match self.open(path, headers).await {
            Ok(file) => {
                let mut response = file.answer(method, headers).await;
                let nosniff = HeaderValue::from_static("nosniff");
                response
                    .headers_mut()
                    .insert(header::X_CONTENT_TYPE_OPTIONS, nosniff);
                response
            }
            Err(error) if is_absent(&error) => {
                Problem::new(StatusCode::NOT_FOUND, "not_found").into_response()
            }
            Err(error) => {
                tracing::error!(%error, "could not open a file of the web client");
                Problem::internal().into_response()
            }
        }
    }

    async fn open(&self, path: &str, headers: &HeaderMap) -> io::Result<StoredFile> {
        let relative = relative(path).ok_or(io::ErrorKind::NotFound)?;
        let is_asset = relative.starts_with(ASSETS);
        let is_page = !is_asset && (self.is_page)(path);
        let encodings: Vec<Encoding> = Encoding::accepted(headers).collect();
        let root = Arc::clone(&self.root);
        let file = blocking(move || match open_best(&root, &relative, &encodings) {
            Err(error) if is_absent(&error) && is_page => {
                open_best(&root, Path::new("index.html"), &encodings)
            }
            opened => opened,
        });
        Ok(file
            .await?
            .cache_control(if is_asset { FOREVER } else { ASK_AGAIN }))
    }
}

impl<B> Service<Request<B>> for Directory {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let directory = self.clone();
        let (head, _) = request.into_parts();
        Box::pin(async move {
            Ok(directory
                .answer(&head.method, head.uri.path(), &head.headers)
                .await)
        })
    }
}

/// The path below the folder; `None` for anything that could lead elsewhere or is hidden.
fn relative(path: &str) -> Option<PathBuf> {
    let path = percent_decode_str(path).decode_utf8().ok()?;
    let path = path.strip_prefix('/')?;
    let is_plain = |name: &str| {
        !name.is_empty() && !name.starts_with('.') && !name.contains(['\0', '\\', '/'])
    };
    let names: Vec<&str> = path.split('/').collect();
    let is_folder = names.last() == Some(&"");
    let names = names.get(..names.len() - usize::from(is_folder))?;
    names
        .iter()
        .all(|name| is_plain(name))
        .then(|| names.iter().collect())
}

/// The smallest sibling that is accepted and there, else the file itself.
fn open_best(root: &Path, relative: &Path, encodings: &[Encoding]) -> io::Result<StoredFile> {
    let root = root.canonicalize()?;
    let path = root.join(relative);
    let kind = content_type(&path);
    let sibling = |encoding: &Encoding| {
        let mut name = path.clone().into_os_string();
        name.push(".");
        name.push(encoding.extension());
        let file = open_inside(&root, Path::new(&name), kind.clone()).ok()?;
        Some(file.encoded(Some(*encoding)))
    };
    // The plain file comes first, so that a sibling left over from an old build is not served.
    let plain = open_inside(&root, &path, kind.clone())?;
    Ok(encodings
        .iter()
        .find_map(sibling)
        .unwrap_or_else(|| plain.encoded(None)))
}

/// Follows links, then insists that the end of them lies inside. (Nobody hostile can write here,
/// so the moment between looking and opening is of no concern.)
fn open_inside(root: &Path, path: &Path, kind: HeaderValue) -> io::Result<StoredFile> {
    let path = path.canonicalize()?;
    if !path.starts_with(root) {
        return Err(io::ErrorKind::NotFound.into());
    }
    StoredFile::open_now(&path, kind)
}

fn is_absent(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidFilename, NotADirectory, NotFound};
    matches!(error.kind(), NotFound | NotADirectory | InvalidFilename)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_lead_elsewhere_or_are_hidden_are_none() {
        for path in [
            "/..",
            "/../x",
            "/a/../../x",
            "/a/..",
            "/%2e%2e/x",
            "/%2E%2E%2Fx",
            "/a%2f..%2fx",
            "/./x",
            "/.env",
            "/a/.git/config",
            "//etc/passwd",
            "/a//b",
            "/a\\..\\x",
            "/a%00b",
            "/%ff",
            "x",
        ] {
            assert_eq!(relative(path), None, "{path}");
        }
    }

    #[test]
    fn ordinary_paths_stay_themselves() {
        for (path, expected) in [
            ("/", ""),
            ("/a", "a"),
            ("/a/", "a"),
            ("/assets/index-1b2c.js", "assets/index-1b2c.js"),
            ("/b%C3%A4r%20x", "bär x"),
            ("/users/anna.b", "users/anna.b"),
        ] {
            assert_eq!(relative(path), Some(PathBuf::from(expected)), "{path}");
        }
    }
}
