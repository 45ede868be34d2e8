//! Pictures sent with requests: bounds how many are processed at the same time, and how much memory
//! their forms hold.
//!
//! A picture needs at most 450 MB while it is processed (`MAX_MEMORY_BYTES`), a usual one a fifth of
//! that. Its place in the queue and its form's memory belong to the work, which goes on if its
//! request is given up.

use std::io;

use bytes::Bytes;
use shared::media::FailureCode;
use shared::media::image::{MAX_PIXELS, Picture, PictureError, make_picture};
use tokio::runtime::Handle;

use crate::http::{ApiError, ApiResult, BodyMemory};
use crate::work_queue::{WorkError, WorkQueue};

/// How many pictures are processed at the same time.
const AT_ONCE: usize = 2;
/// How many pictures may wait.
const MAX_WAITING: usize = 16;
/// How much memory all requests with files may hold.
const FORM_BYTES: usize = 160 << 20;

/// Processes a few pictures at a time.
#[derive(Debug)]
pub struct Pictures {
    queue: WorkQueue,
    memory: BodyMemory,
}

impl Default for Pictures {
    fn default() -> Self {
        Self {
            queue: WorkQueue::new(AT_ONCE, MAX_WAITING),
            memory: BodyMemory::new(FORM_BYTES),
        }
    }
}

impl Pictures {
    /// The memory of forms.
    pub fn memory(&self) -> &BodyMemory {
        &self.memory
    }

    /// How many pictures are being processed or wait.
    pub fn pending(&self) -> usize {
        self.queue.pending()
    }

    /// Decodes and scales the picture `sent`, and passes both to `keep`, on a blocking thread. 422 if
    /// it is not a valid picture, 503 if too many wait.
    pub async fn make<T: Send + 'static>(
        &self,
        sent: Bytes,
        keep: impl FnOnce(&[u8], &Picture) -> io::Result<T> + Send + 'static,
    ) -> ApiResult<T> {
        let work = move || {
            let picture = make_picture(&sent, MAX_PIXELS).map_err(refusal)?;
            keep(&sent, &picture).map_err(ApiError::internal)
        };
        match self.queue.run(&Handle::current(), work).await {
            Ok(made) => made,
            // If a decoder panics, the file is the cause.
            Err(WorkError::Failed(error)) if error.is_panic() => {
                Err(refused(FailureCode::NotMedia))
            }
            Err(error) => Err(error.into()),
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
