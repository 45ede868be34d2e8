//! One file as an answer.

use std::{
    fs::{File, Metadata},
    io::{self, Seek, SeekFrom},
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use futures_util::TryStreamExt;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use http_body::Frame;
use http_body_util::StreamBody;
use tokio::io::AsyncReadExt;
use tokio_util::io::ReaderStream;

use super::{Asked, Encoding, Span, Validators};
use crate::blocking;
use crate::http::{Body, BoxError, Problem, boxed, empty};

/// Bytes read and sent at a time: what one answer holds in memory.
const CHUNK: usize = 128 << 10;

/// A file that was opened, and what its answer's headers say of it.
#[derive(Debug)]
pub struct StoredFile {
    file: File,
    length: u64,
    validators: Validators,
    content_type: HeaderValue,
    cache_control: Option<HeaderValue>,
    encoding: Option<Encoding>,
    varies: bool,
}

impl StoredFile {
    /// Opens `path`; a folder counts as not found. The entity tag is made of length and time of
    /// change, which fits files that are replaced and never rewritten in place.
    ///
    /// # Errors
    /// The file is not there or cannot be opened.
    pub async fn open(path: PathBuf, content_type: HeaderValue) -> io::Result<Self> {
        blocking(move || Self::open_now(&path, content_type)).await
    }

    /// Opens a file whose bytes the caller vouches for by a strong `etag`, quotes included.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_tagged(
        path: PathBuf,
        content_type: HeaderValue,
        etag: HeaderValue,
    ) -> io::Result<Self> {
        let mut file = Self::open(path, content_type).await?;
        file.validators.etag = etag;
        Ok(file)
    }

    /// The same from code that may block.
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
            varies: false,
        })
    }

    /// Says that this is the `encoding` of something that also comes plain; `None`: the plain one.
    pub(super) fn encoded(mut self, encoding: Option<Encoding>) -> Self {
        self.encoding = encoding;
        self.varies = true;
        self
    }

    /// Sets `Cache-Control` of every answer but errors.
    #[must_use]
    pub fn cache_control(mut self, value: HeaderValue) -> Self {
        self.cache_control = Some(value);
        self
    }

    /// The length in bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The answer to a GET or HEAD with these headers: 200, 206, 304, 412 or 416. The body is read
    /// while it is sent; a file that turns out shorter ends the connection.
    pub async fn answer(self, method: &Method, headers: &HeaderMap) -> Response<Body> {
        match self.validators.judge(method, headers) {
            Some(StatusCode::NOT_MODIFIED) => return self.head(StatusCode::NOT_MODIFIED),
            Some(status) => {
                return Problem::new(status, "precondition_failed").into_response();
            }
            None => {}
        }
        match self.validators.asked(method, headers, self.length) {
            Asked::Outside => {
                let (name, value) = Asked::outside_of(self.length);
                Problem::new(StatusCode::RANGE_NOT_SATISFIABLE, "range_not_satisfiable")
                    .header(name, value)
                    .into_response()
            }
            Asked::Part(span) => {
                let mut response = self.head(StatusCode::PARTIAL_CONTENT);
                let content_range = span.content_range(self.length);
                response
                    .headers_mut()
                    .insert(header::CONTENT_RANGE, content_range);
                self.fill(response, span, method).await
            }
            Asked::Whole => {
                let response = self.head(StatusCode::OK);
                let whole = Span {
                    start: 0,
                    end: self.length,
                };
                self.fill(response, whole, method).await
            }
        }
    }

    /// Everything but the body and what tells of it.
    fn head(&self, status: StatusCode) -> Response<Body> {
        let mut response = Response::new(empty());
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::ETAG, self.validators.etag.clone());
        if let Some(modified) = self.validators.last_modified() {
            headers.insert(header::LAST_MODIFIED, modified);
        }
        if let Some(cache_control) = &self.cache_control {
            headers.insert(header::CACHE_CONTROL, cache_control.clone());
        }
        if self.varies {
            headers.insert(
                header::VARY,
                HeaderValue::from_name(header::ACCEPT_ENCODING),
            );
        }
        response
    }

    async fn fill(
        self,
        mut response: Response<Body>,
        span: Span,
        method: &Method,
    ) -> Response<Body> {
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, self.content_type);
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(span.len()));
        headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        if let Some(encoding) = self.encoding {
            headers.insert(header::CONTENT_ENCODING, encoding.header());
        }
        if method == Method::HEAD {
            return response;
        }
        match body(self.file, span).await {
            Ok(body) => {
                *response.body_mut() = body;
                response
            }
            Err(error) => {
                tracing::error!(%error, "a file could not be read");
                Problem::internal().into_response()
            }
        }
    }
}

async fn body(mut file: File, span: Span) -> io::Result<Body> {
    if span.is_empty() {
        return Ok(empty());
    }
    if span.start > 0 {
        file = blocking(move || file.seek(SeekFrom::Start(span.start)).map(|_| file)).await?;
    }
    let mut file = tokio::fs::File::from_std(file);
    file.set_max_buf_size(CHUNK);
    let chunks = ReaderStream::with_capacity(file.take(span.len()), CHUNK);
    Ok(boxed(StreamBody::new(
        chunks.map_ok(Frame::data).map_err(BoxError::from),
    )))
}

fn validators(metadata: &Metadata) -> io::Result<Validators> {
    let modified = metadata.modified()?;
    let since = modified.duration_since(UNIX_EPOCH).unwrap_or_default();
    let etag = format!("\"{:x}-{:x}\"", metadata.len(), since.as_nanos());
    let etag = HeaderValue::try_from(etag).map_err(io::Error::other)?;
    Ok(Validators {
        etag,
        modified: Some(modified),
    })
}
