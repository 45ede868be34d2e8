//! A string that must not be printed: a password, a key, or a URL that contains one.
//!
//! `Debug` does not print the value and `Display` does not exist, so that a logged configuration
//! reveals nothing. The value is not wiped from memory.

use std::{convert::Infallible, fmt, str::FromStr};

/// A configured value that no log, error or help text may show.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps `value`.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value itself, for the one place that uses it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl FromStr for Secret {
    type Err = Infallible;

    fn from_str(value: &str) -> Result<Self, Infallible> {
        Ok(Self(value.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_the_value() {
        let text = format!("{:?}", Some(Secret::new("hunter2")));
        assert_eq!(text, "Some([secret])");
    }
}
