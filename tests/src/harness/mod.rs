//! A private stack of the real binaries, and a client for it.
//!
//! A stack has its own database, store and processes, and removes them at its end. Binaries come
//! from `PAWL_TEST_BIN_DIR`, else from the directory of the test; Postgres comes from
//! `PAWL_TEST_DATABASE_URL`.

mod client;
mod cluster;
mod ffmpeg;
mod lent;
mod poll;
mod ports;
mod process;
mod program;
mod seed;
mod stack;

pub use client::{Client, PASSWORD, Upload, VIDEO, offset_in};
pub use cluster::Cluster;
pub use ffmpeg::{
    decode, duration_seconds, loop_video, picture_from_video, processes_that_mention,
    start_of_video, video_file,
};
pub use lent::LentStack;
pub use poll::{DEADLINE, eventually};
pub use process::Process;
pub use program::Program;
pub use seed::{Seed, loops};
pub use stack::{Stack, StackSettings, show_logs_of_failure};
