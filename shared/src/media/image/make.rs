//! Makes the variants of a picture.

use super::{
    decode, encode,
    error::PictureError,
    format::{self, PictureFormat},
    picture::Picture,
    scale,
};

/// The default maximum number of pixels.
pub const MAX_PIXELS: u64 = 36_000_000;

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
