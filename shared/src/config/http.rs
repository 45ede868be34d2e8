//! Timeouts and limits of an HTTP listener.

use std::time::Duration;

use clap::Args;

use super::{
    faults::{Check, Faults},
    units::{ByteSize, duration},
};

/// Limits of an HTTP listener.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "HTTP")]
pub struct HttpArgs {
    /// Maximum time for the whole header of a request. An idle connection is kept for the same
    /// time.
    #[arg(
        id = "PAWL_HEADER_TIMEOUT",
        long = "header-timeout",
        env = "PAWL_HEADER_TIMEOUT",
        value_name = "DURATION",
        default_value = "10s",
        value_parser = duration
    )]
    pub header_timeout: Duration,

    /// A request is aborted when no byte of its body arrives for this long, or when the client
    /// reads no byte of the answer for this long.
    #[arg(
        id = "PAWL_IDLE_BODY_TIMEOUT",
        long = "idle-body-timeout",
        env = "PAWL_IDLE_BODY_TIMEOUT",
        value_name = "DURATION",
        default_value = "30s",
        value_parser = duration
    )]
    pub idle_body_timeout: Duration,

    /// A request is aborted when its body arrives more slowly than this per second, over the
    /// window.
    #[arg(
        id = "PAWL_MIN_SPEED",
        long = "min-speed",
        env = "PAWL_MIN_SPEED",
        value_name = "SIZE",
        default_value = "1KiB"
    )]
    pub min_speed: ByteSize,

    /// The window over which the minimum speed is measured.
    #[arg(
        id = "PAWL_MIN_SPEED_WINDOW",
        long = "min-speed-window",
        env = "PAWL_MIN_SPEED_WINDOW",
        value_name = "DURATION",
        default_value = "60s",
        value_parser = duration
    )]
    pub min_speed_window: Duration,

    /// Maximum number of connections. Further connections wait in the kernel's queue.
    #[arg(
        id = "PAWL_MAX_CONNECTIONS",
        long = "max-connections",
        env = "PAWL_MAX_CONNECTIONS",
        value_name = "COUNT",
        default_value_t = 10_000,
        value_parser = clap::value_parser!(u32).range(1..=1_000_000)
    )]
    pub max_connections: u32,

    /// Maximum size of all headers of a request (8KiB to 256KiB).
    #[arg(
        id = "PAWL_MAX_HEADER_BYTES",
        long = "max-header-bytes",
        env = "PAWL_MAX_HEADER_BYTES",
        value_name = "SIZE",
        default_value = "32KiB",
        value_parser = header_bytes
    )]
    pub max_header_bytes: ByteSize,
}

impl Check for HttpArgs {
    fn check(&self, faults: &mut Faults) {
        for (setting, time) in [
            ("PAWL_HEADER_TIMEOUT", self.header_timeout),
            ("PAWL_IDLE_BODY_TIMEOUT", self.idle_body_timeout),
            ("PAWL_MIN_SPEED_WINDOW", self.min_speed_window),
        ] {
            if time.is_zero() {
                faults.add(&[setting], "must be above 0");
            }
        }
    }
}

/// hyper reads into buffers of at least 8 KiB. A bound above 256 KiB would let clients use much
/// memory.
fn header_bytes(text: &str) -> Result<ByteSize, String> {
    let size: ByteSize = text
        .parse()
        .map_err(|error: super::UnitError| error.to_string())?;
    if (8 << 10..=256 << 10).contains(&size.bytes()) {
        Ok(size)
    } else {
        Err("write a size from 8KiB to 256KiB".to_owned())
    }
}
