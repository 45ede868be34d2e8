//! The settings of the job runner, for every binary that works on jobs.

use std::time::Duration;

use clap::Args;

use super::{
    faults::{Check, Faults},
    units::duration,
};

/// Leases, pauses and polling.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Jobs")]
pub struct JobArgs {
    /// A job whose worker sends no heartbeat for this long goes to another worker.
    #[arg(
        id = "PAWL_JOB_LEASE",
        long = "job-lease",
        env = "PAWL_JOB_LEASE",
        value_name = "DURATION",
        default_value = "15s",
        value_parser = duration
    )]
    pub lease: Duration,

    /// How often a worker extends the lease of its job.
    #[arg(
        id = "PAWL_JOB_HEARTBEAT",
        long = "job-heartbeat",
        env = "PAWL_JOB_HEARTBEAT",
        value_name = "DURATION",
        default_value = "4s",
        value_parser = duration
    )]
    pub heartbeat: Duration,

    /// The wait after the first failed attempt. It is four times as long after each further one.
    #[arg(
        id = "PAWL_JOB_BACKOFF",
        long = "job-backoff",
        env = "PAWL_JOB_BACKOFF",
        value_name = "DURATION",
        default_value = "5s",
        value_parser = duration
    )]
    pub backoff: Duration,

    /// How often to poll for jobs when no hint comes.
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
                faults.add(&[name], "must be longer than 0");
            }
        }
    }
}
