//! `transcoder make-picture SOURCE MAX_PIXELS FFMPEG`: the child process, and the format of its report.
//!
//! It runs before configuration and logging, like `sandbox-exec`. On success it writes one line of
//! JSON and then the variants' files, one after the other. For a picture that is refused it writes
//! the failure code and exits with [`EXIT_REFUSED`].

use std::{
    ffi::OsString,
    io::{self, Read, Write},
    path::Path,
};

use serde::{Deserialize, Serialize};
use shared::media::{
    FailureCode,
    image::{Picture, PictureFormat, make_picture},
};

use super::heif::{Decoder, make_heif};

/// The first argument of this subcommand.
pub const SUBCOMMAND: &str = "make-picture";
/// `EX_DATAERR`: the source is invalid.
pub const EXIT_REFUSED: u8 = 65;
/// `EX_IOERR`.
const EXIT_IO: u8 = 74;
/// `EX_USAGE`.
const EXIT_USAGE: u8 = 64;
/// The largest picture that is allowed takes less than this in every format.
const MAX_SOURCE_BYTES: u64 = 256 << 20;

/// A picture's description.
#[derive(Debug, Serialize, Deserialize)]
pub struct PictureReport {
    /// In pixels, upright.
    pub width: u32,
    /// In pixels, upright.
    pub height: u32,
    /// A blurred preview in a few dozen characters.
    pub blurhash: String,
    /// In the order of the files after the report.
    pub variants: Vec<VariantReport>,
}

/// One variant.
#[derive(Debug, Serialize, Deserialize)]
pub struct VariantReport {
    /// Such as `thumb`.
    pub name: String,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Of its format.
    pub extension: String,
    /// The length of its file.
    pub size_bytes: usize,
}

/// What the child writes to its standard output.
#[derive(Debug)]
pub struct HelperOutput<'a> {
    /// The description.
    pub report: PictureReport,
    /// The files of its variants, one after the other.
    pub files: &'a [u8],
}

/// Parses the child's output; `None` when it is malformed.
pub fn parse_output(bytes: &[u8]) -> Option<HelperOutput<'_>> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let (line, rest) = bytes.split_at_checked(end)?;
    Some(HelperOutput {
        report: serde_json::from_slice(line).ok()?,
        files: rest.get(1..)?,
    })
}

/// Why there is no picture.
enum HelperError {
    /// The source is at fault.
    Refused(FailureCode),
    Io(io::Error),
}

impl From<io::Error> for HelperError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Converts the picture that `arguments` (all after [`SUBCOMMAND`]) name; returns the exit code.
pub fn run(arguments: &[OsString]) -> u8 {
    let [source, max_pixels, ffmpeg] = arguments else {
        return EXIT_USAGE;
    };
    let Some(max_pixels) = max_pixels.to_str().and_then(|text| text.parse().ok()) else {
        return EXIT_USAGE;
    };
    let decoder = Decoder {
        ffmpeg: Path::new(ffmpeg),
        max_pixels,
    };
    let made = make(Path::new(source), decoder).and_then(|picture| write_picture(&picture));
    let error = match made {
        Ok(()) => return 0,
        Err(HelperError::Refused(code)) => match write_all(&[code.name().as_bytes()]) {
            Ok(()) => return EXIT_REFUSED,
            Err(error) => error,
        },
        Err(HelperError::Io(error)) => error,
    };
    eprintln!("{error}");
    EXIT_IO
}

fn make(source: &Path, decoder: Decoder<'_>) -> Result<Picture, HelperError> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(source)?;
    file.take(MAX_SOURCE_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_SOURCE_BYTES {
        eprintln!("more than {MAX_SOURCE_BYTES} bytes");
        return Err(HelperError::Refused(FailureCode::TooManyPixels));
    }
    let made = match PictureFormat::detect(&bytes) {
        Ok(format @ (PictureFormat::Heic | PictureFormat::Avif)) => {
            make_heif(&bytes, format, decoder)
        }
        _ => make_picture(&bytes, decoder.max_pixels),
    };
    made.map_err(|error| {
        eprintln!("{error}");
        HelperError::Refused(error.code)
    })
}

fn write_picture(picture: &Picture) -> Result<(), HelperError> {
    let variants = picture.variants.iter().map(|variant| VariantReport {
        name: variant.name.to_owned(),
        width: variant.width,
        height: variant.height,
        extension: variant.format.extension().to_owned(),
        size_bytes: variant.bytes.len(),
    });
    let report = PictureReport {
        width: picture.width,
        height: picture.height,
        blurhash: picture.blurhash.clone(),
        variants: variants.collect(),
    };
    let line = serde_json::to_vec(&report).map_err(io::Error::from)?;
    let files = picture.variants.iter().map(|variant| &variant.bytes[..]);
    write_all(
        &[&line[..], b"\n"]
            .into_iter()
            .chain(files)
            .collect::<Vec<_>>(),
    )?;
    Ok(())
}

fn write_all(parts: &[&[u8]]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    parts.iter().try_for_each(|part| stdout.write_all(part))?;
    stdout.flush()
}
