//! Runs the encoder: a task a pipe, always drained; a watchdog on progress; a limit on time.

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
use shared::media::{FailureCode, Progress, Rendition, RenditionKind};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    net::unix::pipe,
    sync::watch,
    task::JoinSet,
};

use super::{
    command::{OutputKind, command_line, outputs},
    explain::{Ending, judge},
    track::{TrackEnd, TrackSink, drain_track},
};
use crate::{
    failure::Failure,
    limits::Limits,
    plan::Plan,
    publish::ObjectWriter,
    sandbox::{Bounds, Process, Sandbox, memory_bytes, read_tail},
};

/// Rungs come from one decode and can differ only by what the encoder holds back at a kill.
const MAX_RUNG_DIFFERENCE_US: u64 = 500_000;

/// What to encode and where to.
pub struct EncodeJob<'a> {
    /// Where ffmpeg is.
    pub sandbox: &'a Sandbox,
    /// What to make.
    pub plan: &'a Plan,
    /// What from; a name that this program made.
    pub source: &'a Path,
    /// How much it may use.
    pub limits: &'a Limits,
    /// Where the objects go.
    pub writer: Arc<ObjectWriter>,
    /// Where it is shown how far the work is.
    pub progress: &'a watch::Sender<Progress>,
}

/// Renditions whose objects are stored and synced, but not published.
#[derive(Debug, Default)]
pub struct Encoded {
    /// Video from best to least, then sound.
    pub renditions: Vec<Rendition>,
}

impl Encoded {
    /// How long the pictures play.
    pub fn duration(&self) -> Duration {
        let longest = self.videos().map(Rendition::duration_us).max();
        Duration::from_micros(longest.unwrap_or(0))
    }

    /// Whether every rung of the plan is there and as long as the others.
    pub fn is_whole(&self, plan: &Plan) -> bool {
        let shortest = self.videos().map(Rendition::duration_us).min().unwrap_or(0);
        let difference = self
            .duration()
            .saturating_sub(Duration::from_micros(shortest));
        self.videos().count() == plan.rungs.len()
            && difference <= Duration::from_micros(MAX_RUNG_DIFFERENCE_US)
    }

    fn videos(&self) -> impl Iterator<Item = &Rendition> {
        self.renditions
            .iter()
            .filter(|rendition| rendition.kind == RenditionKind::Video)
    }
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
        judge(plan, encoded, &Ending { status, errors })
    };
    tokio::select! {
        encoded = work => encoded,
        () = tokio::time::sleep(limits.wall_time(duration)) => {
            Err(Failure::rejected(FailureCode::TimedOut, "wall time is used up"))
        }
        () = stalled(&pulse, limits.stall) => {
            Err(Failure::retryable(FailureCode::TimedOut, "the encoder makes no progress"))
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

type Track = (pipe::Receiver, TrackSink);

/// A pipe for each output; the child's ends close here when the command is dropped.
fn connect_pipes(
    command: &mut std::process::Command,
    job: &EncodeJob<'_>,
) -> Result<Vec<Track>, Failure> {
    let (mut tracks, mut mappings) = (Vec::new(), Vec::new());
    for (child_fd, kind) in outputs(job.plan) {
        let (ours, theirs) = io::pipe()?;
        mappings.push(FdMapping {
            parent_fd: OwnedFd::from(theirs),
            child_fd,
        });
        let sink = TrackSink {
            kind,
            frame_rate: job.plan.frame_rate,
            rule: job.plan.cut_rule(),
            writer: Arc::clone(&job.writer),
        };
        tracks.push((pipe::Receiver::from_owned_fd(OwnedFd::from(ours))?, sink));
    }
    command.fd_mappings(mappings).map_err(io::Error::other)?;
    Ok(tracks)
}

/// All pipes at once: one that nobody reads would stop the encoder and thereby the others.
async fn drain_tracks(tracks: Vec<Track>, pulse: &Arc<AtomicU64>) -> Result<Encoded, Failure> {
    let mut tasks = JoinSet::new();
    for (index, (pipe, sink)) in tracks.into_iter().enumerate() {
        let pulse = Arc::clone(pulse);
        let beat = move || {
            pulse.fetch_add(1, Ordering::Relaxed);
        };
        let kind = sink.kind.clone();
        let writer = Arc::clone(&sink.writer);
        let drained = async move { (index, kind, drain_track(pipe, sink, beat).await) };
        tasks.spawn(writer.track(drained));
    }
    let mut found = Vec::new();
    while let Some(joined) = tasks.join_next().await {
        let (index, kind, end) = joined.map_err(io::Error::other)?;
        match (end?, kind) {
            (TrackEnd::Whole(rendition), _) => found.push((index, rendition)),
            // A track of sound may be declared and empty; pictures are missed by `judge`.
            (TrackEnd::Nothing | TrackEnd::Cut, OutputKind::Audio | OutputKind::Video(_)) => {}
        }
    }
    found.sort_by_key(|(index, _)| *index);
    Ok(Encoded {
        renditions: found.into_iter().map(|(_, rendition)| rendition).collect(),
    })
}

/// Calls `on_clock` whenever the encoder's own clock has moved, with how much is encoded. Lines are
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

/// Ends when there was no beat for `limit`.
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
