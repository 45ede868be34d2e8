//! The result of a conversion.

use bytes::Bytes;

use super::format::PictureFormat;

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
    /// One of [`SIZES`](super::SIZES).
    pub name: &'static str,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// JPEG, or PNG if the picture has transparency.
    pub format: PictureFormat,
    /// The bytes of the file.
    pub bytes: Bytes,
}
