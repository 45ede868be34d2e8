//! What bytes are, told from the bytes.

use super::{FailureCode, PictureError};

/// The formats that are read. GIF and WebP may move: their first frame counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureFormat {
    /// Also what variants are written in.
    Jpeg,
    /// Also what variants are written in that can be seen through.
    Png,
    /// Lossy and lossless.
    Webp,
    /// Its first frame.
    Gif,
}

/// What browsers, servers and archivers look for anywhere in a file; a picture has no use for it.
/// Each is long enough not to turn up in compressed pixels by chance.
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
/// With the longest comment, so far from the end of the file.
const ZIP_END_WITHIN: usize = 22 + 65_535;
/// Where readers of PDF look for its beginning.
const PDF_WITHIN: usize = 1024;

impl PictureFormat {
    /// From the first bytes, whatever the name and the type that were told.
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

    /// The extension of a file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Gif => "gif",
        }
    }
}

/// Refuses a picture that is a page, a program or an archive as well. Only its owner could ever
/// have it back as it is; but nobody makes one by accident. What phones append (a second picture,
/// a short film) is no such thing.
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
