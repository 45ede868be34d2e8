//! Pictures: bytes that someone sent become a few clean JPEGs or PNGs, or a reason why not.
//!
//! What a file is called or said to be plays no part. Everything that leaves here was encoded here:
//! no metadata, comment or trailing byte of the source survives, be it a place, a script or an
//! archive. Colours are taken as sRGB; a profile is dropped unread.
//!
//! Pure and slow: run it on a blocking thread, a few at a time. The worst pictures that are let in
//! (36 million pixels) take about 450 MB, a phone's 12 million 60 to 100 MB.

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
