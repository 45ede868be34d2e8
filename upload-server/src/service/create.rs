//! POST: what is looked at before a byte is taken, the creation, and the bytes that come with it.

use http::HeaderValue;
use shared::{
    auth::Principal,
    ids::{PostId, UploadId},
    media::MediaKind,
    uploads::{NewUpload, Taken},
};
use tus_protocol::{
    Creation, Error, Metadata,
    v1::answer::{self, Answer},
};

use super::{
    Call, Subject,
    append::{finish, on_own_task, receive_whole, settle},
};
use crate::{app::App, body::Ended, metrics::Metrics, refusal::Refusal};

/// How long the text for those who cannot see a media may be (policy: alt).
const MAX_ALT_CHARS: usize = 1500;

/// Answers a creation.
pub async fn create(
    app: &App,
    creation: &Creation,
    (call, subject): (Call, &mut Subject),
) -> Result<Answer, Refusal> {
    let caller = app.verifier.verify_headers(call.request.headers()).await?;
    let new = plan(app, caller, creation)?;
    let room = app
        .reserve
        .has_room(new.length.unwrap_or(0))
        .await
        .map_err(|error| {
            tracing::error!(%error, "could not read the free space of the store");
            Error::Internal
        })?;
    if !room {
        return Err(Error::NoSpace.into());
    }
    let taken = app.owners.create(&new).await?;
    app.metrics.creations.inc();
    subject.media = taken.upload().has_media.then(|| new.id.into());
    let offset = take_first_bytes(app, taken, creation, call).await?;
    Ok(answer::created(location(app, new.id)?, offset))
}

/// Decides everything that the metadata and the caller decide.
fn plan(app: &App, caller: Principal, creation: &Creation) -> Result<NewUpload, Refusal> {
    let metadata = &creation.metadata;
    let filetype = declared_type(app, metadata)?;
    let alt = text_if_any(metadata, "alt").ok_or(Refusal::AltNotText)?;
    if alt.chars().count() > MAX_ALT_CHARS {
        return Err(Refusal::AltTooLong(MAX_ALT_CHARS));
    }
    let post = match text_if_any(metadata, "post_id").ok_or(Refusal::PostNotFound)? {
        "" => None,
        id => Some(id.parse::<PostId>().map_err(|_| Refusal::PostNotFound)?),
    };
    Ok(NewUpload {
        id: UploadId::generate(),
        owner: Some(caller.user_id),
        length: creation.length,
        metadata: metadata.as_str().to_owned(),
        filename: metadata.text("filename").map(str::to_owned),
        kind: filetype.and_then(promised_kind),
        filetype: filetype.map(str::to_owned),
        alt: alt.to_owned(),
        post,
    })
}

/// A value that may be left out or empty; `None` when it is there and no text.
fn text_if_any<'a>(metadata: &'a Metadata, key: &str) -> Option<&'a str> {
    match metadata.bytes(key) {
        None | Some([]) => Some(""),
        Some(_) => metadata.text(key),
    }
}

/// `filetype`, if one is declared. A declaration that cannot be read is none that is accepted.
fn declared_type<'a>(app: &App, metadata: &'a Metadata) -> Result<Option<&'a str>, Refusal> {
    if metadata.bytes("filetype").is_none_or(<[u8]>::is_empty) {
        return Ok(None);
    }
    let declared = metadata
        .text("filetype")
        .filter(|declared| app.accept.accepts(declared));
    declared.map(Some).ok_or(Refusal::TypeNotAccepted)
}

/// Until it is probed a media is what its declared type promises.
fn promised_kind(filetype: &str) -> Option<MediaKind> {
    match filetype.split('/').next()?.to_ascii_lowercase().as_str() {
        "video" => Some(MediaKind::Video),
        "image" => Some(MediaKind::Image),
        "audio" => Some(MediaKind::Audio),
        _ => None,
    }
}

/// Takes the body of a creation, if it counts, and finishes an upload that is whole by then; the
/// offset to tell, where bytes were sent. An upload of no bytes is whole at once.
async fn take_first_bytes(
    app: &App,
    mut taken: Taken,
    creation: &Creation,
    call: Call,
) -> Result<Option<u64>, Refusal> {
    let (draining, metrics) = (call.draining, app.metrics.clone());
    if creation.first.is_none() {
        if taken.is_whole() {
            let finishing = async move { finish(&mut taken, &metrics).await };
            on_own_task(&draining, finishing).await??;
        }
        return Ok(None);
    }
    let room = creation.length.unwrap_or(app.limits.max_size);
    let body = call.request.into_body();
    let (taken, ended) = receive_whole(app, taken, (body, room), &draining).await;
    on_own_task(&draining, settle_first(taken, ended, metrics))
        .await?
        .map(Some)
}

/// The upload exists by now and its client has to be told where: what the store could not take is
/// no reason not to. A body that is longer than it said leaves nothing.
async fn settle_first(mut taken: Taken, ended: Ended, metrics: Metrics) -> Result<u64, Refusal> {
    match ended {
        Ended::Refused(error) => {
            tracing::info!(upload.id = %taken.upload().id, %error, "stored a part of the body");
            Ok(taken.acknowledge().await?.offset)
        }
        Ended::Beyond => {
            if let Err(error) = taken.terminate().await {
                tracing::info!(upload.id = %taken.upload().id, %error, "could not remove an upload");
            }
            Err(Error::BeyondLength.into())
        }
        other => settle(taken, other, metrics).await,
    }
}

/// Host-relative, or below the public origin; ends in the id.
fn location(app: &App, id: UploadId) -> Result<HeaderValue, Error> {
    let origin = app
        .public_origin
        .as_ref()
        .map_or("", |origin| origin.as_str());
    let location = format!("{origin}{}{id}", app.path);
    HeaderValue::from_str(&location).map_err(|_| Error::Internal)
}
