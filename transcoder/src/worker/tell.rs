//! Tells how far an attempt is, beside its work. Nothing waits for it.

use std::{convert::Infallible, time::Duration};

use shared::{
    ids::MediaId,
    media::{
        Progress, ProgressBoard,
        progress::{KEPT_FOR, TELL_EVERY},
    },
};
use tokio::{sync::watch, time::timeout};

/// What does not change is told again before it is forgotten.
const REPEAT: Duration = Duration::from_secs(KEPT_FOR.as_secs() / 3);

/// Tells on `board` what `progress` shows, at most once a second, as long as the future lives.
pub async fn tell(
    board: &ProgressBoard,
    media: MediaId,
    mut progress: watch::Receiver<Progress>,
) -> Infallible {
    loop {
        let now = *progress.borrow_and_update();
        board.set(media, now).await;
        tokio::time::sleep(TELL_EVERY).await;
        // A sender that is gone ends the wait at once; the attempt's end drops us soon.
        timeout(REPEAT, progress.changed()).await.ok();
    }
}
