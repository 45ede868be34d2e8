//! The path at which uploads are created (`PAWL_UPLOAD_PATH`).

use std::{fmt, str::FromStr};

/// The path at which uploads are created, `/files/`. It is stored with the final slash and matches
/// with and without it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadPath(String);

/// The value is not such a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write an absolute path such as /files/, without a query, percent escapes or spaces")]
pub struct InvalidUploadPath;

impl UploadPath {
    /// The rest after the path: `Some("")` for the path itself, with or without its slash, and
    /// `None` for any other path.
    pub fn below<'a>(&self, path: &'a str) -> Option<&'a str> {
        if path == self.0.trim_end_matches('/') {
            return Some("");
        }
        path.strip_prefix(&self.0)
    }
}

impl FromStr for UploadPath {
    type Err = InvalidUploadPath;

    fn from_str(text: &str) -> Result<Self, InvalidUploadPath> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte);
        if !text.starts_with('/') || text.contains("//") || !text.bytes().all(is_plain) {
            return Err(InvalidUploadPath);
        }
        Ok(Self(format!("{}/", text.trim_end_matches('/'))))
    }
}

impl fmt::Display for UploadPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_upload_path_is_known_with_and_without_its_slash() {
        for setting in ["/files/", "/files"] {
            let path: UploadPath = setting.parse().unwrap();
            assert_eq!(path.to_string(), "/files/");
            let table = [
                ("/files", Some("")),
                ("/files/", Some("")),
                ("/files/abc", Some("abc")),
                ("/filesabc", None),
                ("/", None),
                ("/other/files/", None),
            ];
            for (address, below) in table {
                assert_eq!(path.below(address), below, "{address}");
            }
        }
        assert_eq!(
            "/".parse::<UploadPath>().unwrap().below("/abc"),
            Some("abc")
        );
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for setting in ["", "files", "/files?x", "/a b", "//files", "/%2e"] {
            assert_eq!(
                setting.parse::<UploadPath>(),
                Err(InvalidUploadPath),
                "{setting:?}"
            );
        }
    }
}
