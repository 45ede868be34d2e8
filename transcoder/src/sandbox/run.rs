//! Starts the programs and reads what they write.

use std::{
    ffi::OsString,
    io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use shared::media::FailureCode;
use tokio::io::{AsyncRead, AsyncReadExt};

use super::{bounds::Bounds, exec, process::Process};
use crate::failure::Failure;

/// How much of a program's standard error is kept.
const MAX_ERROR_BYTES: usize = 8 << 10;

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
    /// The program, looked up in `PATH` unless absolute.
    pub program: &'a Path,
    /// Its arguments.
    pub arguments: &'a [OsString],
    /// Its limits.
    pub bounds: Bounds,
    /// The maximum size of its output.
    pub max_bytes: u64,
}

/// What a program wrote and how it ended.
#[derive(Debug)]
pub struct Captured {
    /// Standard output.
    pub bytes: Vec<u8>,
    /// The end of standard error.
    pub errors: String,
    /// How it ended.
    pub status: std::process::ExitStatus,
}

impl Captured {
    /// Whether the exit code is 0.
    pub fn is_success(&self) -> bool {
        self.status.success()
    }
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

    /// A command that runs `program` within `bounds`, without input and with piped output and errors.
    pub fn command(&self, program: &Path, arguments: &[OsString], bounds: Bounds) -> Command {
        let mut command = Command::new(&self.helper);
        command
            .arg(exec::SUBCOMMAND)
            .args(exec::Restrictions::of(bounds).to_arguments())
            .arg(program)
            .args(arguments)
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            // Each arena reserves 64 MiB of address space, which counts against the limit.
            .env("MALLOC_ARENA_MAX", "2")
            .env("AV_LOG_FORCE_NOCOLOR", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs a program to its end and captures its output. Dropping the future kills it.
    pub async fn capture(&self, run: Run<'_>) -> Result<Captured, Failure> {
        let Run {
            program,
            arguments,
            bounds,
            max_bytes,
        } = run;
        let mut process = Process::spawn(self.command(program, arguments, bounds))?;
        let (stdout, stderr) = process.take_pipes()?;
        let run = async {
            let (bytes, errors) = tokio::join!(read_limited(stdout, max_bytes), read_tail(stderr));
            let status = process.wait().await?;
            Ok::<_, io::Error>(Captured {
                bytes: bytes?,
                errors: errors?,
                status,
            })
        };
        match tokio::time::timeout(bounds.wall_time, run).await {
            Ok(captured) => Ok(captured?),
            Err(_) => Err(Failure::retryable(
                FailureCode::TimedOut,
                "probing the file",
            )),
        }
    }
}

/// Reads a whole pipe; an error when there are more than `max_bytes`.
async fn read_limited(pipe: impl AsyncRead + Unpin, max_bytes: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = pipe.take(max_bytes + 1).read_to_end(&mut bytes).await?;
    if read as u64 > max_bytes {
        return Err(io::Error::other("more output than expected"));
    }
    Ok(bytes)
}

/// Reads a whole pipe and keeps the last bytes.
pub async fn read_tail(mut pipe: impl AsyncRead + Unpin) -> io::Result<String> {
    let mut tail = Vec::new();
    loop {
        if pipe.read_buf(&mut tail).await? == 0 {
            return Ok(String::from_utf8_lossy(&tail).trim().to_owned());
        }
        let excess = tail.len().saturating_sub(MAX_ERROR_BYTES);
        tail.drain(..excess);
    }
}
