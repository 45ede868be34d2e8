//! Detects the format of a picture from its bytes.

use super::error::PictureError;
use crate::FailureCode;

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
    /// HEVC in HEIF. Only transcoder can decode it.
    Heic,
    /// AV1 in HEIF. Only transcoder can decode it.
    Avif,
}

/// How many bytes [`PictureFormat::detect`] needs.
pub const DETECTED_WITHIN: u64 = 1024;

/// Formats that no part of Pawl reads, so that a refusal can name them: the offset of a signature,
/// the signature, and the code.
const REFUSED: [(usize, &[u8], FailureCode); 14] = [
    (0, b"II*\0", FailureCode::UnsupportedTiff),
    (0, b"MM\0*", FailureCode::UnsupportedTiff),
    (0, b"II+\0", FailureCode::UnsupportedTiff),
    (0, b"MM\0+", FailureCode::UnsupportedTiff),
    (0, b"8BPS\0", FailureCode::UnsupportedPsd),
    (0, b"\0\0\x01\0", FailureCode::UnsupportedIco),
    (0, b"\xff\x0a", FailureCode::UnsupportedJxl),
    (0, b"\0\0\0\x0cJXL \r\n\x87\n", FailureCode::UnsupportedJxl),
    (0, b"\0\0\0\x0cjP  \r\n\x87\n", FailureCode::UnsupportedJp2),
    (0, b"\xff\x4f\xff\x51", FailureCode::UnsupportedJp2),
    (0, b"FUJIFILMCCD-RAW", FailureCode::UnsupportedRaw),
    (0, b"IIRO", FailureCode::UnsupportedRaw),
    (0, b"IIU\0", FailureCode::UnsupportedRaw),
    (4, b"ftypcrx ", FailureCode::UnsupportedRaw),
];

impl PictureFormat {
    /// The formats that [`make_picture`](super::make_picture) decodes.
    pub const DECODED: [Self; 4] = [Self::Jpeg, Self::Png, Self::Webp, Self::Gif];

    /// All formats.
    const ALL: [Self; 6] = [
        Self::Jpeg,
        Self::Png,
        Self::Webp,
        Self::Gif,
        Self::Heic,
        Self::Avif,
    ];

    /// Detects the format from the first [`DETECTED_WITHIN`] bytes, regardless of the name and the
    /// declared type. `not_media` if they do not begin like a picture, and another code if they
    /// begin like one that cannot be read.
    pub fn detect(bytes: &[u8]) -> Result<Self, PictureError> {
        match bytes {
            [] => Err(PictureError::new(FailureCode::Empty, "no bytes")),
            [0xff, 0xd8, 0xff, ..] => Ok(Self::Jpeg),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Ok(Self::Png),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Ok(Self::Gif),
            _ if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") => Ok(Self::Webp),
            _ => heif(bytes).ok_or_else(|| refusal(bytes)),
        }
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
            Self::Heic => "image/heic",
            Self::Avif => "image/avif",
        }
    }

    /// The file extension.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Gif => "gif",
            Self::Heic => "heic",
            Self::Avif => "avif",
        }
    }

    /// The format with this file extension.
    pub fn of_extension(extension: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|format| format.extension() == extension)
    }
}

/// The format of a HEIF file (ISO/IEC 23008-12): its major brand decides, or its compatible brands
/// if the major brand names no codec.
fn heif(bytes: &[u8]) -> Option<PictureFormat> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let brands = rest.strip_prefix(b"ftyp")?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let brands = brands.get(..length.saturating_sub(8)).unwrap_or(brands);
    let (brands, _) = brands.as_chunks::<4>();
    match brands.first()? {
        b"avif" | b"avis" => Some(PictureFormat::Avif),
        b"mif1" | b"mif2" | b"msf1" | b"miaf" if brands.contains(b"avif") => {
            Some(PictureFormat::Avif)
        }
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"hevm" | b"hevs" | b"avci"
        | b"avcs" | b"mif1" | b"mif2" | b"msf1" | b"miaf" => Some(PictureFormat::Heic),
        _ => None,
    }
}

fn refusal(bytes: &[u8]) -> PictureError {
    let signed = REFUSED.iter().find(|(offset, signature, _)| {
        let there = bytes.get(*offset..).unwrap_or_default();
        there.starts_with(signature)
    });
    let code = match signed {
        Some((_, _, code)) => *code,
        None if is_bmp(bytes) => FailureCode::UnsupportedBmp,
        None if is_svg(bytes) => FailureCode::UnsupportedSvg,
        None => return PictureError::new(FailureCode::NotMedia, "no format of pictures"),
    };
    PictureError::new(code, "a format that is not read")
}

/// Two letters are too few: the size of the second header must also be one that exists.
fn is_bmp(bytes: &[u8]) -> bool {
    bytes.starts_with(b"BM")
        && matches!(
            bytes.get(14..18),
            Some([12 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0])
        )
}

fn is_svg(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = text.trim_ascii_start();
    let mut starts = text.windows(4);
    text.starts_with(b"<svg")
        || (text.starts_with(b"<?xml") || text.starts_with(b"<!")) && starts.any(|at| at == b"<svg")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(bytes: &[u8]) -> &'static str {
        PictureFormat::detect(bytes).unwrap_err().code.name()
    }

    #[test]
    fn a_picture_that_cannot_be_read_is_refused_by_its_name() {
        let bmp = [b"BM\0\0\0\0\0\0\0\0\0\0\0\0\x28\0\0\0", &[0; 40][..]].concat();
        for (bytes, expected) in [
            (&b"II*\0\x08\0\0\0"[..], "unsupported_tiff"),
            (b"MM\0*\0\0\0\x08", "unsupported_tiff"),
            (&bmp, "unsupported_bmp"),
            (b"8BPS\0\x01", "unsupported_psd"),
            (b"\0\0\x01\0\x01\0\x10\x10", "unsupported_ico"),
            (b"\xff\x0a\xfa\x7f", "unsupported_jxl"),
            (b"\0\0\0\x0cJXL \r\n\x87\n", "unsupported_jxl"),
            (b"\0\0\0\x0cjP  \r\n\x87\n", "unsupported_jp2"),
            (b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom", "unsupported_raw"),
            (b"\xef\xbb\xbf\n <svg xmlns=''/>", "unsupported_svg"),
            (b"<?xml version='1.0'?><!-- a --><svg/>", "unsupported_svg"),
            (b"<html><svg/></html>", "not_media"),
            (b"BM and other words", "not_media"),
            (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "not_media"),
            (b"\0\0\x01\xba", "not_media"),
            (b"", "empty"),
        ] {
            assert_eq!(code(bytes), expected, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn the_brands_of_a_file_tell_heic_avif_and_films_apart() {
        let of = |brands: &[u8]| {
            let length = u32::try_from(brands.len() + 8).unwrap().to_be_bytes();
            PictureFormat::detect(&[&length[..], b"ftyp", brands, b"avif"].concat()).ok()
        };
        for (brands, expected) in [
            (&b"heic\0\0\0\0mif1heic"[..], Some(PictureFormat::Heic)),
            (b"hevc\0\0\0\0msf1", Some(PictureFormat::Heic)),
            (b"avif\0\0\0\0mif1miaf", Some(PictureFormat::Avif)),
            (b"mif1\0\0\0\0miafavif", Some(PictureFormat::Avif)),
            (b"mif1\0\0\0\0heic", Some(PictureFormat::Heic)),
            (b"isom\0\0\0\0avc1mif1", None),
            (b"qt  \0\0\0\0", None),
        ] {
            assert_eq!(of(brands), expected, "{}", brands.escape_ascii());
        }
    }
}
