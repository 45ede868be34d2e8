//! Foreign bytes meet foreign code here: every ffmpeg and ffprobe runs through this module.
//!
//! Each is started by `transcoder sandbox-exec`, which limits itself and then becomes the program:
//! the daemon has many threads, and nothing but `exec` is safe between its fork and exec. Each has a
//! process group of its own, killed whole, and dies with the daemon. Inputs are opened by our own
//! generated names, with a protocol *and* a format whitelist: a protocol whitelist alone lets a
//! playlist that calls itself a video read other people's files.

pub mod exec;
mod process;

use std::{
    ffi::OsString,
    io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use shared::media::FailureCode;
use tokio::io::{AsyncRead, AsyncReadExt};

pub use process::Process;

use crate::{failure::Failure, limits::Limits};

/// Containers that are self-contained; no playlists, no scripts, no device names.
const FORMATS: &str =
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,flv,asf,gif,mp3,wav,aac,flac,ogg";
/// What is kept of a program's complaints.
const MAX_ERROR_BYTES: usize = 8 << 10;

/// Where the programs are.
#[derive(Clone, Debug)]
pub struct Sandbox {
    helper: PathBuf,
    ffmpeg: PathBuf,
    ffprobe: PathBuf,
}

/// What one run may use.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// By the clock.
    pub wall_time: Duration,
    /// By the processor, all threads together.
    pub cpu_time: Duration,
    /// Address space, in bytes.
    pub memory_bytes: u64,
}

impl Bounds {
    /// For a look at a file, or a single picture of it.
    pub fn for_probe(limits: &Limits) -> Self {
        Self {
            wall_time: limits.probe_time,
            cpu_time: limits.probe_time.saturating_mul(limits.threads.max(1)),
            memory_bytes: memory_bytes(limits.max_pixels, limits.threads),
        }
    }
}

/// Address space for decoding pictures of `pixels` and encoding a ladder with `threads` each:
/// measured 1.6 GB for 1080p, plus frames in flight and stacks.
pub fn memory_bytes(pixels: u64, threads: u32) -> u64 {
    const BASE: u64 = 1_600 << 20;
    const BYTES_PER_PIXEL: u64 = 3 * 40;
    const STACKS_PER_THREAD: u64 = 8 * (8 << 20);
    BASE + pixels.saturating_mul(BYTES_PER_PIXEL) + u64::from(threads) * STACKS_PER_THREAD
}

/// The options that make opening `path` safe, and `-i` with it.
pub fn input_arguments(path: &Path, limits: &Limits) -> Vec<OsString> {
    let mut input = OsString::from("file:");
    input.push(path);
    let options = [
        ("-protocol_whitelist", "file".to_owned()),
        ("-format_whitelist", FORMATS.to_owned()),
        ("-max_streams", limits.max_streams.to_string()),
        ("-max_pixels", limits.max_pixels.to_string()),
    ];
    let options = options
        .into_iter()
        .flat_map(|(name, value)| [name.into(), value.into()]);
    options.chain(["-i".into(), input]).collect()
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
    /// Whether the program says that all went well.
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

    /// A command that runs `program` within `bounds`: no input, output and errors piped.
    pub fn command(&self, program: &Path, arguments: &[OsString], bounds: Bounds) -> Command {
        let mut command = Command::new(&self.helper);
        command
            .arg(exec::SUBCOMMAND)
            .args(exec::Restrictions::of(bounds).to_arguments())
            .arg(program)
            .args(arguments)
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            // Arenas reserve address space by the 64 MiB, which the limit would count.
            .env("MALLOC_ARENA_MAX", "2")
            .env("AV_LOG_FORCE_NOCOLOR", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs `program` to its end and takes what it writes, at most `max_bytes`. Dropping the future
    /// kills it.
    pub async fn capture(
        &self,
        program: &Path,
        arguments: &[OsString],
        bounds: Bounds,
        max_bytes: u64,
    ) -> Result<Captured, Failure> {
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

/// All of a pipe, or an error once there is more than `max_bytes`.
async fn read_limited(pipe: impl AsyncRead + Unpin, max_bytes: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = pipe.take(max_bytes + 1).read_to_end(&mut bytes).await?;
    if read as u64 > max_bytes {
        return Err(io::Error::other("more output than expected"));
    }
    Ok(bytes)
}

/// Drains a pipe and keeps its end.
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
