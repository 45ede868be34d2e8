//! Pictures: converts received bytes into clean JPEGs or PNGs, or returns the reason why it cannot.
//!
//! The file name and the declared type do not matter. Every output is encoded here, so no metadata,
//! comment or trailing byte of the source survives, whether a location, a script or an archive.
//! Colours are treated as sRGB; a colour profile is dropped unread.
//!
//! Pure and slow: run it on a blocking thread, a few at a time. The worst accepted pictures (36
//! million pixels) need about 450 MB, those of a phone with 12 million pixels 60 to 100 MB.

mod decode;
mod encode;
mod error;
mod format;
mod make;
mod picture;
mod scale;
mod set;
#[cfg(test)]
mod tests;
mod webp;

pub use error::PictureError;
pub use format::PictureFormat;
pub use make::{MAX_PIXELS, detect_format, make_picture};
pub use picture::{Picture, PictureVariant};
pub use scale::SIZES;
pub use set::{PictureSet, StoredVariant, write_set};
