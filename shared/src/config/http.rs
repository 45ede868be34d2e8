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
    /// Maximum time for the whole header of a request, from its first byte on.
    #[arg(
        id = "PAWL_HEADER_TIMEOUT",
        long = "header-timeout",
        env = "PAWL_HEADER_TIMEOUT",
        value_name = "DURATION",
        default_value = "10s",
        value_parser = duration
    )]
    pub header_timeout: Duration,

    /// How long a connection is kept without a request. It must be longer than the same setting of
    /// a proxy before the server: then the proxy closes its connections, and none closes while a
    /// request is on its way.
    #[arg(
        id = "PAWL_KEEP_ALIVE_TIMEOUT",
        long = "keep-alive-timeout",
        env = "PAWL_KEEP_ALIVE_TIMEOUT",
        value_name = "DURATION",
        default_value = "80s",
        value_parser = duration
    )]
    pub keep_alive_timeout: Duration,

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

    /// Maximum number of connections. Further connections wait in the kernel's queue. The limit of
    /// open files may lower it.
    #[arg(
        id = "PAWL_MAX_CONNECTIONS",
        long = "max-connections",
        env = "PAWL_MAX_CONNECTIONS",
        value_name = "COUNT",
        default_value_t = 10_000,
        value_parser = clap::value_parser!(u32).range(1..=1_000_000)
    )]
    pub max_connections: u32,

    /// Maximum number of connections from one network, an IPv4 address or an IPv6 /64. Further
    /// connections are closed. It does not apply to trusted proxies. Unset: a quarter of all
    /// connections that there may be.
    #[arg(
        id = "PAWL_MAX_CONNECTIONS_PER_NETWORK",
        long = "max-connections-per-network",
        env = "PAWL_MAX_CONNECTIONS_PER_NETWORK",
        value_name = "COUNT",
        value_parser = clap::value_parser!(u32).range(1..=1_000_000)
    )]
    pub max_connections_per_network: Option<u32>,

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

impl HttpArgs {
    /// The maximum number of connections from one network, if there may be `total`.
    pub fn connections_per_network(&self, total: u32) -> u32 {
        self.max_connections_per_network
            .unwrap_or_else(|| total.div_ceil(4))
    }
}

impl Check for HttpArgs {
    fn check(&self, faults: &mut Faults) {
        for (setting, time) in [
            ("PAWL_HEADER_TIMEOUT", self.header_timeout),
            ("PAWL_KEEP_ALIVE_TIMEOUT", self.keep_alive_timeout),
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
