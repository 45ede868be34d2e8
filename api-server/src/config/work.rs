//! The settings of background work.

use std::time::Duration;

use clap::Args;
use shared::config::duration;

/// Background jobs.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Background work")]
pub struct WorkArgs {
    /// The number of jobs that run at the same time. They purge deleted posts and media. A server
    /// with workers also removes old idempotency keys and sign-in attempts, and ends sessions
    /// beyond a user's maximum, every hour. With 0 it does none of this; then another api-server
    /// must do it.
    #[arg(
        id = "PAWL_WORKERS",
        long = "workers",
        env = "PAWL_WORKERS",
        value_name = "COUNT",
        default_value_t = 1,
        value_parser = clap::value_parser!(u32).range(0..=64)
    )]
    pub workers: u32,

    /// How long the rows and files of deleted posts and media are kept before they are removed.
    #[arg(
        id = "PAWL_PURGE_AFTER",
        long = "purge-after",
        env = "PAWL_PURGE_AFTER",
        value_name = "DURATION",
        default_value = "24h",
        value_parser = duration
    )]
    pub purge_after: Duration,
}
