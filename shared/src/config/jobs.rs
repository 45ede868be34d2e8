//! How workers find jobs and hold their leases, in every binary with workers.

use std::time::Duration;

use clap::Args;

use super::{Check, Faults, units::duration};
use crate::jobs::{Backoff, Terms};

/// How workers find jobs and hold their leases.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Jobs")]
pub struct JobArgs {
    /// A job goes to another worker when its worker has not renewed the lease for this long.
    #[arg(
        id = "PAWL_JOB_LEASE",
        long = "job-lease",
        env = "PAWL_JOB_LEASE",
        value_name = "DURATION",
        default_value = "15s",
        value_parser = duration
    )]
    pub lease: Duration,

    /// How often a worker renews the lease of its job.
    #[arg(
        id = "PAWL_JOB_HEARTBEAT",
        long = "job-heartbeat",
        env = "PAWL_JOB_HEARTBEAT",
        value_name = "DURATION",
        default_value = "4s",
        value_parser = duration
    )]
    pub heartbeat: Duration,

    /// Maximum number of attempts at a job. An attempt counts when it starts.
    #[arg(
        id = "PAWL_JOB_ATTEMPTS",
        long = "job-attempts",
        env = "PAWL_JOB_ATTEMPTS",
        value_name = "COUNT",
        default_value_t = 3,
        value_parser = clap::value_parser!(i32).range(1..=100)
    )]
    pub attempts: i32,

    /// The wait after the first failed attempt. Each further wait is four times as long.
    #[arg(
        id = "PAWL_JOB_BACKOFF",
        long = "job-backoff",
        env = "PAWL_JOB_BACKOFF",
        value_name = "DURATION",
        default_value = "5s",
        value_parser = duration
    )]
    pub backoff: Duration,

    /// How often to poll for jobs without a notification.
    #[arg(
        id = "PAWL_JOB_POLL",
        long = "job-poll",
        env = "PAWL_JOB_POLL",
        value_name = "DURATION",
        default_value = "2s",
        value_parser = duration
    )]
    pub poll: Duration,
}

impl JobArgs {
    /// The terms on which a worker claims a job.
    #[must_use]
    pub fn terms(&self) -> Terms {
        Terms {
            lease: self.lease,
            max_attempts: self.attempts,
        }
    }

    /// How long to wait after a failed attempt.
    #[must_use]
    pub fn backoff(&self) -> Backoff {
        Backoff {
            first: self.backoff,
            ..Backoff::default()
        }
    }
}

impl Check for JobArgs {
    fn check(&self, faults: &mut Faults) {
        // Two heartbeats may be lost before the job goes to another worker.
        if self.heartbeat.saturating_mul(3) > self.lease {
            let text = "the lease must be at least three times the heartbeat";
            faults.add(&["PAWL_JOB_LEASE", "PAWL_JOB_HEARTBEAT"], text);
        }
        let periods = [
            ("PAWL_JOB_HEARTBEAT", self.heartbeat),
            ("PAWL_JOB_POLL", self.poll),
        ];
        for (name, period) in periods {
            if period.is_zero() {
                faults.add(&[name], "must be above 0");
            }
        }
    }
}
