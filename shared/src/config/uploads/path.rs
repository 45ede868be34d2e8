//! Where uploads are created (`PAWL_UPLOAD_PATH`).

use std::{fmt, str::FromStr};

/// The path uploads are created at: `/files/`. Kept with the slash, answered with and without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadPath(String);

/// The path is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write an absolute path such as /files/, without query, escapes or blanks")]
pub struct InvalidUploadPath;

impl UploadPath {
    /// What stands below the path: `Some("")` for the path itself, with or without its slash;
    /// `None` for an address elsewhere.
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
