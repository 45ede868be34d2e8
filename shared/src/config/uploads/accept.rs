//! Which declared media types may be uploaded (`PAWL_ACCEPT`). This checks only what the client
//! declares, before any byte is received. Probing finds out the real type later.

use std::{fmt, str::FromStr};

/// Types that are always refused: programs, and playlists that make a player fetch URLs of the
/// author's choice.
const REFUSED: [&str; 17] = [
    "application/dash+xml",
    "application/mpegurl",
    "application/smil+xml",
    "application/vnd.apple.mpegurl",
    "application/vnd.ms-wpl",
    "application/x-mpegurl",
    "application/xspf+xml",
    "audio/mpegurl",
    "audio/x-mpegurl",
    "audio/x-ms-wax",
    "audio/x-scpls",
    "image/svg",
    "image/svg+xml",
    "video/mpegurl",
    "video/vnd.mpeg.dash.mpd",
    "video/x-mpegurl",
    "video/x-ms-wvx",
];

/// The accepted types: `type/*`, `type/subtype`, `*/*`, separated by commas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accept(Vec<Pattern>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Pattern {
    family: String,
    subtype: String,
}

/// The setting is not a list of types.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write media types such as video/* or image/png, separated by commas")]
pub struct InvalidAccept;

impl Accept {
    /// The accepted patterns.
    pub fn patterns(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(ToString::to_string)
    }

    /// Whether a declared type is accepted. Its parameters (`;codecs=…`) and case do not matter.
    pub fn accepts(&self, declared: &str) -> bool {
        let essence = declared
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        let Some((family, subtype)) = essence.split_once('/') else {
            return false;
        };
        let is_named = is_token(family) && is_token(subtype);
        is_named
            && !REFUSED.contains(&essence.as_str())
            && self
                .0
                .iter()
                .any(|pattern| pattern.matches(family, subtype))
    }
}

impl Pattern {
    fn matches(&self, family: &str, subtype: &str) -> bool {
        (self.family == "*" || self.family == family)
            && (self.subtype == "*" || self.subtype == subtype)
    }
}

impl FromStr for Accept {
    type Err = InvalidAccept;

    fn from_str(text: &str) -> Result<Self, InvalidAccept> {
        text.split(',')
            .map(|pattern| pattern.trim().parse())
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl FromStr for Pattern {
    type Err = InvalidAccept;

    fn from_str(text: &str) -> Result<Self, InvalidAccept> {
        let text = text.to_ascii_lowercase();
        let (family, subtype) = text.split_once('/').ok_or(InvalidAccept)?;
        let is_whole = |part: &str| part == "*" || is_token(part);
        if !is_whole(family) || !is_whole(subtype) || (family == "*" && subtype != "*") {
            return Err(InvalidAccept);
        }
        Ok(Self {
            family: family.to_owned(),
            subtype: subtype.to_owned(),
        })
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.family, self.subtype)
    }
}

impl fmt::Display for Accept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.patterns().collect::<Vec<_>>().join(","))
    }
}

/// The characters of a media type's names (RFC 6838, section 4.2).
fn is_token(name: &str) -> bool {
    let is_known = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
    !name.is_empty() && name.bytes().all(is_known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(patterns: &str, declared: &str) -> bool {
        patterns.parse::<Accept>().unwrap().accepts(declared)
    }

    #[test]
    fn a_pattern_names_a_family_a_type_or_all() {
        for declared in [
            "video/mp4",
            "VIDEO/MP4",
            "video/mp4; codecs=avc1",
            " video/webm ",
        ] {
            assert!(accepts("video/*", declared), "{declared}");
            assert!(accepts("*/*", declared), "{declared}");
        }
        assert!(accepts("image/png, video/mp4", "image/png"));
        assert!(!accepts("image/png, video/mp4", "image/jpeg"));
    }

    #[test]
    fn what_is_no_type_is_not_accepted() {
        for declared in [
            "",
            "video",
            "video/",
            "/mp4",
            "video/*",
            "*/*",
            "video/a b",
            "text/plain",
        ] {
            assert!(!accepts("video/*", declared), "{declared:?}");
        }
    }

    #[test]
    fn programs_and_playlists_are_refused_by_name() {
        for declared in REFUSED {
            assert!(!accepts("*/*", declared), "{declared}");
        }
        assert!(!accepts("image/svg+xml", "image/SVG+xml; charset=utf-8"));
    }

    #[test]
    fn a_setting_that_is_no_list_of_types_is_refused() {
        for setting in ["", "video", "video/*,", "*/mp4", "video/*/x", "vi deo/*"] {
            assert_eq!(setting.parse::<Accept>(), Err(InvalidAccept), "{setting:?}");
        }
        assert_eq!(
            "Video/*, image/png".parse::<Accept>().unwrap().to_string(),
            "video/*,image/png"
        );
    }
}
