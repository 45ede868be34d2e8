//! Makes the variants of a picture.

use super::{
    decode, encode,
    error::PictureError,
    format::{self, PictureFormat},
    picture::Picture,
    scale,
};

/// What a picture may be at most, unless a setting says otherwise.
pub const MAX_PIXELS: u64 = 36_000_000;

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
