//! Decodes bytes into pixels, within limits that are checked before the first pixel.

use std::io::{Cursor, ErrorKind};

use image::codecs::{gif::GifDecoder, png::PngDecoder, webp::WebPDecoder};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageResult, Limits};

use super::budget::{Claim, MAX_MEMORY_BYTES};
use super::colors::{Colors, Profile};
use super::decoded::Decoded;
use super::{error::PictureError, format::PictureFormat, jpeg, webp};
use crate::FailureCode;

/// The memory for profiles and texts of a PNG, besides its pixels.
const MAX_PNG_EXTRAS_BYTES: u64 = 16 << 20;
/// A GIF's first frame in colours, if it does not cover the picture.
const GIF_BYTES_PER_PIXEL: u64 = 4;

pub(super) fn decode(
    bytes: &[u8],
    format: PictureFormat,
    max_pixels: u64,
) -> Result<Decoded, PictureError> {
    let reader = Cursor::new(bytes);
    match format {
        PictureFormat::Jpeg => jpeg::decode(bytes, max_pixels),
        PictureFormat::Png => {
            let mut limits = Limits::no_limits();
            limits.max_alloc = Some(MAX_PNG_EXTRAS_BYTES);
            let decoder = PngDecoder::with_limits(reader, limits);
            finish(decoder, |_| MAX_PNG_EXTRAS_BYTES, max_pixels)
        }
        PictureFormat::Webp => {
            let frame_pixels = webp::most_pixels(bytes);
            if frame_pixels > max_pixels {
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
            let per_pixel = webp::decoder_bytes_per_pixel(bytes);
            let needed = |pixels: u64| pixels.max(frame_pixels) * per_pixel;
            finish(WebPDecoder::new(reader), needed, max_pixels)
        }
        PictureFormat::Gif => {
            let needed = |pixels: u64| pixels * GIF_BYTES_PER_PIXEL;
            finish(GifDecoder::new(reader), needed, max_pixels)
        }
        PictureFormat::Heic => Err(unreadable(FailureCode::UnsupportedHeic)),
        PictureFormat::Avif => Err(unreadable(FailureCode::UnsupportedAvif)),
    }
}

fn unreadable(code: FailureCode) -> PictureError {
    PictureError::new(code, "only transcoder decodes this format")
}

/// `decoder_bytes` is the memory that the decoder needs for so many pixels, beside those it
/// returns.
fn finish(
    decoder: ImageResult<impl ImageDecoder>,
    decoder_bytes: impl FnOnce(u64) -> u64,
    max_pixels: u64,
) -> Result<Decoded, PictureError> {
    let mut decoder = decoder.map_err(|error| explain(&error))?;
    let mut claim = Claim {
        size: decoder.dimensions(),
        color: decoder.color_type(),
        decoder_bytes: 0,
    };
    claim.decoder_bytes = decoder_bytes(claim.pixels());
    claim.check(max_pixels)?;
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MAX_MEMORY_BYTES);
    decoder
        .set_limits(limits)
        .map_err(|error| explain(&error))?;
    // A picture with unreadable metadata is shown as it is stored.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let profile = decoder.icc_profile().ok().flatten();
    let profile = profile.and_then(|profile| Profile::parse(&profile));
    let image = DynamicImage::from_decoder(decoder).map_err(|error| explain(&error))?;
    Ok(Decoded {
        image: eight_bits(image),
        orientation,
        colors: Colors::of(profile),
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
