//! The child: restricts itself, reads the source, converts it, and writes the result.

use std::{
    ffi::OsString,
    io::{self, Read, Write},
};

use super::super::{Picture, PictureError};
use super::report::{EXIT_REFUSED, write_picture};
use crate::media::FailureCode;
use crate::sandbox::Restrictions;

/// `EX_USAGE`.
const EXIT_USAGE: u8 = 64;
/// `EX_IOERR`.
const EXIT_IO: u8 = 74;
/// Larger than the files of cameras; pictures of noise that are not compressed can be larger.
const MAX_SOURCE_BYTES: u64 = 256 << 20;

/// Why there is no picture.
enum ChildError {
    Refused(PictureError),
    Io(io::Error),
}

impl From<PictureError> for ChildError {
    fn from(error: PictureError) -> Self {
        Self::Refused(error)
    }
}

impl From<io::Error> for ChildError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Runs the child with its `arguments`, all after [`SUBCOMMAND`](super::SUBCOMMAND), and returns
/// its exit code. `convert` gets the source, the maximum number of pixels, and the remaining
/// arguments. Call it before anything else: it restricts this process.
pub fn run(
    arguments: &[OsString],
    mut output: impl Write,
    convert: impl FnOnce(&[u8], u64, &[OsString]) -> Result<Picture, PictureError>,
) -> u8 {
    let Some((restrictions, [max_pixels, rest @ ..])) = Restrictions::parse(arguments) else {
        return EXIT_USAGE;
    };
    let Some(max_pixels) = max_pixels.to_str().and_then(|text| text.parse().ok()) else {
        return EXIT_USAGE;
    };
    let made = restrict(restrictions)
        .and_then(|()| read_source())
        .and_then(|source| Ok(convert(&source, max_pixels, rest)?))
        .and_then(|picture| Ok(write_picture(&mut output, &picture)?));
    let error = match made {
        Ok(()) => return 0,
        Err(ChildError::Refused(error)) => {
            eprintln!("{error}");
            match output.write_all(error.code.name().as_bytes()) {
                Ok(()) => return EXIT_REFUSED,
                Err(error) => error,
            }
        }
        Err(ChildError::Io(error)) => error,
    };
    eprintln!("{error}");
    EXIT_IO
}

fn restrict(restrictions: Restrictions) -> Result<(), ChildError> {
    restrictions.apply()?;
    Ok(restrictions.signal_cpu_time()?)
}

fn read_source() -> Result<Vec<u8>, ChildError> {
    let mut source = Vec::new();
    let input = io::stdin().lock();
    input.take(MAX_SOURCE_BYTES + 1).read_to_end(&mut source)?;
    if source.len() as u64 > MAX_SOURCE_BYTES {
        let detail = format!("more than {MAX_SOURCE_BYTES} bytes");
        return Err(PictureError::new(FailureCode::TooManyPixels, detail).into());
    }
    Ok(source)
}
