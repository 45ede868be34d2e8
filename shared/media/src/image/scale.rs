//! The sizes of the variants, and the scaling.

use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::DynamicImage;

use super::error::PictureError;
use crate::FailureCode;

/// The variants and the length in pixels of their longer side.
pub const SIZES: [(&str, u32); 4] = [
    ("thumb", 320),
    ("small", 640),
    ("medium", 1280),
    ("large", LARGEST),
];

/// The longer side of the largest variant.
pub(super) const LARGEST: u32 = 2048;

/// Width and height in pixels.
type Size = (u32, u32);

/// The variants of a picture of `size`, smallest first. They end with the first one that would be
/// larger than the picture; that one gets the picture's size.
pub(super) fn sizes(size: Size) -> Vec<(&'static str, Size)> {
    let longer = size.0.max(size.1);
    let mut sizes = Vec::new();
    for (name, limit) in SIZES {
        sizes.push((name, within(size, limit)));
        if longer <= limit {
            break;
        }
    }
    sizes
}

/// `size` scaled down so that the longer side is at most `limit`, with the same proportions.
pub(super) fn within(size: Size, limit: u32) -> Size {
    let longer = size.0.max(size.1).max(1);
    if longer <= limit {
        return size;
    }
    let shrink = |side: u32| {
        let exact = u64::from(side) * u64::from(limit);
        let rounded = (exact + u64::from(longer) / 2) / u64::from(longer);
        u32::try_from(rounded).unwrap_or(limit).max(1)
    };
    (shrink(size.0), shrink(size.1))
}

/// Scales the picture. Lanczos keeps edges sharp. Colours are weighted by their opacity, so that
/// transparent pixels do not affect visible ones, if `has_opacity`: the fourth channel may be an
/// ink.
pub(super) fn scale(
    image: DynamicImage,
    size: Size,
    has_opacity: bool,
) -> Result<DynamicImage, PictureError> {
    if (image.width(), image.height()) == size {
        return Ok(image);
    }
    let mut smaller = DynamicImage::new(size.0, size.1, image.color());
    let lanczos = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
        .use_alpha(has_opacity);
    Resizer::new()
        .resize(&image, &mut smaller, &lanczos)
        .map_err(|error| PictureError::new(FailureCode::EncoderFailed, error.to_string()))?;
    Ok(smaller)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_end_with_the_first_that_holds_the_whole_picture() {
        let of = |width, height| sizes((width, height));
        assert_eq!(of(1, 1), [("thumb", (1, 1))]);
        assert_eq!(of(320, 200), [("thumb", (320, 200))]);
        assert_eq!(of(321, 200), [("thumb", (320, 199)), ("small", (321, 200))]);
        assert_eq!(
            of(800, 1000),
            [
                ("thumb", (256, 320)),
                ("small", (512, 640)),
                ("medium", (800, 1000))
            ]
        );
        assert_eq!(
            of(4000, 3000),
            [
                ("thumb", (320, 240)),
                ("small", (640, 480)),
                ("medium", (1280, 960)),
                ("large", (2048, 1536))
            ]
        );
    }

    #[test]
    fn the_thinnest_line_keeps_a_pixel() {
        assert_eq!(within((36_000_000, 1), 2048), (2048, 1));
        assert_eq!(within((1, 36_000_000), 320), (1, 320));
    }
}
