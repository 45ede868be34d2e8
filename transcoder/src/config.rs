//! The settings of transcoder: the groups that all binaries share, and its own.

use std::{path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand};
use shared::config::{
    Check, DatabaseArgs, DrainArgs, Faults, HostPort, JobArgs, LogArgs, RedisArgs, StoreArgs,
    duration, switch,
};

use shared::media::image::MAX_PIXELS;

use crate::limits::Limits;

/// Turns finished uploads into HLS renditions.
#[derive(Clone, Debug, Parser)]
#[command(name = "transcoder", version)]
pub struct Config {
    /// The subcommand and its settings.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands. Each takes the same settings.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Work on jobs until SIGTERM or SIGINT.
    Run(Settings),
    /// Bring the database's schema up to date.
    Migrate(Settings),
    /// Check the configuration, the connections and the programs.
    Check(Settings),
}

impl Command {
    /// The settings of any subcommand.
    pub fn settings(&self) -> &Settings {
        match self {
            Self::Run(settings) | Self::Migrate(settings) | Self::Check(settings) => settings,
        }
    }
}

/// All settings.
#[derive(Clone, Debug, Args)]
pub struct Settings {
    #[command(flatten)]
    pub database: DatabaseArgs,
    #[command(flatten)]
    pub redis: RedisArgs,
    #[command(flatten)]
    pub store: StoreArgs,
    #[command(flatten)]
    pub worker: WorkerArgs,
    #[command(flatten)]
    pub jobs: JobArgs,
    #[command(flatten)]
    pub encoder: EncoderArgs,
    #[command(flatten)]
    pub log: LogArgs,
    #[command(flatten)]
    pub drain: DrainArgs,
}

/// How the worker runs.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Worker")]
pub struct WorkerArgs {
    /// The address of the metrics and health endpoints.
    #[arg(
        id = "PAWL_TRANSCODER_OPS_LISTEN",
        long = "transcoder-ops-listen",
        env = "PAWL_TRANSCODER_OPS_LISTEN",
        value_name = "ADDRESS",
        default_value = "127.0.0.1:9110"
    )]
    pub ops_listen: HostPort,

    /// The number of jobs worked on at the same time.
    #[arg(
        id = "PAWL_TRANSCODER_SLOTS",
        long = "transcoder-slots",
        env = "PAWL_TRANSCODER_SLOTS",
        value_name = "COUNT",
        default_value_t = 1,
        value_parser = clap::value_parser!(u32).range(1..=64)
    )]
    pub slots: u32,

    /// The number of pictures worked on at the same time besides these jobs, so that pictures do
    /// not wait for videos.
    #[arg(
        id = "PAWL_TRANSCODER_PICTURE_SLOTS",
        long = "transcoder-picture-slots",
        env = "PAWL_TRANSCODER_PICTURE_SLOTS",
        value_name = "COUNT",
        default_value_t = 1,
        value_parser = clap::value_parser!(u32).range(0..=64)
    )]
    pub picture_slots: u32,

    /// How many attempts a job has. An attempt counts from its start.
    #[arg(
        id = "PAWL_JOB_ATTEMPTS",
        long = "job-attempts",
        env = "PAWL_JOB_ATTEMPTS",
        value_name = "COUNT",
        default_value_t = 3,
        value_parser = clap::value_parser!(i32).range(1..=100)
    )]
    pub job_attempts: i32,

    /// How often to remove files that dead attempts left in the store.
    #[arg(
        id = "PAWL_STORE_SWEEP",
        long = "store-sweep",
        env = "PAWL_STORE_SWEEP",
        value_name = "DURATION",
        default_value = "10m",
        value_parser = duration
    )]
    pub sweep: Duration,

    /// Whether to watch the store for finished uploads. When off, jobs are found by NOTIFY and by
    /// polling.
    #[arg(
        id = "PAWL_WATCH",
        long = "watch",
        env = "PAWL_WATCH",
        value_name = "SWITCH",
        default_value = "on",
        value_parser = switch,
        action = clap::ArgAction::Set
    )]
    pub watch: bool,
}

/// The limits on a source, and the programs that work on it.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Encoder")]
pub struct EncoderArgs {
    /// The longest video that is accepted.
    #[arg(
        id = "PAWL_MAX_DURATION",
        long = "max-duration",
        env = "PAWL_MAX_DURATION",
        value_name = "DURATION",
        default_value = "4h",
        value_parser = duration
    )]
    pub max_duration: Duration,

    /// Maximum number of pixels of a video frame.
    #[arg(
        id = "PAWL_MAX_PIXELS",
        long = "max-pixels",
        env = "PAWL_MAX_PIXELS",
        value_name = "COUNT",
        default_value_t = 36_000_000
    )]
    pub max_pixels: u64,

    /// Maximum number of pixels of a picture.
    #[arg(
        id = "PAWL_MAX_PICTURE_PIXELS",
        long = "max-picture-pixels",
        env = "PAWL_MAX_PICTURE_PIXELS",
        value_name = "COUNT",
        default_value_t = MAX_PIXELS
    )]
    pub max_picture_pixels: u64,

    /// Maximum number of tracks of a file.
    #[arg(
        id = "PAWL_MAX_STREAMS",
        long = "max-streams",
        env = "PAWL_MAX_STREAMS",
        value_name = "COUNT",
        default_value_t = 16
    )]
    pub max_streams: u32,

    /// Encoding may take this multiple of the video's duration, plus `PAWL_ENCODE_TIME_BASE`.
    #[arg(
        id = "PAWL_ENCODE_TIME_FACTOR",
        long = "encode-time-factor",
        env = "PAWL_ENCODE_TIME_FACTOR",
        value_name = "FACTOR",
        default_value_t = 20
    )]
    pub wall_time_factor: u32,

    /// The part of the encoding time limit that does not depend on the video's duration.
    #[arg(
        id = "PAWL_ENCODE_TIME_BASE",
        long = "encode-time-base",
        env = "PAWL_ENCODE_TIME_BASE",
        value_name = "DURATION",
        default_value = "2m",
        value_parser = duration
    )]
    pub wall_time_base: Duration,

    /// An encoder without progress for this long is stopped.
    #[arg(
        id = "PAWL_ENCODE_STALL",
        long = "encode-stall",
        env = "PAWL_ENCODE_STALL",
        value_name = "DURATION",
        default_value = "1m",
        value_parser = duration
    )]
    pub stall: Duration,

    /// The time limit of probing a file.
    #[arg(
        id = "PAWL_PROBE_TIME",
        long = "probe-time",
        env = "PAWL_PROBE_TIME",
        value_name = "DURATION",
        default_value = "30s",
        value_parser = duration
    )]
    pub probe_time: Duration,

    /// Threads of an encoder. Unset: the number of processors divided by the slots, at most 8.
    #[arg(
        id = "PAWL_ENCODE_THREADS",
        long = "encode-threads",
        env = "PAWL_ENCODE_THREADS",
        value_name = "COUNT",
        value_parser = clap::value_parser!(u32).range(1..=64)
    )]
    pub threads: Option<u32>,

    /// The ffmpeg binary.
    #[arg(
        id = "PAWL_FFMPEG",
        long = "ffmpeg",
        env = "PAWL_FFMPEG",
        value_name = "PATH",
        default_value = "ffmpeg"
    )]
    pub ffmpeg: PathBuf,

    /// The ffprobe binary.
    #[arg(
        id = "PAWL_FFPROBE",
        long = "ffprobe",
        env = "PAWL_FFPROBE",
        value_name = "PATH",
        default_value = "ffprobe"
    )]
    pub ffprobe: PathBuf,
}

impl Settings {
    /// The limits on a source.
    pub fn limits(&self) -> Limits {
        self.encoder.limits(self.worker.slots)
    }
}

impl EncoderArgs {
    /// The limits on a source if this many encoders run at once.
    pub fn limits(&self, slots: u32) -> Limits {
        Limits {
            max_duration: self.max_duration,
            max_pixels: self.max_pixels,
            max_picture_pixels: self.max_picture_pixels,
            max_streams: self.max_streams,
            wall_time_factor: self.wall_time_factor,
            wall_time_base: self.wall_time_base,
            stall: self.stall,
            probe_time: self.probe_time,
            threads: self.threads.unwrap_or_else(|| share_of_processors(slots)),
        }
    }
}

fn share_of_processors(slots: u32) -> u32 {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let processors = u32::try_from(processors).unwrap_or(u32::MAX);
    (processors / slots.max(1)).clamp(1, 8)
}

impl Check for Config {
    fn check(&self, faults: &mut Faults) {
        self.command.settings().check(faults);
    }
}

impl Check for Settings {
    fn check(&self, faults: &mut Faults) {
        self.database.check(faults);
        self.redis.check(faults);
        self.log.check(faults);
        self.jobs.check(faults);
        let periods = [
            ("PAWL_STORE_SWEEP", self.worker.sweep),
            ("PAWL_ENCODE_STALL", self.encoder.stall),
        ];
        for (name, period) in periods {
            if period.is_zero() {
                faults.add(&[name], "must be longer than 0");
            }
        }
    }
}

#[cfg(test)]
mod tests;
