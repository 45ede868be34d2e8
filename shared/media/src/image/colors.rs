//! Converts colours to sRGB by the picture's ICC profile, because the profile is not kept.

use image::{DynamicImage, RgbImage, RgbaImage};
use moxcms::{
    ColorPrimaries, ColorProfile, DataColorSpace, Layout, TransformOptions, WHITE_POINT_D65,
};

/// What the values of decoded pixels mean.
#[derive(Debug)]
pub(super) enum Colors {
    /// Ordinary colours, also if the picture does not declare any.
    Srgb,
    /// Light or colours of another space.
    Of(Profile),
    /// Inks, stored inverted as by Adobe, in the four channels.
    Cmyk(Profile),
    /// The same after the transformation of Adobe's JPEGs.
    Ycck(Profile),
}

/// A profile that can be read.
#[derive(Debug)]
pub(super) struct Profile(Box<ColorProfile>);

impl Profile {
    /// A malformed profile is ignored, as browsers do.
    pub fn parse(icc: &[u8]) -> Option<Self> {
        let profile = ColorProfile::new_from_slice(icc).ok()?;
        Some(Self(Box::new(profile)))
    }

    /// Display P3 and BT.2020 with the curve of sRGB; nothing for the primaries of sRGB and for
    /// unknown ones.
    pub fn of_primaries(code: u8) -> Option<Self> {
        let mut profile = ColorProfile::new_srgb();
        match code {
            9 => profile.update_rgb_colorimetry(WHITE_POINT_D65, ColorPrimaries::BT_2020),
            12 => profile = ColorProfile::new_display_p3(),
            _ => return None,
        }
        Some(Self(Box::new(profile)))
    }

    /// Whether it describes a printer.
    pub fn is_of_inks(&self) -> bool {
        self.0.color_space == DataColorSpace::Cmyk
    }

    fn transform(&self, from: Layout, pixels: &[u8], to: Layout) -> Option<Vec<u8>> {
        let (srgb, options) = (ColorProfile::new_srgb(), TransformOptions::default());
        let transform = self
            .0
            .create_transform_8bit(from, &srgb, to, options)
            .ok()?;
        let count = pixels.len() / from.channels();
        let mut converted = vec![0; count * to.channels()];
        transform.transform(pixels, &mut converted).ok()?;
        Some(converted)
    }
}

impl Colors {
    /// The colours of a picture with this profile.
    pub fn of(profile: Option<Profile>) -> Self {
        profile.map_or(Self::Srgb, Self::Of)
    }

    /// Whether the fourth channel is an ink.
    pub fn is_inks(&self) -> bool {
        matches!(self, Self::Cmyk(_) | Self::Ycck(_))
    }

    /// The picture in sRGB. A profile for other channels than the picture's is ignored.
    pub fn to_srgb(&self, image: DynamicImage) -> DynamicImage {
        match self {
            Self::Srgb => image,
            Self::Of(profile) => convert(profile, &image).unwrap_or(image),
            Self::Cmyk(profile) => convert_inks(profile, image, |stored| stored.map(|v| 255 - v)),
            Self::Ycck(profile) => convert_inks(profile, image, ycck_to_cmyk),
        }
    }
}

fn convert(profile: &Profile, image: &DynamicImage) -> Option<DynamicImage> {
    let is_gray = profile.0.color_space == DataColorSpace::Gray;
    let is_rgb = profile.0.color_space == DataColorSpace::Rgb;
    let (from, to) = match image {
        DynamicImage::ImageLuma8(_) if is_gray => (Layout::Gray, Layout::Rgb),
        DynamicImage::ImageLumaA8(_) if is_gray => (Layout::GrayAlpha, Layout::Rgba),
        DynamicImage::ImageRgb8(_) if is_rgb => (Layout::Rgb, Layout::Rgb),
        DynamicImage::ImageRgba8(_) if is_rgb => (Layout::Rgba, Layout::Rgba),
        _ => return None,
    };
    let converted = profile.transform(from, image.as_bytes(), to)?;
    let (width, height) = (image.width(), image.height());
    if to == Layout::Rgba {
        RgbaImage::from_raw(width, height, converted).map(Into::into)
    } else {
        RgbImage::from_raw(width, height, converted).map(Into::into)
    }
}

/// `to_inks` gives the share of each ink, 255 for all of it.
fn convert_inks(
    profile: &Profile,
    image: DynamicImage,
    to_inks: impl Fn([u8; 4]) -> [u8; 4],
) -> DynamicImage {
    let (width, height) = (image.width(), image.height());
    let mut inks = image.into_rgba8();
    for pixel in inks.pixels_mut() {
        pixel.0 = to_inks(pixel.0);
    }
    let converted = profile.transform(Layout::Rgba, &inks, Layout::Rgb);
    let converted = converted.and_then(|pixels| RgbImage::from_raw(width, height, pixels));
    let converted = converted.unwrap_or_else(|| {
        let inks = inks.as_chunks::<4>().0.iter();
        let pixels = inks.flat_map(|[c, m, y, k]| [c, m, y].map(|ink| printed(*ink, *k)));
        RgbImage::from_raw(width, height, pixels.collect()).unwrap_or_default()
    });
    converted.into()
}

/// The light that two inks on white paper leave.
fn printed(ink: u8, black: u8) -> u8 {
    let left = u16::from(255 - ink) * u16::from(255 - black);
    u8::try_from(left / 255).unwrap_or(u8::MAX)
}

/// Luma and chroma (ITU-T T.871) of inverted inks, as Adobe's JPEGs store them: what they give as
/// red, green and blue are the inks.
fn ycck_to_cmyk([luma, blue, red, black]: [u8; 4]) -> [u8; 4] {
    let (blue, red) = (f32::from(blue) - 128.0, f32::from(red) - 128.0);
    let luma = f32::from(luma);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "such casts saturate, which is wanted"
    )]
    let ink = |value: f32| value.round() as u8;
    [
        ink(luma + 1.402 * red),
        ink(luma - 0.344_136 * blue - 0.714_136 * red),
        ink(luma + 1.772 * blue),
        255 - black,
    ]
}
