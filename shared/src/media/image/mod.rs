//! Pictures: converts received bytes into clean JPEGs or PNGs, or returns the reason why it cannot.
//!
//! The file name and the declared type do not matter. Every output is encoded here, so no metadata,
//! comment or trailing byte of the source survives, whether a location, a script or an archive.
//! Colours are treated as sRGB; a colour profile is dropped unread.
//!
//! Pure and slow: run it on a blocking thread, a few at a time. The worst accepted pictures (36
//! million pixels) need about 450 MB, those of a phone with 12 million pixels 60 to 100 MB.

mod decode;
mod encode;
mod format;
mod scale;
mod set;
#[cfg(test)]
mod tests;
mod webp;

pub use format::PictureFormat;
pub use scale::SIZES;
pub use set::{PictureSet, StoredVariant, write_set};

use super::FailureCode;

/// The default maximum number of pixels.
pub const MAX_PIXELS: u64 = 36_000_000;

/// Why there are no variants.
#[derive(Debug, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct PictureError {
    /// The code for the user who sent the picture.
    pub code: FailureCode,
    /// The detail for the operator.
    pub detail: String,
}

/// A picture as it is served: upright, in several sizes.
#[derive(Debug)]
pub struct Picture {
    /// The format of the source.
    pub format: PictureFormat,
    /// Width in pixels, after the orientation is applied.
    pub width: u32,
    /// Height in pixels, after the orientation is applied.
    pub height: u32,
    /// A BlurHash: a short text from which a client paints a placeholder.
    pub blurhash: String,
    /// Smallest first; never empty.
    pub variants: Vec<PictureVariant>,
}

/// One size of a picture.
#[derive(Debug)]
pub struct PictureVariant {
    /// One of [`SIZES`].
    pub name: &'static str,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// JPEG, or PNG if the picture has transparency.
    pub format: PictureFormat,
    /// The bytes of the file.
    pub bytes: Vec<u8>,
}

impl PictureError {
    fn new(code: FailureCode, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self { code, detail }
    }
}

/// The format of a picture from its first bytes; an error for unsupported formats.
pub fn detect_format(bytes: &[u8]) -> Result<PictureFormat, PictureError> {
    PictureFormat::detect(bytes)
}

/// Creates the variants of the picture in `bytes`, if it has at most `max_pixels`. The number of
/// pixels is checked before any is decoded.
pub fn make_picture(bytes: &[u8], max_pixels: u64) -> Result<Picture, PictureError> {
    let format = PictureFormat::detect(bytes)?;
    format::refuse_second_meaning(bytes)?;
    let decoded = decode::decode(bytes, format, max_pixels)?;
    let (width, height) = decoded.upright_size();
    let mut variants = Vec::new();
    // From the largest down, each scaled from the previous one: only the first needs all the
    // pixels.
    let mut larger = decoded.image;
    for (name, size) in scale::sizes((larger.width(), larger.height()))
        .into_iter()
        .rev()
    {
        larger = scale::scale(larger, size)?;
        let mut upright = larger.clone();
        upright.apply_orientation(decoded.orientation);
        variants.push(encode::encode(name, &upright)?);
    }
    variants.reverse();
    larger.apply_orientation(decoded.orientation);
    Ok(Picture {
        format,
        width,
        height,
        blurhash: encode::blurhash(larger)?,
        variants,
    })
}
