//! The name and the type of a source that its owner downloads. Both come from the client, so
//! neither is used unchanged.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use shared::text::{self, Lines};

/// Replaces the set in the URLs of sources.
pub const SET: &str = "source";

const MAX_NAME_CHARS: usize = 100;
/// Everything that might not be an `attr-char` (RFC 8187, section 3.2.1).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_');

/// The types that a browser may display; all others are only downloaded.
const SHOWN: [(&str, &str); 12] = [
    ("video/mp4", "mp4"),
    ("video/quicktime", "mov"),
    ("video/webm", "webm"),
    ("video/x-matroska", "mkv"),
    ("video/ogg", "ogv"),
    ("audio/mpeg", "mp3"),
    ("audio/mp4", "m4a"),
    ("audio/ogg", "ogg"),
    ("image/jpeg", "jpg"),
    ("image/png", "png"),
    ("image/gif", "gif"),
    ("image/webp", "webp"),
];

/// A file name with an extension: the owner's name made safe, else a name made from the type.
pub fn file_name(filename: Option<&str>, filetype: Option<&str>) -> String {
    let name = filename.unwrap_or_default();
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    // A bidirectional control could make a name look as if it had another extension.
    let is_kept = |c: &char| {
        !text::is_refused(*c, Lines::One) && !matches!(c, '"' | '<' | '>' | '|' | '?' | '*' | ':')
    };
    let name: String = name.chars().filter(is_kept).collect();
    let name = name.trim().trim_start_matches('.');
    let extension = extension(filetype);
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, own)) if is_extension(own) && !stem.is_empty() => (stem, own),
        _ if name.is_empty() => ("source", extension),
        _ => (name, extension),
    };
    let stem: String = stem.chars().take(MAX_NAME_CHARS).collect();
    format!("{stem}.{extension}")
}

/// The type of the answer if a browser may display it; `None` for a download.
pub fn shown_type(filetype: Option<&str>) -> Option<&'static str> {
    let essence = essence(filetype?);
    SHOWN
        .iter()
        .map(|(known, _)| *known)
        .find(|known| known.eq_ignore_ascii_case(essence))
}

/// `Content-Disposition` (RFC 6266), with the name in UTF-8 (RFC 8187).
pub fn disposition(name: &str, is_shown: bool) -> String {
    let kind = if is_shown { "inline" } else { "attachment" };
    let name = utf8_percent_encode(name, ESCAPED);
    format!("{kind}; filename*=UTF-8''{name}")
}

fn extension(filetype: Option<&str>) -> &'static str {
    let essence = filetype.map(essence).unwrap_or_default();
    let known = SHOWN
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(essence));
    known.map_or("bin", |(_, extension)| extension)
}

fn essence(filetype: &str) -> &str {
    filetype.split(';').next().unwrap_or_default().trim()
}

fn is_extension(text: &str) -> bool {
    (1..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_harmless_and_ends_in_an_extension() {
        for (filename, filetype, expected) in [
            (Some("clip.MOV"), Some("video/mp4"), "clip.MOV"),
            (Some("my clip"), Some("video/mp4"), "my clip.mp4"),
            (Some("../../etc/passwd"), None, "passwd.bin"),
            (Some("C:\\a\\b.mp4"), None, "b.mp4"),
            (Some("a\"b\r\nX: y.mp4"), None, "abX y.mp4"),
            (Some("a\u{202e}4pm.exe"), None, "a4pm.exe"),
            (Some(".mp4"), Some("video/webm; codecs=vp9"), "mp4.webm"),
            (Some(""), Some("video/webm"), "source.webm"),
            (None, None, "source.bin"),
        ] {
            assert_eq!(file_name(filename, filetype), expected, "{filename:?}");
        }
        assert_eq!(file_name(Some(&"x".repeat(500)), None).len(), 104);
    }

    #[test]
    fn only_known_media_types_are_shown_in_place() {
        assert_eq!(
            shown_type(Some("VIDEO/mp4; codecs=\"avc1\"")),
            Some("video/mp4")
        );
        for dangerous in [
            "text/html",
            "image/svg+xml",
            "application/xhtml+xml",
            "video/",
            "",
        ] {
            assert_eq!(shown_type(Some(dangerous)), None, "{dangerous}");
        }
        assert_eq!(
            disposition("ü \"x\".mp4", false),
            "attachment; filename*=UTF-8''%C3%BC%20%22x%22.mp4"
        );
    }
}
