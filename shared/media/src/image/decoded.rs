//! A picture between decoding and encoding.

use image::DynamicImage;
use image::metadata::Orientation;

use super::colors::Colors;

/// Pixels with eight bits per channel, and what else is needed to show them.
pub(super) struct Decoded {
    pub image: DynamicImage,
    /// The orientation to apply.
    pub orientation: Orientation,
    pub colors: Colors,
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
