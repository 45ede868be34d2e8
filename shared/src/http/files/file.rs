//! One file as a response.

use std::{
    fs::{File, Metadata},
    io::{self, Seek, SeekFrom},
    ops::Range,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use futures_util::TryStreamExt;
use headers::{AcceptRanges, ContentLength, ContentRange, ETag, HeaderMapExt};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use http_body::Frame;
use http_body_util::StreamBody;
use tokio::io::AsyncReadExt;
use tokio_util::io::ReaderStream;

use super::{condition::Validators, encoding::Encoding, range::RequestedRange};
use crate::blocking;
use crate::http::{Body, BoxError, Problem, boxed, empty};

/// How many bytes are read and sent at a time: the memory that one response takes.
const CHUNK: usize = 128 << 10;

/// An open file and what its response's headers say of it.
#[derive(Debug)]
pub struct StoredFile {
    file: File,
    length: u64,
    validators: Validators,
    content_type: HeaderValue,
    cache_control: Option<HeaderValue>,
    encoding: Option<Encoding>,
    has_variants: bool,
}

impl StoredFile {
    /// Opens `path`; a folder counts as not found. The entity tag consists of the length and the
    /// time of the last change, which is enough for files that are replaced and never rewritten in
    /// place.
    ///
    /// # Errors
    /// The file does not exist or cannot be opened.
    pub async fn open(path: PathBuf, content_type: HeaderValue) -> io::Result<Self> {
        blocking(move || Self::open_now(&path, content_type)).await
    }

    /// Opens a file to whose bytes the caller has given a strong `etag`.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_tagged(
        path: PathBuf,
        content_type: HeaderValue,
        etag: ETag,
    ) -> io::Result<Self> {
        let mut file = Self::open(path, content_type).await?;
        file.validators.etag = etag;
        Ok(file)
    }

    /// As [`open`](Self::open), for code that may block.
    pub(super) fn open_now(path: &Path, content_type: HeaderValue) -> io::Result<Self> {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::ErrorKind::NotFound.into());
        }
        Ok(Self {
            file,
            length: metadata.len(),
            validators: validators(&metadata)?,
            content_type,
            cache_control: None,
            encoding: None,
            has_variants: false,
        })
    }

    /// Marks the file as one of several variants: the one with `encoding`, or the plain one.
    pub(super) fn variant(mut self, encoding: Option<Encoding>) -> Self {
        self.encoding = encoding;
        self.has_variants = true;
        self
    }

    /// Sets `Cache-Control` of every response but errors.
    #[must_use]
    pub fn cache_control(mut self, value: HeaderValue) -> Self {
        self.cache_control = Some(value);
        self
    }

    /// The response to a GET or HEAD with these headers: 200, 206, 304, 412 or 416. The file is
    /// read while the body is sent; if it has become shorter, the connection breaks off.
    pub async fn respond(self, method: &Method, headers: &HeaderMap) -> Response<Body> {
        match self.validators.evaluate(method, headers) {
            Some(StatusCode::NOT_MODIFIED) => return self.head(StatusCode::NOT_MODIFIED),
            Some(status) => {
                return Problem::new(status, "precondition_failed").into_response();
            }
            None => {}
        }
        let length = self.length;
        match self.validators.requested_range(method, headers, length) {
            RequestedRange::Unsatisfiable => {
                let problem =
                    Problem::new(StatusCode::RANGE_NOT_SATISFIABLE, "range_not_satisfiable");
                let mut response = problem.into_response();
                let content_range = ContentRange::unsatisfied_bytes(length);
                response.headers_mut().typed_insert(content_range);
                response
            }
            RequestedRange::Part(range) => {
                let mut response = self.head(StatusCode::PARTIAL_CONTENT);
                let bytes = *range.start()..range.end().saturating_add(1);
                if let Ok(content_range) = ContentRange::bytes(range, length) {
                    response.headers_mut().typed_insert(content_range);
                }
                self.fill(response, bytes, method).await
            }
            RequestedRange::Whole => {
                let response = self.head(StatusCode::OK);
                self.fill(response, 0..length, method).await
            }
        }
    }

    /// A response without the body and the headers that describe the body.
    fn head(&self, status: StatusCode) -> Response<Body> {
        let mut response = Response::new(empty());
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.typed_insert(self.validators.etag.clone());
        if let Some(modified) = self.validators.last_modified() {
            headers.typed_insert(modified);
        }
        if let Some(cache_control) = &self.cache_control {
            headers.insert(header::CACHE_CONTROL, cache_control.clone());
        }
        if self.has_variants {
            let vary = HeaderValue::from_name(header::ACCEPT_ENCODING);
            headers.insert(header::VARY, vary);
        }
        response
    }

    async fn fill(
        self,
        mut response: Response<Body>,
        bytes: Range<u64>,
        method: &Method,
    ) -> Response<Body> {
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, self.content_type);
        headers.typed_insert(ContentLength(bytes.end - bytes.start));
        headers.typed_insert(AcceptRanges::bytes());
        if let Some(encoding) = self.encoding {
            headers.insert(header::CONTENT_ENCODING, encoding.header());
        }
        if method == Method::HEAD {
            return response;
        }
        match body(self.file, bytes).await {
            Ok(body) => {
                *response.body_mut() = body;
                response
            }
            Err(error) => {
                tracing::error!(%error, "could not read a file");
                Problem::of_file(&error).into_response()
            }
        }
    }
}

async fn body(mut file: File, bytes: Range<u64>) -> io::Result<Body> {
    if bytes.is_empty() {
        return Ok(empty());
    }
    if bytes.start > 0 {
        file = blocking(move || file.seek(SeekFrom::Start(bytes.start)).map(|_| file)).await?;
    }
    let mut file = tokio::fs::File::from_std(file);
    file.set_max_buf_size(CHUNK);
    let chunks = ReaderStream::with_capacity(file.take(bytes.end - bytes.start), CHUNK);
    Ok(boxed(StreamBody::new(
        chunks.map_ok(Frame::data).map_err(BoxError::from),
    )))
}

fn validators(metadata: &Metadata) -> io::Result<Validators> {
    let modified = metadata.modified()?;
    let since = modified.duration_since(UNIX_EPOCH).unwrap_or_default();
    let etag = format!("\"{:x}-{:x}\"", metadata.len(), since.as_nanos());
    Ok(Validators {
        etag: etag.parse().map_err(io::Error::other)?,
        modified: Some(modified),
    })
}
