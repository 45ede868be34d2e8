//! Pictures that come with requests: how many are held in memory, and made, at the same time.
//!
//! They are made on blocking threads, two at a time: the worst that is let in takes about 450 MB
//! while it is being made, a usual one a fifth of that.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use shared::media::FailureCode;
use shared::media::image::{MAX_PIXELS, Picture, PictureError, make_picture};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::http::{ApiError, ApiResult};
use crate::keyed_semaphores::KeyedSemaphores;

/// How many are made at the same time.
const AT_ONCE: usize = 2;
/// How many may wait for a turn; the next is told to come back.
const MAX_WAITING: usize = 16;
/// How long one waits at most.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// What all requests with files may hold in memory, in KiB.
const ROOM_KIB: usize = 160 << 10;
/// What those of one network may hold of it: who sends slowly, and much at once, leaves the rest to
/// others.
const SHARE_KIB: usize = ROOM_KIB / 4;

/// Makes pictures, a few at a time.
#[derive(Debug)]
pub struct Pictures {
    turns: Arc<Semaphore>,
    waiting: Semaphore,
    room: Arc<Semaphore>,
    network_rooms: KeyedSemaphores<String>,
}

impl Default for Pictures {
    fn default() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            waiting: Semaphore::new(AT_ONCE + MAX_WAITING),
            room: Arc::new(Semaphore::new(ROOM_KIB)),
            network_rooms: KeyedSemaphores::new(SHARE_KIB),
        }
    }
}

impl Pictures {
    /// The room for bodies with files, a permit a KiB: the share of a network, and the whole.
    pub fn room(&self, network: String) -> [Arc<Semaphore>; 2] {
        [self.network_rooms.get(network), Arc::clone(&self.room)]
    }

    /// How many are being made, or wait for it.
    pub fn pending(&self) -> usize {
        AT_ONCE + MAX_WAITING - self.waiting.available_permits()
    }

    /// How much of the room is taken, in bytes.
    pub fn room_used(&self) -> usize {
        (ROOM_KIB - self.room.available_permits()) << 10
    }

    /// Makes the picture that was sent and hands both to `keep`, on a blocking thread. 422 for what
    /// is no good picture, 503 when too many wait.
    pub async fn make<T: Send + 'static>(
        &self,
        sent: Bytes,
        keep: impl FnOnce(&[u8], &Picture) -> io::Result<T> + Send + 'static,
    ) -> ApiResult<T> {
        let _place = self.waiting.try_acquire().map_err(|_| ApiError::busy())?;
        let turn = self.turn().await?;
        // The turn goes along: a request that is given up leaves its work running.
        let work = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let picture = make_picture(&sent, MAX_PIXELS).map_err(refusal)?;
            keep(&sent, &picture).map_err(ApiError::internal)
        });
        match work.await {
            Ok(made) => made,
            // Logged where it happened. A decoder that stumbles does so over what was sent.
            Err(error) if error.is_panic() => Err(refused(FailureCode::NotMedia)),
            Err(error) => Err(ApiError::internal(error)),
        }
    }

    async fn turn(&self) -> ApiResult<OwnedSemaphorePermit> {
        let turn = Arc::clone(&self.turns).acquire_owned();
        match tokio::time::timeout(LONGEST_WAIT, turn).await {
            Ok(turn) => turn.map_err(ApiError::internal),
            Err(_) => Err(ApiError::busy()),
        }
    }
}

fn refusal(error: PictureError) -> ApiError {
    match error.code {
        FailureCode::EncoderFailed => ApiError::internal(error),
        code => refused(code),
    }
}

fn refused(code: FailureCode) -> ApiError {
    ApiError::field("/picture", code.name(), code.text())
}

#[cfg(all(test, feature = "testing"))]
mod tests;
