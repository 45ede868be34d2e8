//! The folder of the built web client.
//!
//! Paths that lead out of the folder, by `..` or by a symbolic link, are 404, and so are names that
//! begin with a dot. A path without a file may be a page that the client routes itself and gets
//! `index.html`; a missing file below `assets/` is always 404.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use percent_encoding::percent_decode_str;

use super::{encoding::Encoding, file::StoredFile, kind::content_type};
use crate::blocking;
use crate::http::{Body, Problem};

/// The names of built assets contain a hash of their content.
const ASSETS: &str = "assets";
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");

/// Serves the files of a folder.
#[derive(Debug, Clone)]
pub struct Directory {
    root: Arc<Path>,
    is_page: fn(&str) -> bool,
}

impl Directory {
    /// Serves the files below `root`, which need not exist yet. `is_page` tells whether the path of
    /// a URL is a page of the client.
    pub fn new(root: impl Into<PathBuf>, is_page: fn(&str) -> bool) -> Self {
        Self {
            root: root.into().into(),
            is_page,
        }
    }

    /// The response for the path of a URL, percent-encoded and with a leading slash.
    pub async fn respond(
        &self,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
    ) -> Response<Body> {
        if method != Method::GET && method != Method::HEAD {
            return Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed")
                .header(header::ALLOW, HeaderValue::from_static("GET, HEAD"))
                .into_response();
        }
        match self.open(path, headers).await {
            Ok(file) => {
                let mut response = file.respond(method, headers).await;
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
                Problem::of_file(&error).into_response()
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
            .cache_control(if is_asset { IMMUTABLE } else { REVALIDATE }))
    }
}

/// The path below the folder; `None` if it could lead out of it or names a hidden file.
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

/// The smallest variant that the client accepts and that exists, else the plain file.
fn open_best(root: &Path, relative: &Path, encodings: &[Encoding]) -> io::Result<StoredFile> {
    let root = root.canonicalize()?;
    let path = root.join(relative);
    let kind = content_type(&path);
    let variant = |encoding: &Encoding| {
        let mut name = path.clone().into_os_string();
        name.push(".");
        name.push(encoding.extension());
        let file = open_inside(&root, Path::new(&name), kind.clone()).ok()?;
        Some(file.variant(Some(*encoding)))
    };
    // The plain file must exist: a variant without one is left over from an old build.
    let plain = open_inside(&root, &path, kind.clone())?;
    Ok(encodings
        .iter()
        .find_map(variant)
        .unwrap_or_else(|| plain.variant(None)))
}

/// Resolves symbolic links and refuses files outside `root`. (No attacker can write to the folder,
/// so a change between the check and the open is no concern.)
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
    fn paths_that_lead_out_or_name_hidden_files_are_none() {
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
