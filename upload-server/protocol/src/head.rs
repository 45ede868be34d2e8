//! The input of a decision: the request's head as the caller sees it, and the limits.

use http::{HeaderMap, Method};

use crate::{Error, Target, fields::at_most_one, names};

/// The head of a request, without the parts that concern only the caller (host, user, the upload
/// that the path names).
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// The method on the request line.
    pub method: &'a Method,
    /// What the path refers to.
    pub target: Target,
    /// All header fields.
    pub headers: &'a HeaderMap,
    /// The body's length as far as known before reading it.
    pub body: BodyLength,
}

/// The body's length as far as known before reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyLength {
    /// No body, or an empty one.
    Empty,
    /// The number of bytes in `Content-Length`, at least one.
    Exactly(u64),
    /// A body of unknown length (chunked, or HTTP/2 without a length).
    Unknown,
}

/// The limits that a server announces and enforces.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The maximum size of an upload in bytes. A store that counts with `i64` sets at most
    /// `i64::MAX`.
    pub max_size: u64,
}

impl Head<'_> {
    /// The effective method: that of `X-HTTP-Method-Override` if present, with any request method
    /// (tus 1.0, "X-HTTP-Method-Override": the actual method must be ignored).
    pub(crate) fn effective_method(&self) -> Result<Method, Error> {
        let Some(value) = at_most_one(self.headers, &names::METHOD_OVERRIDE)? else {
            return Ok(self.method.clone());
        };
        Method::from_bytes(value.as_bytes().to_ascii_uppercase().as_slice())
            .map_err(|_| Error::Malformed(names::METHOD_OVERRIDE))
    }
}
