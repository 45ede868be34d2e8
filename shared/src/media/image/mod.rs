//! Pictures: bytes that someone sent become a few clean JPEGs or PNGs, or a reason why not.
//!
//! What a file is called or said to be plays no part. Everything that leaves here was encoded here:
//! no metadata, comment or trailing byte of the source survives, be it a place, a script or an
//! archive. Colours are taken as sRGB; a profile is dropped unread.
//!
//! Pure and slow: run it on a blocking thread, a few at a time. The worst pictures that are let in
//! (36 million pixels) take about 450 MB, a phone's 12 million 60 to 100 MB.

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

/// What a picture may be at most, unless a setting says otherwise.
pub const MAX_PIXELS: u64 = 36_000_000;

/// Why there are no variants.
#[derive(Debug, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct PictureError {
    /// What the person who sent it is told.
    pub code: FailureCode,
    /// What an operator is told.
    pub detail: String,
}

/// A picture as it is served: upright, in several sizes.
#[derive(Debug)]
pub struct Picture {
    /// What the source is.
    pub format: PictureFormat,
    /// Pixels from left to right, as it is to be seen.
    pub width: u32,
    /// Pixels from top to bottom, as it is to be seen.
    pub height: u32,
    /// A few dozen characters from which a client paints a blur until the picture is there.
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
    /// JPEG, or PNG where something can be seen through.
    pub format: PictureFormat,
    /// The file.
    pub bytes: Vec<u8>,
}

impl PictureError {
    fn new(code: FailureCode, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self { code, detail }
    }
}

/// What a picture is, from its first bytes; an error for what we do not read.
pub fn detect_format(bytes: &[u8]) -> Result<PictureFormat, PictureError> {
    PictureFormat::detect(bytes)
}

/// Makes the variants of the picture in `bytes`, if it has no more than `max_pixels`. The pixels
/// are counted before any is decoded.
pub fn make_picture(bytes: &[u8], max_pixels: u64) -> Result<Picture, PictureError> {
    let format = PictureFormat::detect(bytes)?;
    format::refuse_second_meaning(bytes)?;
    let decoded = decode::decode(bytes, format, max_pixels)?;
    let (width, height) = decoded.upright_size();
    let mut variants = Vec::new();
    // From the largest down, each made of the one before: only the first touches all the pixels.
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
