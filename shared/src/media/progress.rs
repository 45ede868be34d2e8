//! The progress of the work on a media item. The transcoder writes it and its owner reads it. It
//! uses Redis only; without Redis there is no progress, but never an error or a wait.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};

use crate::{
    ephemeral::{ANSWER_TIMEOUT, Redis},
    ids::MediaId,
};

/// The minimum time between two updates for a media item.
pub const TELL_EVERY: Duration = Duration::from_secs(1);
/// Progress expires after this time, so that the data of a dead worker disappears. Update more
/// often.
pub const KEPT_FOR: Duration = Duration::from_secs(15);
/// The maximum time that a page waits for progress.
const READ_TIMEOUT: Duration = Duration::from_millis(100);
/// After a failed read, progress is not read again for this time.
const READ_PAUSE: Duration = Duration::from_secs(1);

/// The progress of the work on a media item.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Progress {
    /// The current step.
    pub stage: Stage,
    /// Progress of all steps, 0 to 100; null if the source does not state its duration.
    pub percent: Option<f64>,
    /// Milliseconds left at the current speed; null if unknown.
    pub eta_ms: Option<u64>,
}

/// The steps of the work on a media item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Stage {
    /// Probing the source.
    Probing,
    /// Encoding the renditions.
    Encoding,
    /// Publishing.
    Publishing,
}

impl Progress {
    /// The source is being probed.
    pub const PROBING: Self = Self {
        stage: Stage::Probing,
        percent: Some(0.0),
        eta_ms: None,
    };

    /// Encoding is complete; publishing comes next.
    pub const PUBLISHING: Self = Self {
        stage: Stage::Publishing,
        percent: Some(100.0),
        eta_ms: None,
    };

    /// `done` of `whole` is encoded, which took `elapsed`.
    pub fn encoding(done: Duration, whole: Option<Duration>, elapsed: Duration) -> Self {
        let whole = whole.filter(|whole| !whole.is_zero());
        let done = whole.map_or(done, |whole| done.min(whole));
        let left = whole.map(|whole| whole.saturating_sub(done));
        let permille = whole.map(|whole| done.as_micros() * 1000 / whole.as_micros());
        let eta_ms = left.and_then(|left| {
            (elapsed.as_millis() * left.as_micros()).checked_div(done.as_micros())
        });
        Self {
            stage: Stage::Encoding,
            percent: permille
                .and_then(|permille| u16::try_from(permille).ok())
                .map(|permille| f64::from(permille) / 10.0),
            eta_ms: eta_ms.and_then(|eta_ms| u64::try_from(eta_ms).ok()),
        }
    }
}

/// Reads and writes progress.
#[derive(Debug, Clone)]
pub struct ProgressBoard {
    redis: Redis,
    read_timeout: Duration,
    write_timeout: Duration,
    paused_until: Arc<Mutex<Option<Instant>>>,
}

impl ProgressBoard {
    /// A board on this Redis; without Redis it stays empty.
    pub fn new(redis: Redis) -> Self {
        Self {
            redis,
            read_timeout: READ_TIMEOUT,
            write_timeout: ANSWER_TIMEOUT,
            paused_until: Arc::default(),
        }
    }

    /// The same for tests, with longer timeouts for a busy machine.
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn with_long_timeout(self) -> Self {
        Self {
            read_timeout: Duration::from_secs(30),
            write_timeout: Duration::from_secs(30),
            ..self
        }
    }

    /// Stores the progress of `media` for [`KEPT_FOR`]. Returns whether that succeeded within a
    /// second. Call it at most every [`TELL_EVERY`].
    pub async fn set(&self, media: MediaId, progress: Progress) -> bool {
        // Names and numbers always serialize.
        let value = serde_json::to_vec(&progress).unwrap_or_default();
        let mut set = redis::cmd("SET");
        set.arg(key(media))
            .arg(value)
            .arg("EX")
            .arg(KEPT_FOR.as_secs());
        self.redis
            .ask::<()>(&set, self.write_timeout)
            .await
            .is_some()
    }

    /// Removes the progress of `media`; gives up after a second.
    pub async fn clear(&self, media: MediaId) {
        let mut delete = redis::cmd("DEL");
        let delete = delete.arg(key(media));
        self.redis.ask::<()>(delete, self.write_timeout).await;
    }

    /// The progress of each of `media`, in their order. All are `None` if Redis does not answer
    /// within 100 ms; then Redis is not asked again for a second.
    pub async fn find_many(&self, media: &[MediaId]) -> Vec<Option<Progress>> {
        let unknown = vec![None; media.len()];
        if media.is_empty() || self.is_paused() {
            return unknown;
        }
        let mut read = redis::cmd("MGET");
        read.arg(media.iter().map(|id| key(*id)).collect::<Vec<_>>());
        let values = self.redis.ask(&read, self.read_timeout).await;
        let Some(values): Option<Vec<Option<Vec<u8>>>> = values else {
            self.pause();
            return unknown;
        };
        let parse = |value: Option<Vec<u8>>| serde_json::from_slice(&value?).ok();
        values.into_iter().map(parse).collect()
    }

    fn is_paused(&self) -> bool {
        let until = self.paused_until.lock();
        let until = *until.unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }

    fn pause(&self) {
        let until = self.paused_until.lock();
        *until.unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + READ_PAUSE);
    }
}

fn key(media: MediaId) -> String {
    format!("pawl:progress:{media}")
}

#[cfg(test)]
#[cfg(feature = "testing")]
mod tests {
    use serde_json::json;
    use tokio::net::TcpListener;

    use super::*;
    use crate::testing::test_redis;

    const SECOND: Duration = Duration::from_secs(1);

    fn half() -> Progress {
        Progress::encoding(10 * SECOND, Some(20 * SECOND), 5 * SECOND)
    }

    #[test]
    fn the_share_and_the_time_left_follow_from_the_speed_so_far() {
        let told = |done, whole: Option<u32>, elapsed| {
            let whole = whole.map(|whole| whole * SECOND);
            let progress = Progress::encoding(done * SECOND, whole, elapsed * SECOND);
            (progress.percent, progress.eta_ms)
        };
        assert_eq!(told(10, Some(20), 5), (Some(50.0), Some(5_000)));
        assert_eq!(told(1, Some(3), 1), (Some(33.3), Some(2_000)));
        assert_eq!(told(0, Some(20), 5), (Some(0.0), None));
        assert_eq!(told(21, Some(20), 5), (Some(100.0), Some(0)));
        assert_eq!(told(10, None, 5), (None, None));
        assert_eq!(told(10, Some(0), 5), (None, None));
    }

    #[test]
    fn it_is_written_as_clients_read_it() {
        assert_eq!(
            serde_json::to_value(half()).unwrap(),
            json!({ "stage": "encoding", "percent": 50.0, "eta_ms": 5_000 })
        );
    }

    #[tokio::test]
    async fn what_is_told_is_found_by_its_media_until_it_is_cleared() {
        let board = ProgressBoard::new(test_redis()).with_long_timeout();
        let [mine, other, unknown] = [(); 3].map(|()| MediaId::generate());
        assert!(board.set(mine, half()).await);
        assert!(board.set(other, Progress::PUBLISHING).await);
        let found = board.find_many(&[unknown, other, mine]).await;
        assert_eq!(found, [None, Some(Progress::PUBLISHING), Some(half())]);
        board.clear(mine).await;
        let found = board.find_many(&[mine, other]).await;
        assert_eq!(found, [None, Some(Progress::PUBLISHING)]);
        let time_left: Option<i64> = board
            .redis
            .ask(redis::cmd("TTL").arg(key(other)), board.read_timeout)
            .await;
        assert!(matches!(time_left, Some(1..=15)), "{time_left:?}");
    }

    #[tokio::test]
    async fn what_cannot_be_read_is_no_progress() {
        let board = ProgressBoard::new(test_redis()).with_long_timeout();
        let media = MediaId::generate();
        let mut set = redis::cmd("SET");
        set.arg(key(media)).arg("{}").arg("EX").arg(15);
        let written = board.redis.ask::<()>(&set, board.write_timeout).await;
        assert!(written.is_some());
        assert_eq!(board.find_many(&[media]).await, [None]);
    }

    #[tokio::test]
    async fn without_a_redis_or_with_a_dead_one_there_is_none() {
        let dead = "redis://127.0.0.1:1".parse().unwrap();
        for redis in [Redis::none(), Redis::open(Some(&dead)).unwrap()] {
            let board = ProgressBoard::new(redis);
            let media = MediaId::generate();
            assert!(!board.set(media, half()).await);
            assert_eq!(board.find_many(&[media]).await, [None]);
            board.clear(media).await;
        }
    }

    #[tokio::test]
    async fn a_redis_that_hangs_costs_one_page_a_moment_and_the_next_nothing() {
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("redis://{}", silent.local_addr().unwrap());
        let redis = Redis::open(Some(&url.parse().unwrap())).unwrap();
        let board = ProgressBoard::new(redis);
        assert_eq!(board.find_many(&[MediaId::generate()]).await, [None]);
        assert!(board.paused_until.lock().unwrap().is_some());
    }
}
