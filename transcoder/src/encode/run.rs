//! Runs the encoder: one task drains each pipe, a watchdog checks progress, and time is limited.

use std::{
    io,
    os::fd::OwnedFd,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use command_fds::{CommandFdExt, FdMapping};
use shared::{
    media::Progress,
    sandbox::{Bounds, Process, read_tail},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    net::unix::pipe,
    sync::watch,
    task::JoinSet,
};

use super::{
    command::{command_line, outputs},
    encoded::Encoded,
    explain::{ProcessEnd, check_encoded},
    track::{TrackEnd, TrackSink, drain_track},
};
use crate::{
    failure::{Cause, Failure},
    limits::Limits,
    plan::Plan,
    publish::ObjectWriter,
    sandbox::{Sandbox, memory_bytes},
};

/// What to encode and where to.
pub struct EncodeJob<'a> {
    /// Where ffmpeg is.
    pub sandbox: &'a Sandbox,
    /// What to make.
    pub plan: &'a Plan,
    /// The source, under a name that this program made.
    pub source: &'a Path,
    /// How much it may use.
    pub limits: &'a Limits,
    /// Where the objects go.
    pub writer: Arc<ObjectWriter>,
    /// Where the progress is reported.
    pub progress: &'a watch::Sender<Progress>,
}

/// Encodes and stores all renditions of a plan. Dropping the future kills the encoder.
pub async fn encode(job: EncodeJob<'_>) -> Result<Encoded, Failure> {
    let (plan, limits) = (job.plan, job.limits);
    let duration = plan.source.video.duration;
    let bounds = bounds_of(plan, limits);
    let arguments = command_line(plan, job.source, limits);
    let mut command = job
        .sandbox
        .command(job.sandbox.ffmpeg(), &arguments, bounds);
    let tracks = connect_pipes(&mut command, &job)?;
    let mut process = Process::spawn(command)?;
    let (stdout, stderr) = process.take_pipes()?;
    let pulse = Arc::new(AtomicU64::new(0));
    let begun = Instant::now();
    let on_clock = |done| {
        pulse.fetch_add(1, Ordering::Relaxed);
        let now = Progress::encoding(done, duration, begun.elapsed());
        job.progress.send_replace(now);
    };
    on_clock(Duration::ZERO);
    let work = async {
        let (encoded, (), errors) = tokio::try_join!(
            drain_tracks(tracks, &pulse),
            async { watch_clock(stdout, on_clock).await.map_err(Failure::from) },
            async { read_tail(stderr).await.map_err(Failure::from) },
        )?;
        let status = process.wait().await?;
        check_encoded(plan, encoded, &ProcessEnd { status, errors })
    };
    tokio::select! {
        encoded = work => encoded,
        () = tokio::time::sleep(limits.wall_time(duration)) => {
            Err(Failure::new(Cause::WallTime, "wall time is used up"))
        }
        () = stalled(&pulse, limits.stall) => {
            Err(Failure::new(Cause::Stall, "the encoder makes no progress"))
        }
    }
}

fn bounds_of(plan: &Plan, limits: &Limits) -> Bounds {
    let wall_time = limits.wall_time(plan.source.video.duration);
    Bounds {
        wall_time,
        cpu_time: wall_time.saturating_mul(plan.threads.max(2)),
        memory_bytes: memory_bytes(plan.source.video.coded_pixels, plan.threads),
    }
}

/// A rendition's pipe, and where its segments go.
struct Track {
    pipe: pipe::Receiver,
    sink: TrackSink,
}

/// A pipe for each output. The child's ends are closed in this process when the command is dropped.
fn connect_pipes(
    command: &mut std::process::Command,
    job: &EncodeJob<'_>,
) -> Result<Vec<Track>, Failure> {
    let (mut tracks, mut mappings) = (Vec::new(), Vec::new());
    for output in outputs(job.plan) {
        let (ours, theirs) = io::pipe()?;
        mappings.push(FdMapping {
            parent_fd: OwnedFd::from(theirs),
            child_fd: output.pipe,
        });
        let sink = TrackSink {
            kind: output.kind,
            frame_rate: job.plan.frame_rate,
            rule: job.plan.cut_rule(),
            writer: Arc::clone(&job.writer),
        };
        let pipe = pipe::Receiver::from_owned_fd(OwnedFd::from(ours))?;
        tracks.push(Track { pipe, sink });
    }
    command.fd_mappings(mappings).map_err(io::Error::other)?;
    Ok(tracks)
}

/// Reads all pipes at once: a pipe that nobody reads would stop the encoder and with it the others.
async fn drain_tracks(tracks: Vec<Track>, pulse: &Arc<AtomicU64>) -> Result<Encoded, Failure> {
    let mut tasks = JoinSet::new();
    for (index, Track { pipe, sink }) in tracks.into_iter().enumerate() {
        let pulse = Arc::clone(pulse);
        let beat = move || {
            pulse.fetch_add(1, Ordering::Relaxed);
        };
        let writer = Arc::clone(&sink.writer);
        let drained = async move { (index, drain_track(pipe, sink, beat).await) };
        tasks.spawn(writer.track(drained));
    }
    let mut found = Vec::new();
    while let Some(joined) = tasks.join_next().await {
        let (index, end) = joined.map_err(io::Error::other)?;
        match end? {
            TrackEnd::Whole(rendition) => found.push((index, rendition)),
            // An audio track may be declared and empty; `check_encoded` misses video.
            TrackEnd::Nothing | TrackEnd::Cut => {}
        }
    }
    found.sort_by_key(|(index, _)| *index);
    Ok(Encoded {
        renditions: found.into_iter().map(|(_, rendition)| rendition).collect(),
    })
}

/// Calls `on_clock` with the encoded duration whenever it has changed. Lines are
/// `out_time_us=1234` (`N/A` at first), bounded by ffmpeg itself.
async fn watch_clock(
    stdout: impl AsyncRead + Unpin,
    on_clock: impl Fn(Duration),
) -> io::Result<()> {
    let mut lines = BufReader::new(stdout).lines();
    let mut last = None;
    while let Some(line) = lines.next_line().await? {
        let time = line.strip_prefix("out_time_us=");
        let Some(time) = time.and_then(|time| time.parse().ok()) else {
            continue;
        };
        if last != Some(time) {
            last = Some(time);
            on_clock(Duration::from_micros(time));
        }
    }
    Ok(())
}

/// Ends when `pulse` did not change for `limit`.
async fn stalled(pulse: &AtomicU64, limit: Duration) {
    let mut seen = pulse.load(Ordering::Relaxed);
    loop {
        tokio::time::sleep(limit).await;
        let now = pulse.load(Ordering::Relaxed);
        if now == seen {
            return;
        }
        seen = now;
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[tokio::test]
    async fn the_clock_is_told_when_it_moves_and_only_then() {
        let lines = "frame=0\nout_time_us=N/A\nout_time_us=-5\nout_time_us=0\nprogress=continue\n\
                     out_time_us=40000\nout_time_us=40000\nout_time_ms=50000\nout_time_us=80000\n";
        let told = RefCell::new(Vec::new());
        watch_clock(lines.as_bytes(), |done| {
            told.borrow_mut().push(done.as_millis());
        })
        .await
        .unwrap();
        assert_eq!(told.into_inner(), [0, 40, 80]);
    }
}
