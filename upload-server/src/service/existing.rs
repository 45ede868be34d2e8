//! HEAD reports an upload's state; DELETE terminates it.

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
    append::{finish, run_to_end},
    call::describe,
};
use crate::{app::App, metrics::Metrics, refusal::Refusal};

/// How long HEAD waits for a running append to stop, and for a finish to be decided.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Answers HEAD: stops a running append and returns the durable offset, which the next append must
/// start at. It never reports an upload as complete while its finish may still be refused.
pub async fn inspect(app: &App, id: UploadId, draining: &Draining) -> Result<Answer, Refusal> {
    let taken = timeout(TIMEOUT, app.owners.take(id))
        .await
        .map_err(|_| Refusal::UNDECIDED)??;
    describe(&taken).must_exist()?;
    if taken.upload().state == UploadState::Complete {
        return Ok(answer::inspected(&describe(&taken)));
    }
    if taken.is_whole() {
        let answering = run_to_end(draining, finish_and_report(taken, app.metrics.clone()));
        return timeout(TIMEOUT, answering)
            .await
            .map_err(|_| Refusal::UNDECIDED)??;
    }
    run_to_end(draining, acknowledge_and_report(taken)).await?
}

async fn finish_and_report(mut taken: Taken, metrics: Metrics) -> Result<Answer, Refusal> {
    let offset = finish(&mut taken, &metrics).await?;
    let finished = Upload {
        offset,
        phase: Phase::Complete,
        ..describe(&taken)
    };
    Ok(answer::inspected(&finished))
}

async fn acknowledge_and_report(mut taken: Taken) -> Result<Answer, Refusal> {
    let offset = taken.acknowledge().await?.offset;
    Ok(answer::inspected(&Upload {
        offset,
        ..describe(&taken)
    }))
}

/// Answers DELETE: stops a running append and terminates the upload. Its media is detached from its
/// post.
pub async fn terminate(app: &App, id: UploadId, draining: &Draining) -> Result<Answer, Refusal> {
    let mut taken = app.owners.take(id).await?;
    describe(&taken).may_terminate()?;
    run_to_end(draining, async move { taken.terminate().await }).await??;
    app.metrics.terminations.inc();
    Ok(answer::terminated())
}
