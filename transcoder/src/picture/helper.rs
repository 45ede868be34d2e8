//! `transcoder make-picture SOURCE MAX_PIXELS`: the child's side, and the form of what it tells.
//!
//! Runs before configuration and logging, like `sandbox-exec`. Success: one line of JSON, then the
//! variants' files one behind the other. A picture that is refused: its failure code, and
//! [`EXIT_REFUSED`].

use std::{
    ffi::OsString,
    io::{self, Read, Write},
    path::Path,
};

use serde::{Deserialize, Serialize};
use shared::media::{
    FailureCode,
    image::{Picture, make_picture},
};

/// The first argument that leads here.
pub const SUBCOMMAND: &str = "make-picture";
/// `EX_DATAERR`: the source is at fault.
pub const EXIT_REFUSED: u8 = 65;
/// `EX_IOERR`.
const EXIT_IO: u8 = 74;
/// `EX_USAGE`.
const EXIT_USAGE: u8 = 64;
/// The most pixels that are let in take less than this, however they are stored.
const MAX_SOURCE_BYTES: u64 = 256 << 20;

/// A picture's description.
#[derive(Debug, Serialize, Deserialize)]
pub struct Told {
    /// In pixels, upright.
    pub width: u32,
    /// In pixels, upright.
    pub height: u32,
    /// A blur in a few dozen characters.
    pub blurhash: String,
    /// In the order of the files that follow.
    pub variants: Vec<ToldVariant>,
}

/// One file.
#[derive(Debug, Serialize, Deserialize)]
pub struct ToldVariant {
    /// Such as `thumb`.
    pub name: String,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Of its format.
    pub extension: String,
    /// How long the file is.
    pub size_bytes: usize,
}

/// The description at the beginning of what was written, and what follows it.
pub fn read_told(bytes: &[u8]) -> Option<(Told, &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let (line, rest) = bytes.split_at_checked(end)?;
    Some((serde_json::from_slice(line).ok()?, rest.get(1..)?))
}

/// Makes the picture that `arguments` (all after [`SUBCOMMAND`]) name; the exit code.
pub fn run(arguments: &[OsString]) -> u8 {
    let [source, max_pixels] = arguments else {
        return EXIT_USAGE;
    };
    let Some(max_pixels) = max_pixels.to_str().and_then(|text| text.parse().ok()) else {
        return EXIT_USAGE;
    };
    let (code, written) = match make(Path::new(source), max_pixels) {
        Ok(Ok(picture)) => (0, write_picture(&picture)),
        Ok(Err(code)) => (EXIT_REFUSED, write_all(&[code.name().as_bytes()])),
        Err(error) => (0, Err(error)),
    };
    match written {
        Ok(()) => code,
        Err(error) => {
            eprintln!("{error}");
            EXIT_IO
        }
    }
}

fn make(source: &Path, max_pixels: u64) -> io::Result<Result<Picture, FailureCode>> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(source)?;
    file.take(MAX_SOURCE_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_SOURCE_BYTES {
        eprintln!("more than {MAX_SOURCE_BYTES} bytes");
        return Ok(Err(FailureCode::TooManyPixels));
    }
    Ok(make_picture(&bytes, max_pixels).map_err(|error| {
        eprintln!("{error}");
        error.code
    }))
}

fn write_picture(picture: &Picture) -> io::Result<()> {
    let variants = picture.variants.iter().map(|variant| ToldVariant {
        name: variant.name.to_owned(),
        width: variant.width,
        height: variant.height,
        extension: variant.format.extension().to_owned(),
        size_bytes: variant.bytes.len(),
    });
    let told = Told {
        width: picture.width,
        height: picture.height,
        blurhash: picture.blurhash.clone(),
        variants: variants.collect(),
    };
    let line = serde_json::to_vec(&told)?;
    let files = picture.variants.iter().map(|variant| &variant.bytes[..]);
    write_all(
        &[&line[..], b"\n"]
            .into_iter()
            .chain(files)
            .collect::<Vec<_>>(),
    )
}

fn write_all(parts: &[&[u8]]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    parts.iter().try_for_each(|part| stdout.write_all(part))?;
    stdout.flush()
}
