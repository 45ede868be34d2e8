//! HEIC and AVIF: pictures of one frame, or of a grid of frames, of HEVC or AV1 in a HEIF file
//! (ISO/IEC 23008-12).
//!
//! Debian's ffmpeg decodes the frames but does not read such files. So this module finds the frames
//! and passes them to ffmpeg through a pipe, as an elementary stream. Only the primary picture and
//! its opacity are read; later frames of an animation, thumbnails and depths are not.

mod boxes;
mod container;
mod decode;
mod layer;
mod make;
mod refusal;
mod stream;
#[cfg(test)]
mod tests;

pub use decode::Decoder;
pub use make::make_heif;
