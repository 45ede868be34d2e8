//! The successful answers of tus 1.0: status and headers, no bodies.

use http::{HeaderMap, HeaderValue, StatusCode, header::CACHE_CONTROL, header::LOCATION};

use crate::{
    Limits, Target, Upload, names,
    v1::{EXTENSIONS, VERSION, allowed_methods, common_headers},
};

/// An answer without a body.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
}

/// The answer to OPTIONS: versions, extensions, maximum size (tus 1.0, "OPTIONS").
pub fn options(limits: &Limits, target: Target) -> Answer {
    let mut answer = Answer::new(StatusCode::NO_CONTENT);
    let extensions = EXTENSIONS.map(|extension| extension.to_string()).join(",");
    answer.headers.insert(names::TUS_VERSION, VERSION);
    if let Ok(extensions) = HeaderValue::from_str(&extensions) {
        answer.headers.insert(names::TUS_EXTENSION, extensions);
    }
    answer
        .headers
        .insert(names::TUS_MAX_SIZE, HeaderValue::from(limits.max_size));
    answer
        .headers
        .insert(http::header::ALLOW, allowed_methods(target));
    answer
}

/// The answer to a creation: the upload's URL and, if the request had bytes, the number of durable
/// ones.
pub fn created(location: HeaderValue, offset: Option<u64>) -> Answer {
    let mut answer = Answer::new(StatusCode::CREATED);
    answer.headers.insert(LOCATION, location);
    if let Some(offset) = offset {
        answer
            .headers
            .insert(names::UPLOAD_OFFSET, HeaderValue::from(offset));
    }
    answer
}

/// The answer to HEAD: offset, length and metadata. Caches must not store it.
pub fn inspected(upload: &Upload<'_>) -> Answer {
    let mut answer = Answer::new(StatusCode::OK);
    answer
        .headers
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
        .headers
        .insert(names::UPLOAD_OFFSET, HeaderValue::from(upload.offset));
    if let Some(length) = upload.length {
        answer
            .headers
            .insert(names::UPLOAD_LENGTH, HeaderValue::from(length));
    }
    // A value that was read from a header is a valid header value.
    if let Ok(metadata) = HeaderValue::from_bytes(upload.metadata.as_bytes())
        && !upload.metadata.is_empty()
    {
        answer.headers.insert(names::UPLOAD_METADATA, metadata);
    }
    answer
}

/// The answer to PATCH: the durable offset after it.
pub fn appended(offset: u64) -> Answer {
    let mut answer = Answer::new(StatusCode::NO_CONTENT);
    answer
        .headers
        .insert(names::UPLOAD_OFFSET, HeaderValue::from(offset));
    answer
}

/// The answer to DELETE.
pub fn terminated() -> Answer {
    Answer::new(StatusCode::NO_CONTENT)
}

impl Answer {
    fn new(status: StatusCode) -> Self {
        Self {
            status,
            headers: common_headers(),
        }
    }
}
