//! HEAD and DELETE: what an upload is told to be, and its end.

use std::time::Duration;

use shared::{
    http::Draining,
    ids::UploadId,
    uploads::{Taken, UploadState},
};
use tokio::time::timeout;
use tus_protocol::{
    Phase, Upload,
    v1::answer::{self, Answer},
};

use super::{
    append::{finish, on_own_task},
    describe,
};
use crate::{app::App, metrics::Metrics, refusal::Refusal};

/// How long HEAD waits for the append before it, and for a finish to be decided.
const PATIENCE: Duration = Duration::from_secs(2);

/// Answers HEAD: ends a running append, and tells an offset that is durable and will be accepted
/// next. Offset = length is never told of an upload whose finish may still be refused.
pub async fn inspect(app: &App, id: UploadId, draining: &Draining) -> Result<Answer, Refusal> {
    let taken = timeout(PATIENCE, app.owners.take(id))
        .await
        .map_err(|_| Refusal::UNDECIDED)??;
    describe(&taken).must_exist()?;
    if taken.upload().state == UploadState::Complete {
        return Ok(answer::inspected(&describe(&taken)));
    }
    if taken.is_whole() {
        let answering = on_own_task(draining, finish_and_tell(taken, app.metrics.clone()));
        return timeout(PATIENCE, answering)
            .await
            .map_err(|_| Refusal::UNDECIDED)??;
    }
    on_own_task(draining, acknowledge_and_tell(taken)).await?
}

async fn finish_and_tell(mut taken: Taken, metrics: Metrics) -> Result<Answer, Refusal> {
    let offset = finish(&mut taken, &metrics).await?;
    let told = Upload {
        offset,
        phase: Phase::Complete,
        ..describe(&taken)
    };
    Ok(answer::inspected(&told))
}

async fn acknowledge_and_tell(mut taken: Taken) -> Result<Answer, Refusal> {
    let offset = taken.acknowledge().await?.offset;
    Ok(answer::inspected(&Upload {
        offset,
        ..describe(&taken)
    }))
}

/// Answers DELETE: ends a running append and the upload. Its media leaves its post.
pub async fn terminate(app: &App, id: UploadId, draining: &Draining) -> Result<Answer, Refusal> {
    let mut taken = app.owners.take(id).await?;
    describe(&taken).may_terminate()?;
    on_own_task(draining, async move { taken.terminate().await }).await??;
    app.metrics.terminations.inc();
    Ok(answer::terminated())
}
