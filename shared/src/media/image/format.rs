//! Detects the format of a picture from its bytes.

use super::error::PictureError;
use crate::media::FailureCode;

/// The formats that are read. For animated GIF and WebP, only the first frame is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureFormat {
    /// Also the format of variants.
    Jpeg,
    /// Also the format of variants with transparency.
    Png,
    /// Lossy and lossless.
    Webp,
    /// The first frame.
    Gif,
}

/// Markers that browsers, servers and archivers look for anywhere in a file. A picture does not
/// need them. Each is long enough that compressed pixels do not contain it by chance.
const MARKUP: [&[u8]; 6] = [
    b"<script",
    b"<!doctype",
    b"<html>",
    b"<html ",
    b"<?php ",
    b"<iframe",
];
/// The end of a ZIP archive (JAR, APK, …), which is read from its end.
const ZIP_END: &[u8] = b"PK\x05\x06";
/// The maximum distance from the end of the file, with the longest comment.
const ZIP_END_WITHIN: usize = 22 + 65_535;
/// Where PDF readers look for the start of a document.
const PDF_WITHIN: usize = 1024;

impl PictureFormat {
    /// Detects the format from the first bytes, regardless of the name and the declared type.
    pub(super) fn detect(bytes: &[u8]) -> Result<Self, PictureError> {
        match bytes {
            [] => Err(PictureError::new(FailureCode::Empty, "no bytes")),
            [0xff, 0xd8, 0xff, ..] => Ok(Self::Jpeg),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Ok(Self::Png),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Ok(Self::Gif),
            [
                b'R',
                b'I',
                b'F',
                b'F',
                _,
                _,
                _,
                _,
                b'W',
                b'E',
                b'B',
                b'P',
                ..,
            ] => Ok(Self::Webp),
            _ => Err(PictureError::new(
                FailureCode::NotMedia,
                "neither JPEG, PNG, WebP nor GIF",
            )),
        }
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
        }
    }

    /// The file extension.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Gif => "gif",
        }
    }
}

/// Refuses a picture that is also a page, a program or an archive. Only its owner could ever
/// download it unchanged, but nobody creates such a file by accident. The data that phones append
/// (a second picture, a short video) is accepted.
pub(super) fn refuse_second_meaning(bytes: &[u8]) -> Result<(), PictureError> {
    let refusal = |what| Err(PictureError::new(FailureCode::NotMedia, what));
    let tail = bytes.len().saturating_sub(ZIP_END_WITHIN);
    let tail = bytes.get(tail..).unwrap_or(bytes);
    let head = bytes.get(..PDF_WITHIN).unwrap_or(bytes);
    if tail.windows(ZIP_END.len()).any(|at| at == ZIP_END) {
        return refusal("a picture and an archive in one");
    }
    if head.windows(5).any(|at| at == b"%PDF-") {
        return refusal("a picture and a document in one");
    }
    if has_markup(bytes) {
        return refusal("a picture and a page in one");
    }
    Ok(())
}

fn has_markup(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == b'<') {
        let from = rest.get(at..).unwrap_or_default();
        let begins_with = |markup: &&[u8]| {
            from.get(..markup.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(markup))
        };
        if MARKUP.iter().any(begins_with) {
            return true;
        }
        rest = from.get(1..).unwrap_or_default();
    }
    false
}
