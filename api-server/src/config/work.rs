//! What this server does beside answering.

use std::time::Duration;

use clap::Args;
use shared::config::duration;

/// What this server does beside answering.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Work in the background")]
pub struct WorkArgs {
    /// Jobs worked on at a time: what was deleted is purged. A server that works also forgets, each
    /// hour, old idempotency keys and sign-in attempts. With 0 it does neither, and some other
    /// api-server has to.
    #[arg(
        id = "PAWL_WORKERS",
        long = "workers",
        env = "PAWL_WORKERS",
        value_name = "COUNT",
        default_value_t = 1,
        value_parser = clap::value_parser!(u32).range(0..=64)
    )]
    pub workers: u32,

    /// How long a deleted post or media is kept, unseen, before its rows and files are removed.
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
