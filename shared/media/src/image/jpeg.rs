//! Reads JPEGs as browsers do: also CMYK and YCCK, and also without an end marker.

use std::borrow::Cow;

use image::metadata::Orientation;
use image::{ColorType, DynamicImage, GrayImage, RgbImage, RgbaImage};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::errors::DecodeErrors;

use super::budget::Claim;
use super::colors::{Colors, Profile};
use super::decoded::Decoded;
use super::error::PictureError;
use crate::FailureCode;

/// Bits that are all ones and no part of a code (ITU-T T.81, annex C), then the end marker. If
/// pixels are missing, the decoder reports an invalid code; if only the marker is missing, it reads
/// nothing of this but the marker.
const ENDING: [[u8; 2]; 33] = {
    let mut ending = [[0xff, 0]; 33];
    ending[32] = [0xff, END];
    ending
};
const END: u8 = 0xd9;
const START_OF_SCAN: u8 = 0xda;
/// A row of blocks as coefficients, and its pixels before and after upsampling, per pixel of width.
const ROW_BYTES_PER_PIXEL: u64 = 1024;

type Decoder<'a> = zune_jpeg::JpegDecoder<ZCursor<&'a [u8]>>;

pub(super) fn decode(jpeg: &[u8], max_pixels: u64) -> Result<Decoded, PictureError> {
    let jpeg = with_end(jpeg);
    let is_cut = matches!(jpeg, Cow::Owned(_));
    let options = DecoderOptions::default()
        .set_max_width(usize::MAX)
        .set_max_height(usize::MAX)
        .set_strict_mode(is_cut);
    let mut decoder = Decoder::new_with_options(ZCursor::new(&jpeg), options);
    let explain = |error: DecodeErrors| explain(&error, is_cut);
    decoder.decode_headers().map_err(explain)?;
    let profile = decoder.icc_profile();
    let profile = profile.and_then(|profile| Profile::parse(&profile));
    let stored = decoder.input_colorspace().unwrap_or(ColorSpace::Unknown);
    let (output, colors) = choose_output(stored, profile);
    decoder.set_options(options.jpeg_set_out_colorspace(output));
    let color = match output {
        ColorSpace::Luma => ColorType::L8,
        ColorSpace::RGB => ColorType::Rgb8,
        _ => ColorType::Rgba8,
    };
    let claim = claim(&decoder, color, &jpeg)?;
    claim.check(max_pixels)?;
    let orientation = decoder
        .exif()
        .and_then(|exif| Orientation::from_exif_chunk(exif));
    let pixels = decoder.decode().map_err(explain)?;
    Ok(Decoded {
        image: to_image(claim, pixels)?,
        orientation: orientation.unwrap_or(Orientation::NoTransforms),
        colors,
    })
}

/// Ink values are kept if there is a profile for them. Otherwise the decoder makes colours of them,
/// by the formula that browsers use.
fn choose_output(stored: ColorSpace, profile: Option<Profile>) -> (ColorSpace, Colors) {
    let inks = profile.as_ref().is_some_and(Profile::is_of_inks);
    match (stored, profile) {
        (ColorSpace::CMYK, Some(profile)) if inks => (stored, Colors::Cmyk(profile)),
        (ColorSpace::YCCK, Some(profile)) if inks => (stored, Colors::Ycck(profile)),
        (ColorSpace::CMYK | ColorSpace::YCCK, _) => (ColorSpace::RGB, Colors::Srgb),
        (ColorSpace::Luma, profile) => (stored, Colors::of(profile)),
        (_, profile) => (ColorSpace::RGB, Colors::of(profile)),
    }
}

fn claim(decoder: &Decoder<'_>, color: ColorType, jpeg: &[u8]) -> Result<Claim, PictureError> {
    let malformed = || PictureError::new(FailureCode::NotMedia, "not one frame header");
    let (width, height) = decoder.dimensions().ok_or_else(malformed)?;
    let size = (
        u32::try_from(width).map_err(|_| malformed())?,
        u32::try_from(height).map_err(|_| malformed())?,
    );
    let frame = Frame::find(jpeg)
        .filter(|frame| frame.size == size)
        .ok_or_else(malformed)?;
    Ok(Claim {
        size,
        color,
        decoder_bytes: frame.coefficient_bytes + u64::from(size.0) * ROW_BYTES_PER_PIXEL,
    })
}

fn to_image(claim: Claim, pixels: Vec<u8>) -> Result<DynamicImage, PictureError> {
    let (width, height) = claim.size;
    let image = match claim.color {
        ColorType::L8 => GrayImage::from_raw(width, height, pixels).map(Into::into),
        ColorType::Rgb8 => RgbImage::from_raw(width, height, pixels).map(Into::into),
        _ => RgbaImage::from_raw(width, height, pixels).map(Into::into),
    };
    image.ok_or_else(|| PictureError::new(FailureCode::NotMedia, "too few pixels"))
}

/// What the frame header (ITU-T T.81, section B.2.2) says about memory.
struct Frame {
    size: (u32, u32),
    /// Coefficients that are kept until the last scan: those of a progressive picture, or of one
    /// whose components are in scans of their own.
    coefficient_bytes: u64,
}

impl Frame {
    /// The only frame header before the first scan.
    fn find(jpeg: &[u8]) -> Option<Self> {
        let mut frame = None;
        for (marker, content) in segments(jpeg) {
            match marker {
                0xc4 | 0xc8 | 0xcc => {}
                0xc0..=0xcf if frame.is_some() => return None,
                0xc0..=0xcf => frame = Some((marker, content)),
                START_OF_SCAN => {
                    let (marker, header) = frame?;
                    let in_scan = content.first()?;
                    let is_kept = !matches!(marker, 0xc0 | 0xc1) || header.get(5) != Some(in_scan);
                    return Self::parse(header, is_kept);
                }
                _ => {}
            }
        }
        None
    }

    fn parse(header: &[u8], is_kept: bool) -> Option<Self> {
        let [_, h1, h0, w1, w0, count, components @ ..] = header else {
            return None;
        };
        let size = (
            u32::from(u16::from_be_bytes([*w1, *w0])),
            u32::from(u16::from_be_bytes([*h1, *h0])),
        );
        let (components, _) = components.as_chunks::<3>();
        let components = components.get(..usize::from(*count))?;
        let sampling =
            |[_, factors, _]: &[u8; 3]| (u64::from(factors >> 4), u64::from(factors & 15));
        let widest = components.iter().map(|c| sampling(c).0).max()?.max(1);
        let highest = components.iter().map(|c| sampling(c).1).max()?.max(1);
        let units =
            u64::from(size.0).div_ceil(8 * widest) * u64::from(size.1).div_ceil(8 * highest);
        let blocks = components
            .iter()
            .map(|c| sampling(c).0 * sampling(c).1)
            .sum::<u64>();
        Some(Self {
            size,
            coefficient_bytes: if is_kept { units * blocks * 64 * 2 } else { 0 },
        })
    }
}

/// The JPEG with an end, if its pixels do not continue to an end marker. Bytes after the marker are
/// ignored.
fn with_end(jpeg: &[u8]) -> Cow<'_, [u8]> {
    if segments(jpeg).any(|(marker, _)| marker == END) {
        Cow::Borrowed(jpeg)
    } else {
        Cow::Owned([jpeg, ENDING.as_flattened()].concat())
    }
}

/// The segments with their markers. Entropy-coded data is skipped.
fn segments(jpeg: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = jpeg.get(2..).unwrap_or_default();
    std::iter::from_fn(move || {
        loop {
            let at = rest.iter().position(|byte| *byte == 0xff)?;
            let (marker, after) = rest.get(at + 1..)?.split_first()?;
            rest = match *marker {
                // Stuffed zeros, restart markers and fill bytes have no length.
                0x00 | 0x01 | 0xd0..=0xd8 => after,
                0xff => rest.get(at + 1..)?,
                END => {
                    rest = &[];
                    return Some((END, &[][..]));
                }
                marker => {
                    let length = usize::from(u16::from_be_bytes(*after.first_chunk::<2>()?));
                    let content = after.get(2..length).unwrap_or_default();
                    rest = after.get(length..).unwrap_or_default();
                    return Some((marker, content));
                }
            };
        }
    })
}

fn explain(error: &DecodeErrors, is_cut: bool) -> PictureError {
    let code = match error {
        DecodeErrors::Unsupported(_) => FailureCode::UnsupportedCodec,
        DecodeErrors::LargeDimensions(_) => FailureCode::TooManyPixels,
        DecodeErrors::ExhaustedData => FailureCode::Truncated,
        _ if is_cut => FailureCode::Truncated,
        _ => FailureCode::NotMedia,
    };
    PictureError::new(code, format!("{error:?}"))
}
