//! Computes from a picture's headers how much memory its conversion will allocate, and refuses it
//! before the first pixel if that is too much.

use image::ColorType;

use super::{error::PictureError, scale};
use crate::FailureCode;

/// The default maximum number of pixels: photographs of phones have up to 108 million. It bounds
/// the processor time; [`MAX_MEMORY_BYTES`] bounds the memory.
pub const MAX_PIXELS: u64 = 120_000_000;
/// The maximum of a side in pixels, which is that of JPEG. Scaling needs memory for each pixel of a
/// side, so that a line of millions of pixels would need more than a photograph.
pub const MAX_SIDE: u32 = 65_535;
/// The most memory that the conversion of a picture allocates by its headers, besides the file
/// itself.
pub const MAX_MEMORY_BYTES: u64 = 450_000_000;
/// Filter coefficients, bounds and rows, per pixel of both sides.
const BYTES_PER_SIDE_PIXEL: u64 = 256;
/// The variants and their encoded files, when the stored picture is no longer in memory.
const VARIANTS_BYTES: u64 = 80 << 20;
/// Tables and profiles.
const TABLES_BYTES: u64 = 8 << 20;

/// What a decoder will allocate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claim {
    /// Width and height as stored.
    pub size: (u32, u32),
    /// The pixels that the decoder returns.
    pub color: ColorType,
    /// What it needs beside them.
    pub decoder_bytes: u64,
}

impl Claim {
    /// The number of pixels.
    pub fn pixels(&self) -> u64 {
        u64::from(self.size.0) * u64::from(self.size.1)
    }

    /// An upper bound of the memory in use at any time.
    pub fn memory_bytes(&self) -> u64 {
        let pixels = self.pixels();
        let channels = u64::from(self.color.channel_count());
        let (decoded, bytes) = (
            pixels * u64::from(self.color.bytes_per_pixel()),
            pixels * channels,
        );
        let decoding = decoded.saturating_add(self.decoder_bytes);
        // To eight bits, and then without an alpha channel that is not used.
        let reducing = if decoded > bytes { decoded + bytes } else { 0 };
        let opaque = if self.color.has_alpha() {
            2 * bytes - pixels
        } else {
            0
        };
        let peak = [
            decoding,
            reducing,
            opaque,
            self.scaling_bytes(bytes),
            VARIANTS_BYTES,
        ];
        let peak = peak.into_iter().max().unwrap_or_default();
        let sides = u64::from(self.size.0) + u64::from(self.size.1);
        peak + sides * BYTES_PER_SIDE_PIXEL + TABLES_BYTES
    }

    /// The first scaling: a copy with colours multiplied by their opacity, and the rows or columns
    /// after the first of its two passes.
    fn scaling_bytes(&self, bytes: u64) -> u64 {
        let (width, height) = scale::within(self.size, scale::LARGEST);
        if (width, height) == self.size {
            return bytes;
        }
        let half = u64::from(width) * u64::from(self.size.1);
        let half = half.max(u64::from(height) * u64::from(self.size.0));
        let copies = 1 + u64::from(self.color.has_alpha());
        bytes * copies + half * u64::from(self.color.channel_count())
    }

    /// Refuses a picture beyond the limits.
    pub fn check(&self, max_pixels: u64) -> Result<(), PictureError> {
        let (width, height) = self.size;
        if self.pixels() == 0 {
            return Err(PictureError::new(FailureCode::NotMedia, "no pixels"));
        }
        let refusal = |what: &str| {
            let claim = format!("{width} by {height} pixels, {what}");
            Err(PictureError::new(FailureCode::TooManyPixels, claim))
        };
        if self.pixels() > max_pixels {
            return refusal("which are too many");
        }
        if width.max(height) > MAX_SIDE {
            return refusal("one of whose sides is too long");
        }
        let needed = self.memory_bytes();
        if needed > MAX_MEMORY_BYTES {
            return refusal(&format!("for which {needed} bytes are needed"));
        }
        Ok(())
    }
}
