//! PATCH: bytes into the upload, and what is told of them. Shared with creations that carry bytes.

use hyper::body::Incoming;
use shared::{
    fail,
    http::{Draining, PacedBody},
    ids::UploadId,
    uploads::{Finished, SinkError, Taken, UploadState},
};
use tokio::sync::oneshot;
use tus_protocol::{
    Append, Error, Gone,
    v1::answer::{self, Answer},
};

use super::describe;
use crate::{
    app::App,
    body::{Ended, receive},
    metrics::Metrics,
    refusal::Refusal,
};

/// Answers a PATCH.
pub async fn append(
    app: &App,
    id: UploadId,
    append: &Append,
    (body, draining): (Incoming, &Draining),
) -> Result<Answer, Refusal> {
    let taken = app.owners.take(id).await?;
    let permit = append.permit(&describe(&taken), app.limits.max_size)?;
    let (taken, ended) = receive_whole(app, taken, (body, permit.room), draining).await;
    let offset = on_own_task(draining, settle(taken, ended, app.metrics.clone())).await??;
    Ok(answer::appended(offset))
}

/// Reads a body into the upload, in the connection's own task: a hop to another would cost more
/// than the write. If the connection is dropped with this future, what it received still counts.
pub async fn receive_whole(
    app: &App,
    taken: Taken,
    (body, room): (Incoming, u64),
    draining: &Draining,
) -> (Taken, Ended) {
    let body = PacedBody::new(body, &app.http);
    let mut receiving = Receiving::begin(app, taken, draining);
    let ended = receive(receiving.taken(), body, room, draining).await;
    (receiving.finish(), ended)
}

/// Decides what an append comes to, and answers the offset that may be told.
pub async fn settle(mut taken: Taken, ended: Ended, metrics: Metrics) -> Result<u64, Refusal> {
    if taken.upload().state == UploadState::Complete {
        // Nothing was written: an upload that is over has no room.
        return match ended {
            Ended::Whole | Ended::Draining => Ok(taken.offset()),
            other => Err(refusal(other)),
        };
    }
    match ended {
        Ended::Whole => acknowledge(&mut taken, &metrics).await,
        Ended::Draining => {
            fail::point("drain.noticed").await;
            let told = acknowledge(&mut taken, &metrics).await;
            fail::point("drain.settled").await;
            told
        }
        Ended::Cut(error) => {
            keep(&mut taken, &metrics).await;
            Err(error.into())
        }
        other => {
            // The bytes that came before count; whoever asks next is told of them.
            taken
                .flush()
                .await
                .unwrap_or_else(|error| note_loss(&taken, &error));
            Err(refusal(other))
        }
    }
}

fn refusal(ended: Ended) -> Refusal {
    match ended {
        Ended::Superseded => Error::Locked.into(),
        Ended::Beyond => Error::BeyondLength.into(),
        Ended::Cut(error) => error.into(),
        Ended::Refused(error) => error.into(),
        Ended::Whole | Ended::Draining => Refusal::UNDECIDED,
    }
}

/// Makes durable what was received and tells how far that goes; finishes an upload that is whole.
async fn acknowledge(taken: &mut Taken, metrics: &Metrics) -> Result<u64, Refusal> {
    taken.flush().await?;
    if taken.is_whole() {
        return finish(taken, metrics).await;
    }
    Ok(taken.acknowledge().await?.offset)
}

/// Nobody waits for an answer any more: writes what was gathered, and finishes what is whole.
async fn keep(taken: &mut Taken, metrics: &Metrics) {
    if let Err(error) = taken.flush().await {
        return note_loss(taken, &error);
    }
    if taken.is_whole()
        && let Err(error) = finish(taken, metrics).await
    {
        tracing::info!(upload.id = %taken.upload().id, %error, "could not complete a finish");
    }
}

/// Finishes an upload whose bytes are all there.
pub async fn finish(taken: &mut Taken, metrics: &Metrics) -> Result<u64, Refusal> {
    let length = taken.offset();
    match taken.finish().await? {
        Finished::Complete => {
            metrics.finishes.inc();
            Ok(length)
        }
        Finished::Rejected => Err(Error::Gone(Gone::Rejected).into()),
    }
}

fn note_loss(taken: &Taken, error: &SinkError) {
    tracing::info!(upload.id = %taken.upload().id, %error, "could not keep received bytes");
}

/// Runs what must come to its end even if the client leaves, on a task that the drain waits for.
pub async fn on_own_task<T: Send + 'static>(
    draining: &Draining,
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, Refusal> {
    let (tell, told) = oneshot::channel();
    draining.spawn(async move {
        // The receiver is gone when the client is.
        let _ = tell.send(work.await);
    });
    // No answer: the task was dropped at the end of the drain, or panicked.
    told.await.map_err(|_| Refusal::UNDECIDED)
}

/// An upload that is being received. Dropped with its connection, it leaves the upload to a task
/// that keeps what came.
struct Receiving {
    /// There until it is handed on, by [`Receiving::finish`] or by the drop.
    taken: Option<Taken>,
    began_at: u64,
    draining: Draining,
    metrics: Metrics,
}

impl Receiving {
    fn begin(app: &App, taken: Taken, draining: &Draining) -> Self {
        app.metrics.open_appends.inc();
        let (draining, metrics) = (draining.clone(), app.metrics.clone());
        Self {
            began_at: taken.offset(),
            taken: Some(taken),
            draining,
            metrics,
        }
    }

    fn taken(&mut self) -> &mut Taken {
        match &mut self.taken {
            Some(taken) => taken,
            None => unreachable!("it is handed on only when this is consumed"),
        }
    }

    fn finish(mut self) -> Taken {
        match self.hand_on() {
            Some(taken) => taken,
            None => unreachable!("it is handed on only when this is consumed"),
        }
    }

    fn hand_on(&mut self) -> Option<Taken> {
        let taken = self.taken.take()?;
        self.metrics.open_appends.dec();
        self.metrics
            .note_append(taken.offset().saturating_sub(self.began_at));
        Some(taken)
    }
}

impl Drop for Receiving {
    fn drop(&mut self) {
        if let Some(mut taken) = self.hand_on() {
            let metrics = self.metrics.clone();
            self.draining
                .spawn(async move { keep(&mut taken, &metrics).await });
        }
    }
}
