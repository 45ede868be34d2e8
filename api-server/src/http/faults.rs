//! What is wrong with a request: faults, each at a place in its body or a parameter of its query.

use std::fmt;

use serde::Deserialize;
use serde_json::value::RawValue;
use shared::http::problem::FieldError;

use super::ApiError;

/// How many faults are told: of a list that is much too long, each item may have one.
const MAX_FAULTS: usize = 100;

/// A place in a body. It is written as a JSON pointer (RFC 6901).
#[derive(Clone, Copy)]
pub enum At<'a> {
    Body,
    Member(&'a At<'a>, &'a str),
    Item(&'a At<'a>, usize),
}

/// What is wrong with a body, the first hundred faults of it.
#[derive(Default)]
pub struct Faults {
    pub(super) found: Vec<FieldError>,
    /// A string has a broken escape, which makes the whole body no JSON.
    is_malformed: bool,
}

/// A rule that a text breaks: a stable code, and a sentence for people who call the API.
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
        if self.found.len() < MAX_FAULTS {
            self.found.push(FieldError {
                pointer: at.to_string(),
                code,
                detail: detail.into(),
            });
        }
    }

    /// Adds all that is wrong with one text.
    pub fn add_all(&mut self, at: At<'_>, faults: Vec<TextFault>) {
        for fault in faults {
            self.add(at, fault.code, fault.detail);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.found.is_empty() && !self.is_malformed
    }

    /// Adds that the value is of another type.
    pub fn wrong_type<T>(&mut self, at: At<'_>, expected: &str) -> Option<T> {
        self.add(at, "wrong_type", format!("this must be {expected}"));
        None
    }

    /// A piece of JSON as a type of serde's, which it looks like.
    pub fn decode<'a, T: Deserialize<'a>>(&mut self, json: &'a RawValue) -> Option<T> {
        let decoded = serde_json::from_str(json.get());
        self.is_malformed |= decoded.is_err();
        decoded.ok()
    }

    /// The value and these faults; they go to `others` where there is no value.
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
