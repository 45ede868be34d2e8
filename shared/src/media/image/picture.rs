//! The result of a conversion.

use super::format::PictureFormat;

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
    /// One of [`SIZES`](super::SIZES).
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
