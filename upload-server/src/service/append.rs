//! PATCH: receives bytes into an upload and acknowledges them. Creations that carry bytes use it
//! too.

use scopeguard::ScopeGuard;
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

use super::call::{Call, describe};
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
    call: Call,
) -> Result<Answer, Refusal> {
    let taken = app.owners.take(id).await?;
    let permit = append.permit(&describe(&taken), app.limits.max_size)?;
    let draining = call.draining.clone();
    let received = receive_body(app, taken, call, permit.room).await;
    let settled = settle(received, app.metrics.clone());
    let offset = run_to_end(&draining, settled).await??;
    Ok(answer::appended(offset))
}

/// An upload after a request body was read into it.
pub struct Received {
    pub taken: Taken,
    pub ended: Ended,
}

/// Reads a request's body into the upload, at most `room` bytes. It runs in the connection's own
/// task, since a hop to another task would cost more than the write. If the connection is dropped
/// with this future, a task keeps the bytes that were received.
pub async fn receive_body(app: &App, taken: Taken, call: Call, room: u64) -> Received {
    let body = PacedBody::new(call.request.into_body(), &app.http);
    let (metrics, draining) = (app.metrics.clone(), call.draining.clone());
    let started_at = taken.offset();
    metrics.open_appends.inc();
    let mut guard = scopeguard::guard(taken, move |mut taken| {
        note_received(&metrics, &taken, started_at);
        draining.spawn(async move { keep(&mut taken, &metrics).await });
    });
    let ended = receive(&mut guard, body, room, &call.draining).await;
    let taken = ScopeGuard::into_inner(guard);
    note_received(&app.metrics, &taken, started_at);
    Received { taken, ended }
}

fn note_received(metrics: &Metrics, taken: &Taken, started_at: u64) {
    metrics.open_appends.dec();
    metrics.note_append(taken.offset().saturating_sub(started_at));
}

/// Acknowledges or discards what an append has received, and returns the offset to report.
pub async fn settle(received: Received, metrics: Metrics) -> Result<u64, Refusal> {
    let Received { mut taken, ended } = received;
    if taken.upload().state == UploadState::Complete {
        // Nothing was written: a complete upload has no room.
        return match ended {
            Ended::Whole | Ended::Draining => Ok(taken.offset()),
            other => Err(refusal(other)),
        };
    }
    match ended {
        Ended::Whole => acknowledge(&mut taken, &metrics).await,
        Ended::Draining => {
            fail::point("drain.noticed").await;
            let offset = acknowledge(&mut taken, &metrics).await;
            fail::point("drain.settled").await;
            offset
        }
        Ended::Cut(error) => {
            keep(&mut taken, &metrics).await;
            Err(error.into())
        }
        other => {
            // The bytes received so far count, and the next HEAD reports them.
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

/// Makes the received bytes durable and returns the offset. Finishes the upload if it is complete.
async fn acknowledge(taken: &mut Taken, metrics: &Metrics) -> Result<u64, Refusal> {
    taken.flush().await?;
    if taken.is_whole() {
        return finish(taken, metrics).await;
    }
    Ok(taken.acknowledge().await?.offset)
}

/// Writes buffered bytes and finishes a complete upload, when no client waits for the response.
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

/// Finishes an upload that has all its bytes, and returns its length.
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

/// Runs `work` to its end, even if the client leaves, in a task that the drain waits for.
pub async fn run_to_end<T: Send + 'static>(
    draining: &Draining,
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, Refusal> {
    let (sender, result) = oneshot::channel();
    draining.spawn(async move {
        // It fails if the client has left.
        let _ = sender.send(work.await);
    });
    // No result: the task was dropped at the end of the drain, or panicked.
    result.await.map_err(|_| Refusal::UNDECIDED)
}
