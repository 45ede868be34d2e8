//! What a decision is made from: the request's head as the caller sees it, and the limits.

use http::{HeaderMap, Method};

use crate::{Error, Target, fields::at_most_one, names};

/// The head of a request, stripped of everything that is the caller's business (host, user,
/// which upload the path names).
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// The method on the request line.
    pub method: &'a Method,
    /// What the path below the upload address names.
    pub target: Target,
    /// All header fields.
    pub headers: &'a HeaderMap,
    /// What is known of the body's length before it is read.
    pub body: BodyLength,
}

/// What is known of a body's length before it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyLength {
    /// There is no body, or an empty one.
    Empty,
    /// As many bytes as `Content-Length` announces, at least one.
    Exactly(u64),
    /// A body that ends when it ends (chunked, HTTP/2 without a length).
    Unknown,
}

/// The limits that a server announces and holds.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The longest upload, bytes. A store that counts with `i64` sets at most `i64::MAX`.
    pub max_size: u64,
}

impl Head<'_> {
    /// The method that counts: `X-HTTP-Method-Override` where it is sent, on whatever method it
    /// rides (tus 1.0, "X-HTTP-Method-Override": the actual method must be ignored).
    pub(crate) fn effective_method(&self) -> Result<Method, Error> {
        let Some(value) = at_most_one(self.headers, &names::METHOD_OVERRIDE)? else {
            return Ok(self.method.clone());
        };
        Method::from_bytes(value.as_bytes().to_ascii_uppercase().as_slice())
            .map_err(|_| Error::Malformed(names::METHOD_OVERRIDE))
    }
}
