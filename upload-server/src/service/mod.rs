//! From hyper to the protocol's decision, and from the decision to effects and an answer.

mod append;
mod create;
mod existing;

use std::{convert::Infallible, sync::Arc};

use http::{HeaderName, HeaderValue, Request, Response};
use http_body::Body as _;
use hyper::body::Incoming;
use shared::{
    auth::AuthError,
    http::{Body, Draining, empty, listen::HttpService},
    ids::{MediaId, UploadId},
    uploads::{Taken, UploadState},
};
use tus_protocol::{
    BodyLength, Error, Head, Operation, Phase, Target, Upload,
    v1::answer::{self, Answer},
};

use crate::{
    app::App,
    refusal::{Refusal, gone},
};

/// Names the media that an upload becomes, on every answer about it.
const PAWL_MEDIA_ID: HeaderName = HeaderName::from_static("pawl-media-id");

/// The service of the main listener.
pub fn service(app: Arc<App>) -> impl HttpService {
    tower::service_fn(move |request| {
        let app = Arc::clone(&app);
        async move { Ok::<_, Infallible>(respond(&app, request).await) }
    })
}

/// A request, once its address is known to be one of ours.
struct Call {
    request: Request<Incoming>,
    /// What stands below the upload path.
    tail: String,
    draining: Draining,
}

/// What an answer is about. Filled in as soon as the caller may know, so that errors tell it too.
#[derive(Default)]
struct Subject {
    media: Option<MediaId>,
}

async fn respond(app: &App, request: Request<Incoming>) -> Response<Body> {
    if let Some(health) = app.checks.answer(request.uri().path()).await {
        return health;
    }
    let mut subject = Subject::default();
    let mut response = match dispatch(app, request, &mut subject).await {
        Ok(answer) => into_response(answer),
        Err(refusal) => {
            app.metrics.note_refusal(refusal.row().1);
            refusal.problem().into_response()
        }
    };
    if let Some(media) = subject.media
        && let Ok(id) = HeaderValue::from_str(&media.to_string())
    {
        response.headers_mut().insert(PAWL_MEDIA_ID, id);
    }
    response
}

fn into_response(answer: Answer) -> Response<Body> {
    let mut response = Response::new(empty());
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    response
}

async fn dispatch(
    app: &App,
    request: Request<Incoming>,
    subject: &mut Subject,
) -> Result<Answer, Refusal> {
    let tail = app
        .path
        .below(request.uri().path())
        .ok_or(Error::NotFound)?
        .to_owned();
    let draining = request
        .extensions()
        .get::<Draining>()
        .cloned()
        .ok_or(Error::Internal)?;
    let target = if tail.is_empty() {
        Target::Collection
    } else {
        Target::Upload
    };
    let operation = read(app, &request, target)?;
    if operation == Operation::Options {
        return Ok(answer::options(&app.limits, target));
    }
    let call = Call {
        request,
        tail,
        draining,
    };
    if let Operation::Create(creation) = operation {
        return create::create(app, &creation, (call, subject)).await;
    }
    let id = find(app, &call, subject).await?;
    match operation {
        Operation::Append(append) => {
            let body = call.request.into_body();
            append::append(app, id, &append, (body, &call.draining)).await
        }
        Operation::Terminate => existing::terminate(app, id, &call.draining).await,
        _ => existing::inspect(app, id, &call.draining).await,
    }
}

fn read(app: &App, request: &Request<Incoming>, target: Target) -> Result<Operation, Error> {
    let body = request.body();
    let length = match body.size_hint().exact() {
        _ if body.is_end_stream() => BodyLength::Empty,
        Some(0) => BodyLength::Empty,
        Some(length) => BodyLength::Exactly(length),
        None => BodyLength::Unknown,
    };
    let (method, headers) = (request.method(), request.headers());
    tus_protocol::read(
        &Head {
            method,
            target,
            headers,
            body: length,
        },
        &app.limits,
    )
}

/// The upload that an address names, if it is the caller's: another's is as unknown as none.
async fn find(app: &App, call: &Call, subject: &mut Subject) -> Result<UploadId, Refusal> {
    let headers = call.request.headers();
    let live = match app.verifier.verify_headers(headers).await {
        Err(AuthError::Expired) => None,
        verified => Some(verified?),
    };
    let id: UploadId = call.tail.parse().map_err(|_| Error::NotFound)?;
    let facts = app.owners.facts(id).await?.ok_or(Error::NotFound)?;
    let caller = match live {
        Some(caller) => caller,
        None => {
            app.verifier
                .verify_creator(headers, facts.created_at)
                .await?
        }
    };
    if facts.owner != Some(caller.user_id) {
        return Err(Error::NotFound.into());
    }
    subject.media = facts.has_media.then(|| id.into());
    Ok(id)
}

/// An upload in the protocol's words. Its offset may lie beyond what is durable.
fn describe(taken: &Taken) -> Upload<'_> {
    let upload = taken.upload();
    let phase = match (upload.state, gone(upload.state)) {
        (_, Some(why)) => Phase::Gone(why),
        (UploadState::Complete, None) => Phase::Complete,
        (_, None) => Phase::Open,
    };
    Upload {
        offset: taken.offset(),
        length: upload.length,
        phase,
        metadata: &upload.metadata,
    }
}
