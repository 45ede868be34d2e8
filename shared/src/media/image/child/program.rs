//! The parent: starts the child, sends it the source, and reads the result.

use std::{
    ffi::OsString,
    fs::File,
    io,
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
};

use bytes::Bytes;
use rustix::process::Signal;

use super::super::{Picture, PictureError};
use super::report::{EXIT_REFUSED, SUBCOMMAND, read_picture};
use crate::media::FailureCode;
use crate::sandbox::{self, Bounds, CaptureError, Captured, Restrictions};

/// Four variants of at most 2,048 by 2,048 pixels that compress badly.
const MAX_OUTPUT_BYTES: u64 = 64 << 20;
/// The exit code of a Rust program that panicked.
const EXIT_PANIC: i32 = 101;

/// A program that converts pictures as a child process.
#[derive(Clone, Debug)]
pub struct PictureProgram {
    path: PathBuf,
    arguments: Vec<OsString>,
}

/// What to convert.
pub struct Conversion<'a> {
    /// The picture.
    pub source: Source,
    /// The most pixels that it may have.
    pub max_pixels: u64,
    /// What the child may use.
    pub bounds: Bounds,
    /// More arguments for the child.
    pub arguments: &'a [OsString],
}

/// The bytes of a picture.
pub enum Source {
    /// In memory. They reach the child through a pipe.
    Memory(Bytes),
    /// In a file, which the child inherits.
    File(File),
}

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum ConversionError {
    /// The picture is at fault: it is invalid, or its conversion needs too much memory or processor
    /// time, or makes a decoder panic.
    #[error(transparent)]
    Refused(#[from] PictureError),
    /// A signal ended the child. If the picture does not do that, the system lacks memory.
    #[error("{0}")]
    Killed(String),
    /// It took too long, but not too much processor time: the machine is busy.
    #[error("the conversion of a picture took longer than allowed")]
    TimedOut,
    /// The child could not be started, or a pipe failed.
    #[error("the program that converts pictures")]
    Failed(#[source] io::Error),
}

impl From<CaptureError> for ConversionError {
    fn from(error: CaptureError) -> Self {
        match error {
            CaptureError::TimedOut => Self::TimedOut,
            CaptureError::Io(error) => Self::Failed(error),
        }
    }
}

impl PictureProgram {
    /// The program at `path` with these first arguments.
    pub fn new(path: PathBuf, arguments: Vec<OsString>) -> Self {
        Self { path, arguments }
    }

    /// This program itself: the file that runs, even after another one took its name. Without
    /// `/proc` it is found by the name under which it was started.
    pub fn this() -> Self {
        let own = Path::new("/proc/self/exe");
        if own.exists() {
            return Self::of(own.to_owned());
        }
        Self::of(std::env::args_os().next().unwrap_or_default().into())
    }

    /// The program at `path`, whose first argument is [`SUBCOMMAND`].
    pub fn of(path: PathBuf) -> Self {
        Self::new(path, vec![SUBCOMMAND.into()])
    }

    /// Converts a picture. Dropping the future kills the child.
    pub async fn convert(&self, conversion: Conversion<'_>) -> Result<Picture, ConversionError> {
        let bounds = conversion.bounds;
        let mut command = sandbox::command(&self.path);
        command
            .args(&self.arguments)
            .args(Restrictions::of(bounds).to_arguments())
            .arg(conversion.max_pixels.to_string())
            .args(conversion.arguments);
        let input = match conversion.source {
            Source::Memory(bytes) => {
                command.stdin(Stdio::piped());
                bytes
            }
            Source::File(file) => {
                command.stdin(file);
                Bytes::new()
            }
        };
        let captured = sandbox::capture(command, input, bounds.wall_time, MAX_OUTPUT_BYTES).await?;
        picture_of(captured)
    }
}

fn picture_of(captured: Captured) -> Result<Picture, ConversionError> {
    let Captured {
        bytes,
        errors,
        status,
    } = captured;
    if status.success() {
        let picture = read_picture(bytes.into());
        return picture.ok_or_else(|| unexpected("the output is malformed"));
    }
    if status.code() == Some(i32::from(EXIT_REFUSED)) {
        let name = String::from_utf8_lossy(&bytes);
        let code = FailureCode::from_name(&name).unwrap_or(FailureCode::NotMedia);
        return Err(PictureError::new(code, errors).into());
    }
    let detail = format!("{status}: {errors}");
    Err(match fault_of_picture(status) {
        Some(code) => PictureError::new(code, detail).into(),
        None if is_killed(status) => ConversionError::Killed(detail),
        None => unexpected(&detail),
    })
}

/// The failure code if only the picture can be the cause of this end.
fn fault_of_picture(status: ExitStatus) -> Option<FailureCode> {
    let ended_by = |signal: Signal| status.signal() == Some(signal.as_raw());
    if status.code() == Some(EXIT_PANIC) {
        return Some(FailureCode::EncoderFailed);
    }
    if ended_by(Signal::XCPU) {
        return Some(FailureCode::TimedOut);
    }
    // An allocation beyond the limit aborts.
    ended_by(Signal::ABORT).then_some(FailureCode::OutOfMemory)
}

/// Whether a signal ended the child that nobody sends to ask a program to stop, as a service manager
/// does with all processes of a server.
fn is_killed(status: ExitStatus) -> bool {
    const STOPS: [Signal; 4] = [Signal::TERM, Signal::INT, Signal::HUP, Signal::QUIT];
    let signal = status.signal();
    signal.is_some_and(|signal| STOPS.iter().all(|stop| stop.as_raw() != signal))
}

fn unexpected(detail: &str) -> ConversionError {
    ConversionError::Failed(io::Error::other(detail.to_owned()))
}
