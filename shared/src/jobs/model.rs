//! Jobs, leases and their settings.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    config::JobArgs,
    ids::{JobId, MediaId, PostId},
    telemetry::TraceContext,
};

/// What a job does. It decides which binary works on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobKind {
    /// Make a media item playable; for transcoders.
    Transcode,
    /// Remove the rows and files of something that was deleted; for api-servers.
    Purge,
}

impl JobKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Transcode, Self::Purge];

    /// The value in `jobs.kind`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Transcode => "transcode",
            Self::Purge => "purge",
        }
    }
}

/// The priority of a job of seconds, such as the conversion of a picture. It does not wait behind
/// long ones, whose priority is [`LONG`].
pub const SHORT: i16 = 10;
/// The default priority. Such a job may take hours.
pub const LONG: i16 = 0;

/// What a purge removes: the payload of its job, such as `{"post_id": "7"}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PurgeTarget {
    /// A deleted post.
    #[serde(rename = "post_id")]
    Post(PostId),
    /// The files of a media item.
    #[serde(rename = "media_id")]
    Media(MediaId),
}

/// A job to enqueue.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// What it does.
    pub kind: JobKind,
    /// At most one queued or running job has it.
    pub unique_key: String,
    /// The media that it works on. The job is deleted with it.
    pub media_id: Option<MediaId>,
    /// Jobs of a higher priority are claimed first: [`SHORT`] or [`LONG`].
    pub priority: i16,
    /// Further input of the job.
    pub payload: Value,
    /// How long the job waits before it may be claimed.
    pub delay: Duration,
}

impl NewJob {
    /// The transcode of `media`.
    #[must_use]
    pub fn transcode(media: MediaId) -> Self {
        Self {
            kind: JobKind::Transcode,
            unique_key: format!("transcode:{media}"),
            media_id: Some(media),
            priority: LONG,
            payload: Value::Object(serde_json::Map::new()),
            delay: Duration::ZERO,
        }
    }

    /// The removal of a deleted post, its comments, likes and media.
    #[must_use]
    pub fn purge_post(post: PostId, delay: Duration) -> Self {
        Self::purge(PurgeTarget::Post(post), format!("purge:post:{post}"), delay)
    }

    /// The removal of the files of a media item whose row is gone.
    #[must_use]
    pub fn purge_media(media: MediaId, delay: Duration) -> Self {
        Self::purge(
            PurgeTarget::Media(media),
            format!("purge:media:{media}"),
            delay,
        )
    }

    fn purge(target: PurgeTarget, unique_key: String, delay: Duration) -> Self {
        Self {
            kind: JobKind::Purge,
            unique_key,
            media_id: None,
            priority: LONG,
            payload: json!(target),
            delay,
        }
    }
}

/// The right to work on a job, until it expires, is released or the job ends.
#[derive(Debug, Clone)]
pub struct Lease {
    /// The job.
    pub job_id: JobId,
    /// Identifies this attempt; every statement about the job checks it.
    pub token: Uuid,
    /// The media that it works on.
    pub media_id: Option<MediaId>,
    /// The job's input.
    pub payload: Value,
    /// The job's priority.
    pub priority: i16,
    /// This attempt's number, from 1. An attempt counts when it is claimed.
    pub attempt: i32,
    /// How many attempts there are; `None` for no limit.
    pub max_attempts: Option<i32>,
    /// The trace of the request that queued the job.
    pub trace: Option<TraceContext>,
    /// From the time the job was due to its claim.
    pub queue_wait: Duration,
}

impl Lease {
    /// Whether the job fails when this attempt does.
    #[must_use]
    pub fn is_last_attempt(&self) -> bool {
        self.max_attempts.is_some_and(|max| self.attempt >= max)
    }
}

/// The settings of a claim.
#[derive(Debug, Clone, Copy)]
pub struct ClaimSettings {
    /// How long the lease lasts without a heartbeat.
    pub lease: Duration,
    /// How many attempts a job has; `None` for no limit. A change applies from the next claim on.
    pub max_attempts: Option<i32>,
}

/// How a worker treats its jobs.
#[derive(Debug, Clone, Copy)]
pub struct JobSettings {
    /// How long a lease lasts, and how many attempts a job has.
    pub claim: ClaimSettings,
    /// How often a lease is extended.
    pub heartbeat: Duration,
    /// The wait between attempts.
    pub backoff: Backoff,
    /// How often to look for jobs when no hint comes.
    pub poll: Duration,
}

impl JobSettings {
    /// The settings of a worker whose jobs have this many attempts; `None` for no limit.
    #[must_use]
    pub fn new(args: &JobArgs, max_attempts: Option<i32>) -> Self {
        Self {
            claim: ClaimSettings {
                lease: args.lease,
                max_attempts,
            },
            heartbeat: args.heartbeat,
            backoff: Backoff::new(args.backoff),
            poll: args.poll,
        }
    }
}

/// How long a job waits after a failed attempt: `first × factorⁿ⁻¹` after attempt n.
#[derive(Debug, Clone, Copy)]
pub struct Backoff {
    /// The wait after the first attempt.
    pub first: Duration,
    /// How much longer each further wait is.
    pub factor: u32,
    /// The longest wait.
    pub longest: Duration,
}

impl Backoff {
    /// With a first wait of 5 s: 5 s, 20 s, 80 s, …, at most a day.
    #[must_use]
    pub fn new(first: Duration) -> Self {
        Self {
            first,
            factor: 4,
            longest: Duration::from_hours(24),
        }
    }

    /// The wait after attempt `attempt` (from 1).
    #[must_use]
    pub fn after(self, attempt: i32) -> Duration {
        let exponent = u32::try_from(attempt.saturating_sub(1)).unwrap_or(0);
        self.first
            .saturating_mul(self.factor.saturating_pow(exponent))
            .min(self.longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_payload_of_a_purge_is_read_as_it_was_written_by_every_release() {
        let media = MediaId::generate();
        for (job, payload, target) in [
            (
                NewJob::purge_post(PostId(7), Duration::ZERO),
                json!({"post_id": "7"}),
                PurgeTarget::Post(PostId(7)),
            ),
            (
                NewJob::purge_media(media, Duration::ZERO),
                json!({"media_id": media}),
                PurgeTarget::Media(media),
            ),
        ] {
            assert_eq!(job.payload, payload);
            assert_eq!(PurgeTarget::deserialize(&payload).unwrap(), target);
        }
        assert!(PurgeTarget::deserialize(&json!({})).is_err());
    }

    #[test]
    fn the_backoff_grows_by_its_factor_and_is_bounded() {
        let backoff = Backoff::new(Duration::from_secs(5));
        assert_eq!([1, 2, 3].map(|n| backoff.after(n).as_secs()), [5, 20, 80]);
        assert_eq!(backoff.after(i32::MAX), Duration::from_hours(24));
    }
}
