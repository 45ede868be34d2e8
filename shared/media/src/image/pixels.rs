//! A picture that another program decoded.

use image::metadata::Orientation;
use image::{ColorType, RgbImage, RgbaImage};

use super::budget::Claim;
use super::colors::{Colors, Profile};
use super::decoded::Decoded;
use super::{error::PictureError, format::PictureFormat, make, picture::Picture};
use crate::FailureCode;

/// Decoded pixels with eight bits per channel, and what is needed to show them.
#[derive(Debug)]
pub struct Pixels {
    /// The format of the source.
    pub format: PictureFormat,
    /// Width and height as stored.
    pub size: (u32, u32),
    /// Red, green and blue, and the opacity if the picture `has_alpha`; row by row.
    pub bytes: Vec<u8>,
    /// Whether each pixel has an opacity.
    pub has_alpha: bool,
    /// An ICC profile.
    pub profile: Option<Vec<u8>>,
    /// Without a profile: the code point of the primaries in ITU-T H.273.
    pub primaries: Option<u8>,
    /// How often to turn the picture clockwise by 90°.
    pub quarter_turns: u8,
    /// Whether to exchange left and right then.
    pub is_mirrored: bool,
}

impl Pixels {
    /// Refuses a picture of this size before it is decoded, which needs `decoder_bytes` beside the
    /// pixels. See [`MAX_MEMORY_BYTES`](super::MAX_MEMORY_BYTES).
    pub fn check(&self, decoder_bytes: u64, max_pixels: u64) -> Result<(), PictureError> {
        let claim = Claim {
            size: self.size,
            color: if self.has_alpha {
                ColorType::Rgba8
            } else {
                ColorType::Rgb8
            },
            decoder_bytes,
        };
        claim.check(max_pixels)
    }

    fn orientation(&self) -> Orientation {
        match (self.quarter_turns % 4, self.is_mirrored) {
            (0, false) => Orientation::NoTransforms,
            (0, true) => Orientation::FlipHorizontal,
            (1, false) => Orientation::Rotate90,
            (1, true) => Orientation::Rotate90FlipH,
            (2, false) => Orientation::Rotate180,
            (2, true) => Orientation::FlipVertical,
            (_, false) => Orientation::Rotate270,
            (_, true) => Orientation::Rotate270FlipH,
        }
    }

    fn colors(&self) -> Colors {
        let profile = self.profile.as_deref().and_then(Profile::parse);
        Colors::of(profile.or_else(|| Profile::of_primaries(self.primaries?)))
    }
}

/// Creates the variants of a picture that was decoded elsewhere.
pub fn make_decoded(pixels: Pixels) -> Result<Picture, PictureError> {
    let (orientation, colors) = (pixels.orientation(), pixels.colors());
    let ((width, height), bytes) = (pixels.size, pixels.bytes);
    let image = if pixels.has_alpha {
        RgbaImage::from_raw(width, height, bytes).map(Into::into)
    } else {
        RgbImage::from_raw(width, height, bytes).map(Into::into)
    };
    let image = image.ok_or_else(|| PictureError::new(FailureCode::NotMedia, "too few pixels"))?;
    let decoded = Decoded {
        image,
        orientation,
        colors,
    };
    make::convert(pixels.format, decoded)
}
