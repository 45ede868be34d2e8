//! Runs a child to its end, writes its input and reads its output.

use std::{
    io::{self, ErrorKind},
    path::Path,
    process::{Command, ExitStatus, Stdio},
    time::Duration,
};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::ChildStdin;

use super::process::Process;

/// How much of a program's standard error is kept.
const MAX_ERROR_BYTES: usize = 8 << 10;

/// What a program wrote and how it ended.
#[derive(Debug)]
pub struct Captured {
    /// Standard output.
    pub bytes: Vec<u8>,
    /// The end of standard error.
    pub errors: String,
    /// How it ended.
    pub status: ExitStatus,
}

impl Captured {
    /// Whether the exit code is 0.
    pub fn is_success(&self) -> bool {
        self.status.success()
    }
}

/// Why a program did not run to its end.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    /// It took longer than allowed and was killed.
    #[error("it took longer than allowed")]
    TimedOut,
    /// It could not be started, a pipe failed, or it wrote too much.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A command for `program`, without input, with piped output and errors, and without the variables
/// of this process except `PATH`.
pub fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
        // Each arena reserves 64 MiB of address space, which counts against the limit.
        .env("MALLOC_ARENA_MAX", "2")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs `command` to its end and captures at most `max_bytes` of output. `input` is written to its
/// standard input if that is a pipe. Dropping the future kills the program.
///
/// # Errors
/// See [`CaptureError`]. A program that fails is not an error.
pub async fn capture(
    command: Command,
    input: Bytes,
    wall_time: Duration,
    max_bytes: u64,
) -> Result<Captured, CaptureError> {
    let mut process = Process::spawn(command)?;
    let stdin = process.take_input();
    let (stdout, stderr) = process.take_pipes()?;
    let run = async {
        let (written, bytes, errors) = tokio::join!(
            write_input(stdin, input),
            read_limited(stdout, max_bytes),
            read_tail(stderr)
        );
        // After an excess of output, which this process does not read, the program may never end.
        let (bytes, errors) = (bytes?, errors?);
        let status = process.wait().await?;
        written?;
        Ok(Captured {
            bytes,
            errors,
            status,
        })
    };
    let ended = tokio::time::timeout(wall_time, run).await;
    ended.unwrap_or(Err(CaptureError::TimedOut))
}

/// Writes the whole input and closes the pipe. A program that ends before it has read everything
/// explains that by its exit code.
async fn write_input(pipe: Option<ChildStdin>, input: Bytes) -> io::Result<()> {
    let Some(mut pipe) = pipe else {
        return Ok(());
    };
    match pipe.write_all(&input).await {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
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
///
/// # Errors
/// The pipe cannot be read.
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

#[cfg(test)]
mod tests {
    use super::*;

    async fn run(script: &str, input: &'static [u8]) -> Result<Captured, CaptureError> {
        let mut command = command(Path::new("/bin/sh"));
        command.arg("-c").arg(script).stdin(Stdio::piped());
        let timeout = Duration::from_mins(5);
        capture(command, Bytes::from_static(input), timeout, 1 << 20).await
    }

    #[tokio::test]
    async fn a_program_reads_its_input_and_its_output_and_end_are_captured() {
        static INPUT: [u8; 300_000] = [b'x'; 300_000];
        let captured = run("cat; echo no >&2; exit 3", &INPUT).await.unwrap();
        assert!(captured.bytes == INPUT);
        assert_eq!(captured.errors, "no");
        assert_eq!(captured.status.code(), Some(3));
    }

    #[tokio::test]
    async fn a_program_may_end_before_it_has_read_its_input() {
        static INPUT: [u8; 300_000] = [b'x'; 300_000];
        let captured = run("exit 0", &INPUT).await.unwrap();
        assert!(captured.is_success());
    }

    #[tokio::test]
    async fn too_much_output_is_an_error_and_ends_the_program() {
        let error = run("exec yes", b"").await.unwrap_err();
        assert!(matches!(error, CaptureError::Io(_)), "{error}");
    }

    #[tokio::test]
    async fn a_program_that_takes_too_long_is_given_up() {
        let mut command = command(Path::new("/bin/sh"));
        command.args(["-c", "kill -STOP $$"]);
        let ended = capture(command, Bytes::new(), Duration::from_millis(100), 1).await;
        assert!(matches!(ended, Err(CaptureError::TimedOut)));
    }
}
