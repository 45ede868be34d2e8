//! The faults of a request. Each belongs to a place in the body or to a query parameter.

use std::fmt;

use serde::Deserialize;
use serde_json::value::RawValue;
use shared::http::problem::FieldError;

use super::ApiError;

/// The maximum number of reported faults; a list that is much too long may have one per item.
const MAX_FAULTS: usize = 100;

/// A place in a body, which is displayed as a JSON pointer (RFC 6901).
#[derive(Clone, Copy)]
pub enum At<'a> {
    Body,
    Member(&'a At<'a>, &'a str),
    Item(&'a At<'a>, usize),
}

/// The faults of a body, at most the first hundred.
#[derive(Default)]
pub struct Faults {
    pub(super) found: Vec<FieldError>,
    /// A string contains a broken escape, so the body is not valid JSON.
    is_malformed: bool,
}

/// A broken rule: a stable code, and a sentence for developers.
pub struct TextFault {
    pub code: &'static str,
    pub detail: String,
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Body => Ok(()),
            Self::Member(of, name) => {
                write!(f, "{of}/{}", name.replace('~', "~0").replace('/', "~1"))
            }
            Self::Item(of, position) => write!(f, "{of}/{position}"),
        }
    }
}

impl Faults {
    /// Adds a fault.
    pub fn add(&mut self, at: impl fmt::Display, code: &'static str, detail: impl Into<String>) {
        if !self.is_full() {
            self.found.push(FieldError {
                pointer: at.to_string(),
                code,
                detail: detail.into(),
            });
        }
    }

    /// Adds all faults of a text.
    pub fn add_all(&mut self, at: At<'_>, faults: Vec<TextFault>) {
        for fault in faults {
            self.add(at, fault.code, fault.detail);
        }
    }

    /// Whether the answer can report no more faults.
    pub fn is_full(&self) -> bool {
        self.found.len() >= MAX_FAULTS
    }

    pub fn is_empty(&self) -> bool {
        self.found.is_empty() && !self.is_malformed
    }

    /// Adds the fault that the value has the wrong type.
    pub fn wrong_type<T>(&mut self, at: At<'_>, expected: &str) -> Option<T> {
        self.add(at, "wrong_type", format!("this must be {expected}"));
        None
    }

    /// Deserializes JSON that starts like a `T`.
    pub fn decode<'a, T: Deserialize<'a>>(&mut self, json: &'a RawValue) -> Option<T> {
        let decoded = serde_json::from_str(json.get());
        self.is_malformed |= decoded.is_err();
        decoded.ok()
    }

    /// Pairs the value with these faults. Without a value the faults move to `others`.
    pub fn beside<T>(mut self, value: Option<T>, others: &mut Self) -> Option<(T, Self)> {
        match value {
            Some(value) if !self.is_malformed => Some((value, self)),
            _ => {
                others.is_malformed |= self.is_malformed;
                others.found.append(&mut self.found);
                None
            }
        }
    }
}

impl From<Faults> for ApiError {
    fn from(faults: Faults) -> Self {
        if faults.is_malformed {
            malformed()
        } else {
            Self::fields(faults.found)
        }
    }
}

/// 400: the body is not JSON.
pub(super) fn malformed() -> ApiError {
    ApiError::malformed("malformed_json", "the body is not JSON in UTF-8")
}
