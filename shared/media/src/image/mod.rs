//! Pictures: converts received bytes into clean JPEGs or PNGs, or returns the reason why it cannot.
//!
//! The file name and the declared type do not matter. Every output is encoded here, so no metadata,
//! comment or trailing byte of the source survives, whether a location, a script or an archive.
//! Colours are converted to sRGB.
//!
//! Pure and slow: programs run it in a child process with limits, a few at a time. Pictures of a
//! phone with 12 million pixels need 60 to 100 MB. The headers are checked so that no picture needs
//! more than [`MAX_MEMORY_BYTES`], but they do not say everything: a lossless WebP may declare many
//! tables of codes.

mod budget;
mod colors;
mod decode;
mod decoded;
mod encode;
mod error;
mod format;
mod jpeg;
mod make;
mod picture;
mod pixels;
mod scale;
#[cfg(test)]
mod tests;
mod webp;

pub use budget::{MAX_MEMORY_BYTES, MAX_PIXELS, MAX_SIDE};
pub use error::PictureError;
pub use format::{DETECTED_WITHIN, PictureFormat};
pub use make::make_picture;
pub use picture::{Picture, PictureVariant};
pub use pixels::{Pixels, make_decoded};
pub use scale::SIZES;
