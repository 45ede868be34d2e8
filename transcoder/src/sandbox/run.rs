//! Starts the programs and reads what they write.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

use bytes::Bytes;
use shared::sandbox::{self, Bounds, CaptureError, Captured, Restrictions};

use super::exec;
use crate::failure::{Cause, Failure};

/// The programs that the sandbox runs.
#[derive(Clone, Debug)]
pub struct Sandbox {
    helper: PathBuf,
    ffmpeg: PathBuf,
    ffprobe: PathBuf,
}

/// A program to run to its end.
#[derive(Debug)]
pub struct Run<'a> {
    /// What it is run for, as in "probing the file"; part of the error text.
    pub step: &'static str,
    /// The program, looked up in `PATH` unless absolute.
    pub program: &'a Path,
    /// Its arguments.
    pub arguments: &'a [OsString],
    /// Its limits.
    pub bounds: Bounds,
    /// The maximum size of its output.
    pub max_bytes: u64,
}

impl Sandbox {
    /// `helper` is this program's own binary; the others are looked up in `PATH` unless absolute.
    pub fn new(helper: PathBuf, ffmpeg: PathBuf, ffprobe: PathBuf) -> Self {
        Self {
            helper,
            ffmpeg,
            ffprobe,
        }
    }

    /// This program's own binary.
    pub fn helper(&self) -> &Path {
        &self.helper
    }

    /// The encoder.
    pub fn ffmpeg(&self) -> &Path {
        &self.ffmpeg
    }

    /// The prober.
    pub fn ffprobe(&self) -> &Path {
        &self.ffprobe
    }

    /// A command that runs `program` within `bounds`, without input and with piped output and
    /// errors.
    pub fn command(&self, program: &Path, arguments: &[OsString], bounds: Bounds) -> Command {
        let mut command = sandbox::command(&self.helper);
        command
            .arg(exec::SUBCOMMAND)
            .args(Restrictions::of(bounds).to_arguments())
            .arg(program)
            .args(arguments)
            .env("AV_LOG_FORCE_NOCOLOR", "1");
        command
    }

    /// Runs a program to its end and captures its output. Dropping the future kills it.
    pub async fn capture(&self, run: Run<'_>) -> Result<Captured, Failure> {
        let command = self.command(run.program, run.arguments, run.bounds);
        let captured =
            sandbox::capture(command, Bytes::new(), run.bounds.wall_time, run.max_bytes).await;
        captured.map_err(|error| match error {
            CaptureError::TimedOut => {
                let detail = format!("{} took too long", run.step);
                Failure::new(Cause::StepTime, detail)
            }
            CaptureError::Io(error) => error.into(),
        })
    }
}
