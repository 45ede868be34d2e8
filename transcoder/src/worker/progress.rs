//! Reports the progress of an attempt while it works. Nothing waits for a report.

use std::{convert::Infallible, time::Duration};

use shared::{
    ids::MediaId,
    media::{
        Progress, ProgressBoard,
        progress::{KEPT_FOR, TELL_EVERY},
    },
};
use tokio::{sync::watch, time::timeout};

/// Progress that does not change is written again before it expires.
const REPEAT: Duration = Duration::from_secs(KEPT_FOR.as_secs() / 3);

/// Writes the newest `progress` to `board`, at most once a second, until the future is dropped.
pub async fn report_progress(
    board: &ProgressBoard,
    media: MediaId,
    mut progress: watch::Receiver<Progress>,
) -> Infallible {
    loop {
        let now = *progress.borrow_and_update();
        board.set(media, now).await;
        tokio::time::sleep(TELL_EVERY).await;
        // When the sender is gone the wait ends at once; this future is dropped soon after.
        timeout(REPEAT, progress.changed()).await.ok();
    }
}
