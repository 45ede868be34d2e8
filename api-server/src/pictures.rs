//! Pictures sent with requests: converts each in a child process, a few at a time, and bounds how
//! much memory their forms hold.
//!
//! A child has limits of memory and time, so that no picture can take the server's. If the request is
//! given up, its child is killed and the slot is free. Writing the result to the store, which
//! cannot be stopped, keeps the slot.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use shared::blocking;
use shared::media::FailureCode;
use shared::media::image::child::{Conversion, ConversionError, PictureProgram, Source};
use shared::media::image::{MAX_MEMORY_BYTES, MAX_PIXELS, Picture, PictureError};
use shared::sandbox::Bounds;

use crate::http::{ApiError, ApiResult, BodyMemory};
use crate::work_slots::WorkSlots;

/// How many pictures are converted at the same time.
const AT_ONCE: usize = 2;
/// How many pictures may wait.
const MAX_WAITING: usize = 16;
/// How much memory all requests with files may hold.
const FORM_BYTES: usize = 160 << 20;
/// The limits of a child. The largest picture takes a few seconds of processor time. The elapsed
/// time is below the deadline of requests.
const BOUNDS: Bounds = Bounds {
    wall_time: Duration::from_secs(12),
    cpu_time: Duration::from_secs(8),
    memory_bytes: MAX_MEMORY_BYTES + BASE_BYTES,
};
/// A picture that can be converted.
const SAMPLE: &[u8] = include_bytes!("../assets/avatar.png");
/// Address space for everything but the conversion itself: the program, its stacks, the source.
const BASE_BYTES: u64 = 256 << 20;

/// Converts a few pictures at a time.
#[derive(Debug)]
pub struct Pictures {
    slots: WorkSlots,
    memory: BodyMemory,
    program: PictureProgram,
    bounds: Bounds,
}

impl Pictures {
    /// Converts by children of `program`.
    pub fn new(program: PictureProgram) -> Self {
        Self {
            slots: WorkSlots::new(AT_ONCE, MAX_WAITING),
            memory: BodyMemory::new(FORM_BYTES),
            program,
            bounds: BOUNDS,
        }
    }

    /// The memory of forms.
    pub fn memory(&self) -> &BodyMemory {
        &self.memory
    }

    /// How many pictures are being converted or wait.
    pub fn pending(&self) -> usize {
        self.slots.pending()
    }

    /// Converts a picture that is known to be valid.
    pub async fn check(&self) -> Result<(), ConversionError> {
        self.convert(Bytes::from_static(SAMPLE)).await?;
        Ok(())
    }

    /// Converts the picture `sent`, and passes both to `keep`, on a blocking thread. 422 if it is
    /// not a valid picture or needs too much, 503 if too many wait or no child can run.
    pub async fn make<T: Send + 'static>(
        &self,
        sent: Bytes,
        keep: impl FnOnce(&[u8], &Picture) -> io::Result<T> + Send + 'static,
    ) -> ApiResult<T> {
        let slot = self.slots.acquire().await?;
        let picture = self.convert(sent.clone()).await.map_err(refusal)?;
        let kept = blocking(move || {
            let _slot = slot;
            keep(&sent, &picture)
        });
        kept.await.map_err(ApiError::internal)
    }

    async fn convert(&self, sent: Bytes) -> Result<Picture, ConversionError> {
        let conversion = Conversion {
            source: Source::Memory(sent),
            max_pixels: MAX_PIXELS,
            bounds: self.bounds,
            arguments: &[],
        };
        self.program.convert(conversion).await
    }
}

fn refusal(error: ConversionError) -> ApiError {
    let error = match error {
        ConversionError::Refused(error) => error,
        // The machine has memory for the limits of all children, so the picture is the likely
        // cause.
        ConversionError::Killed(detail) => PictureError::new(FailureCode::OutOfMemory, detail),
        error @ (ConversionError::TimedOut | ConversionError::Failed(_)) => {
            return ApiError::unavailable(error);
        }
    };
    let PictureError { code, detail } = error;
    if matches!(
        code,
        FailureCode::EncoderFailed | FailureCode::OutOfMemory | FailureCode::TimedOut
    ) {
        tracing::warn!(%code, detail, "a picture made its conversion fail");
    }
    ApiError::field("/picture", code.name(), code.text())
}

#[cfg(all(test, feature = "testing"))]
mod testing;
#[cfg(all(test, feature = "testing"))]
mod tests;
#[cfg(all(test, feature = "testing"))]
pub use testing::test_pictures;
