//! `transcoder make-picture`: the child that converts a picture, here also HEIC and AVIF.

use std::{ffi::OsString, io, path::Path};

use shared::media::{
    FailureCode,
    image::{Picture, PictureError, PictureFormat, child, make_picture},
};

use super::heif::{Decoder, make_heif};

/// Converts the picture in the standard input, with the `arguments` after
/// [`SUBCOMMAND`](child::SUBCOMMAND), of which the last is the path of ffmpeg; returns the exit
/// code.
pub fn run(arguments: &[OsString]) -> u8 {
    child::run(arguments, io::stdout(), convert)
}

fn convert(
    source: &[u8],
    max_pixels: u64,
    arguments: &[OsString],
) -> Result<Picture, PictureError> {
    let [ffmpeg] = arguments else {
        let detail = "the argument is the path of ffmpeg";
        return Err(PictureError::new(FailureCode::EncoderFailed, detail));
    };
    let decoder = Decoder {
        ffmpeg: Path::new(ffmpeg),
        max_pixels,
    };
    match PictureFormat::detect(source) {
        Ok(format @ (PictureFormat::Heic | PictureFormat::Avif)) => {
            make_heif(source, format, decoder)
        }
        _ => make_picture(source, max_pixels),
    }
}
