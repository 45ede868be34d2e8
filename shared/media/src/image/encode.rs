//! Encodes pixels into the files that are served.

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{DynamicImage, ImageResult};

use super::{error::PictureError, format::PictureFormat, picture::PictureVariant, scale};
use crate::FailureCode;

const JPEG_QUALITY: u8 = 82;
/// A blur needs no larger picture.
const BLURRED_SIDE: u32 = 32;
/// BlurHash components along the longer and the shorter side.
const WAVES: (u32, u32) = (4, 3);

/// JPEG, or PNG if the picture has transparency.
pub(super) fn encode(
    name: &'static str,
    image: &DynamicImage,
) -> Result<PictureVariant, PictureError> {
    let mut bytes = Vec::new();
    let (format, written) = if image.color().has_alpha() {
        (PictureFormat::Png, write_png(image, &mut bytes))
    } else {
        let encoder = JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY);
        (PictureFormat::Jpeg, image.write_with_encoder(encoder))
    };
    written.map_err(|error| PictureError::new(FailureCode::EncoderFailed, error.to_string()))?;
    Ok(PictureVariant {
        name,
        width: image.width(),
        height: image.height(),
        format,
        bytes: bytes.into(),
    })
}

fn write_png(image: &DynamicImage, bytes: &mut Vec<u8>) -> ImageResult<()> {
    let (compression, filter) = (CompressionType::Default, FilterType::Adaptive);
    image.write_with_encoder(PngEncoder::new_with_quality(bytes, compression, filter))
}

/// The `BlurHash` of a thumbnail.
pub(super) fn blurhash(thumb: DynamicImage) -> Result<String, PictureError> {
    let failed = |error: String| PictureError::new(FailureCode::EncoderFailed, error);
    let size = scale::within((thumb.width(), thumb.height()), BLURRED_SIDE);
    let small = scale::scale(thumb, size, true)?.into_rgba8();
    let (width, height) = small.dimensions();
    let (x, y) = if width >= height {
        WAVES
    } else {
        (WAVES.1, WAVES.0)
    };
    blurhash::encode(x, y, width, height, small.as_raw()).map_err(|error| failed(error.to_string()))
}
