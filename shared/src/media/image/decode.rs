//! Decodes bytes into pixels, within limits that are checked before the first pixel.

use std::io::{Cursor, ErrorKind};

use image::codecs::{gif::GifDecoder, jpeg::JpegDecoder, png::PngDecoder, webp::WebPDecoder};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageResult, Limits};

use super::{error::PictureError, format::PictureFormat, webp};
use crate::media::FailureCode;

/// The memory for profiles and texts of a PNG, besides its pixels.
const MAX_PNG_EXTRAS_BYTES: u64 = 16 << 20;
/// 16 bits per channel, four channels.
const MAX_BYTES_PER_PIXEL: u64 = 8;

/// Pixels with eight bits per channel, and the orientation to apply.
pub(super) struct Decoded {
    pub image: DynamicImage,
    pub orientation: Orientation,
}

impl Decoded {
    /// The size after the orientation is applied.
    pub fn upright_size(&self) -> (u32, u32) {
        let (width, height) = (self.image.width(), self.image.height());
        match self.orientation {
            Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH => (height, width),
            _ => (width, height),
        }
    }
}

pub(super) fn decode(
    bytes: &[u8],
    format: PictureFormat,
    max_pixels: u64,
) -> Result<Decoded, PictureError> {
    let reader = Cursor::new(bytes);
    match format {
        PictureFormat::Jpeg => {
            if !ends_properly(bytes) {
                return Err(PictureError::new(FailureCode::Truncated, "no end of image"));
            }
            finish(JpegDecoder::new(reader), max_pixels)
        }
        PictureFormat::Png => {
            let mut limits = Limits::no_limits();
            limits.max_alloc = Some(MAX_PNG_EXTRAS_BYTES);
            finish(PngDecoder::with_limits(reader, limits), max_pixels)
        }
        PictureFormat::Webp => {
            if webp::most_pixels(bytes) > max_pixels {
                return Err(PictureError::new(
                    FailureCode::TooManyPixels,
                    "a frame is too large",
                ));
            }
            if webp::is_cut(bytes) {
                return Err(PictureError::new(
                    FailureCode::Truncated,
                    "the file is shorter than declared",
                ));
            }
            finish(WebPDecoder::new(reader), max_pixels)
        }
        PictureFormat::Gif => finish(GifDecoder::new(reader), max_pixels),
    }
}

fn finish(
    decoder: ImageResult<impl ImageDecoder>,
    max_pixels: u64,
) -> Result<Decoded, PictureError> {
    let mut decoder = decoder.map_err(|error| explain(&error))?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels > max_pixels {
        let claim = format!("{width} by {height} pixels");
        return Err(PictureError::new(FailureCode::TooManyPixels, claim));
    }
    if pixels == 0 {
        return Err(PictureError::new(FailureCode::NotMedia, "no pixels"));
    }
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(max_pixels.saturating_mul(MAX_BYTES_PER_PIXEL));
    decoder
        .set_limits(limits)
        .map_err(|error| explain(&error))?;
    // A picture with unreadable metadata is shown as it is stored.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let image = DynamicImage::from_decoder(decoder).map_err(|error| explain(&error))?;
    Ok(Decoded {
        image: eight_bits(image),
        orientation,
    })
}

/// Eight bits per channel; an alpha channel only if a pixel is transparent.
fn eight_bits(image: DynamicImage) -> DynamicImage {
    use DynamicImage as D;
    let image = match image {
        D::ImageLuma16(_) => D::ImageLuma8(image.into_luma8()),
        D::ImageLumaA16(_) => D::ImageLumaA8(image.into_luma_alpha8()),
        D::ImageRgb16(_) => D::ImageRgb8(image.into_rgb8()),
        D::ImageRgba16(_) => D::ImageRgba8(image.into_rgba8()),
        eight => eight,
    };
    match image {
        D::ImageRgba8(pixels) if pixels.pixels().all(|pixel| pixel.0[3] == u8::MAX) => {
            D::ImageRgb8(D::ImageRgba8(pixels).into_rgb8())
        }
        D::ImageLumaA8(pixels) if pixels.pixels().all(|pixel| pixel.0[1] == u8::MAX) => {
            D::ImageLuma8(D::ImageLumaA8(pixels).into_luma8())
        }
        image => image,
    }
}

/// Whether the pixels of a JPEG continue to its end marker. The decoder would paint missing parts
/// grey. Bytes after the marker are ignored.
fn ends_properly(jpeg: &[u8]) -> bool {
    const END: u8 = 0xd9;
    let mut rest = jpeg.get(2..).unwrap_or_default();
    while let Some(at) = rest.iter().position(|byte| *byte == 0xff) {
        let Some((marker, after)) = rest.get(at + 1..).and_then(<[u8]>::split_first) else {
            return false;
        };
        rest = match *marker {
            END => return true,
            // Stuffed zeros, restart markers and fill bytes have no length.
            0x00 | 0x01 | 0xd0..=0xd8 => after,
            0xff => rest.get(at + 1..).unwrap_or_default(),
            _ => {
                let Some(length) = after.first_chunk::<2>() else {
                    return false;
                };
                let length = usize::from(u16::from_be_bytes(*length));
                after.get(length..).unwrap_or_default()
            }
        };
    }
    false
}

fn explain(error: &ImageError) -> PictureError {
    let code = match error {
        ImageError::Limits(_) => FailureCode::TooManyPixels,
        ImageError::Unsupported(_) => FailureCode::UnsupportedCodec,
        error if ran_out(error) => FailureCode::Truncated,
        _ => FailureCode::NotMedia,
    };
    PictureError::new(code, error.to_string())
}

/// Whether the bytes ended before the picture did.
fn ran_out(error: &ImageError) -> bool {
    if let ImageError::IoError(error) = error {
        return error.kind() == ErrorKind::UnexpectedEof;
    }
    // The `gif` crate only provides the text.
    let text = error.to_string();
    if text.contains("Unexpected End of File") || text.contains("image truncated") {
        return true;
    }
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let io = error.downcast_ref::<std::io::Error>();
        if io.is_some_and(|io| io.kind() == ErrorKind::UnexpectedEof) {
            return true;
        }
        cause = error.source();
    }
    false
}
