//! From a request to the handler of its method, and back to a response.

use std::{convert::Infallible, sync::Arc};

use http::{HeaderValue, Request, Response};
use http_body::Body as _;
use shared::{
    auth::AuthError,
    http::{Body, Draining, RequestBody, empty, listen::HttpService},
    ids::{MediaId, UploadId},
};
use tus_protocol::{
    BodyLength, Error, Head, Operation, Target,
    v1::answer::{self, Answer},
};

use super::{append::append, call::Call, create::create, existing, operations};
use crate::{app::App, cors::PAWL_MEDIA_ID, refusal::Refusal};

/// The service of the main listener, without its front.
pub fn service(app: Arc<App>) -> impl HttpService {
    tower::service_fn(move |request| {
        let app = Arc::clone(&app);
        async move { Ok::<_, Infallible>(respond(&app, request).await) }
    })
}

async fn respond(app: &App, request: Request<RequestBody>) -> Response<Body> {
    if let Some(health) = app.checks.answer(request.uri().path()).await {
        operations::name(request.extensions(), operations::HEALTH);
        return health;
    }
    // Set once the caller is known to own the upload, so that later errors carry it too.
    let mut media = None;
    let mut response = match dispatch(app, request, &mut media).await {
        Ok(answer) => into_response(answer),
        Err(refusal) => {
            app.metrics.note_refusal(refusal.status_and_code().1);
            refusal.problem().into_response()
        }
    };
    if let Some(media) = media
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
    request: Request<RequestBody>,
    media: &mut Option<MediaId>,
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
    operations::name(request.extensions(), operations::of(&operation));
    if operation == Operation::Options {
        return Ok(answer::options(&app.limits, target));
    }
    let call = Call {
        request,
        tail,
        draining,
    };
    if let Operation::Create(creation) = operation {
        return create(app, &creation, call, media).await;
    }
    let id = find(app, &call, media).await?;
    match operation {
        Operation::Append(request) => append(app, id, &request, call).await,
        Operation::Terminate => existing::terminate(app, id, &call.draining).await,
        _ => existing::inspect(app, id, &call.draining).await,
    }
}

fn read(app: &App, request: &Request<RequestBody>, target: Target) -> Result<Operation, Error> {
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

/// The upload that the path names, if the caller owns it. Another user's upload is 404, like one
/// that does not exist.
async fn find(app: &App, call: &Call, media: &mut Option<MediaId>) -> Result<UploadId, Refusal> {
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
    *media = facts.has_media.then(|| id.into());
    Ok(id)
}
