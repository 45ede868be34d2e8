//! Makes the variants of a picture.

use super::{
    colors::Colors, decode, decoded::Decoded, encode, error::PictureError, format::PictureFormat,
    picture::Picture, scale,
};

/// Creates the variants of the picture in `bytes`, if it has at most `max_pixels`. The number of
/// pixels, the sides and the memory that the conversion will need are checked before any pixel is
/// decoded.
pub fn make_picture(bytes: &[u8], max_pixels: u64) -> Result<Picture, PictureError> {
    let format = PictureFormat::detect(bytes)?;
    convert(format, decode::decode(bytes, format, max_pixels)?)
}

pub(super) fn convert(format: PictureFormat, decoded: Decoded) -> Result<Picture, PictureError> {
    let (width, height) = decoded.upright_size();
    let mut variants = Vec::new();
    // From the largest down, each scaled from the previous one: only the first needs all the
    // pixels.
    let (mut larger, mut colors) = (decoded.image, Some(decoded.colors));
    for (name, size) in scale::sizes((larger.width(), larger.height()))
        .into_iter()
        .rev()
    {
        let is_inks = colors.as_ref().is_some_and(Colors::is_inks);
        larger = scale::scale(larger, size, !is_inks)?;
        if let Some(colors) = colors.take() {
            larger = colors.to_srgb(larger);
        }
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
