//! POST: the checks before a creation, the creation, and the bytes that come with it.

use http::HeaderValue;
use shared::{
    auth::Principal,
    ids::{MediaId, PostId, UploadId},
    media::{MAX_ALT_CHARS, MediaKind},
    text::{self, Lines},
    uploads::{NewUpload, Taken},
};
use tus_protocol::{
    Creation, Error, Metadata,
    v1::answer::{self, Answer},
};

use super::{
    append::{Received, finish, receive_body, run_to_end, settle},
    call::Call,
};
use crate::{app::App, body::Ended, metrics::Metrics, refusal::Refusal};

/// Answers a creation.
pub async fn create(
    app: &App,
    creation: &Creation,
    call: Call,
    media: &mut Option<MediaId>,
) -> Result<Answer, Refusal> {
    let caller = app.verifier.verify_headers(call.request.headers()).await?;
    let new = plan(app, caller, creation)?;
    let room = app
        .reserve
        .has_room(new.length.unwrap_or(0))
        .await
        .map_err(|error| Refusal::of_store(&error))?;
    if !room {
        return Err(Error::NoSpace.into());
    }
    let taken = app.owners.create(&new).await?;
    app.metrics.creations.inc();
    *media = taken.upload().has_media.then(|| new.id.into());
    let offset = receive_first_bytes(app, taken, creation, call).await?;
    Ok(answer::created(location(app, new.id)?, offset))
}

/// Checks the metadata, and builds the upload from it and the caller.
fn plan(app: &App, caller: Principal, creation: &Creation) -> Result<NewUpload, Refusal> {
    let metadata = &creation.metadata;
    let filetype = declared_type(app, metadata)?;
    let alt = alternative_text(metadata)?;
    let post = match optional_text(metadata, "post_id").ok_or(Refusal::PostNotFound)? {
        "" => None,
        id => Some(id.parse::<PostId>().map_err(|_| Refusal::PostNotFound)?),
    };
    Ok(NewUpload {
        id: UploadId::generate(),
        owner: Some(caller.user_id),
        length: creation.length,
        metadata: metadata.as_str().to_owned(),
        filename: metadata.text("filename").map(str::to_owned),
        kind: filetype.and_then(declared_kind),
        filetype: filetype.map(str::to_owned),
        alt,
        post,
    })
}

/// The alternative text, by the rules that api-server has for it.
fn alternative_text(metadata: &Metadata) -> Result<String, Refusal> {
    let sent = metadata.bytes("alt").unwrap_or_default();
    let sent = str::from_utf8(sent).map_err(|_| Refusal::AltNotText)?;
    let alt = text::normalized(sent);
    match text::refused_characters(&alt, Lines::Many) {
        Some(refused) => Err(Refusal::AltCharacters(refused)),
        None if text::length(&alt) > MAX_ALT_CHARS => Err(Refusal::AltTooLong(MAX_ALT_CHARS)),
        None => Ok(alt),
    }
}

/// A value that may be missing or empty. `None` if it is there and is not UTF-8 text.
fn optional_text<'a>(metadata: &'a Metadata, key: &str) -> Option<&'a str> {
    match metadata.bytes(key) {
        None | Some([]) => Some(""),
        Some(_) => metadata.text(key),
    }
}

/// `filetype`, if it is declared. A value that is not text is not accepted.
fn declared_type<'a>(app: &App, metadata: &'a Metadata) -> Result<Option<&'a str>, Refusal> {
    if metadata.bytes("filetype").is_none_or(<[u8]>::is_empty) {
        return Ok(None);
    }
    let declared = metadata
        .text("filetype")
        .filter(|declared| app.accept.accepts(declared));
    declared.map(Some).ok_or(Refusal::TypeNotAccepted)
}

/// The kind of a media item by its declared type, until the transcoder probes the file.
fn declared_kind(filetype: &str) -> Option<MediaKind> {
    match filetype.split('/').next()?.to_ascii_lowercase().as_str() {
        "video" => Some(MediaKind::Video),
        "image" => Some(MediaKind::Image),
        "audio" => Some(MediaKind::Audio),
        _ => None,
    }
}

/// Receives the body of a creation that carries bytes, and finishes the upload if it is complete;
/// an upload of zero bytes is complete at once. Returns the offset if the creation carries bytes.
async fn receive_first_bytes(
    app: &App,
    mut taken: Taken,
    creation: &Creation,
    call: Call,
) -> Result<Option<u64>, Refusal> {
    let (draining, metrics) = (call.draining.clone(), app.metrics.clone());
    if creation.first.is_none() {
        if taken.is_whole() {
            let finishing = async move { finish(&mut taken, &metrics).await };
            run_to_end(&draining, finishing).await??;
        }
        return Ok(None);
    }
    let room = creation.length.unwrap_or(app.limits.max_size);
    let received = receive_body(app, taken, call, room).await;
    run_to_end(&draining, settle_first(received, metrics))
        .await?
        .map(Some)
}

/// The upload exists, and its client must learn where, even if the store has refused a part of the
/// bytes. An upload whose body is longer than declared is terminated.
async fn settle_first(received: Received, metrics: Metrics) -> Result<u64, Refusal> {
    let Received { mut taken, ended } = received;
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
        ended => settle(Received { taken, ended }, metrics).await,
    }
}

/// `Location`: below the public origin if there is one, else relative to the host.
fn location(app: &App, id: UploadId) -> Result<HeaderValue, Error> {
    let origin = app
        .public_origin
        .as_ref()
        .map_or("", |origin| origin.as_str());
    let location = format!("{origin}{}{id}", app.path);
    HeaderValue::from_str(&location).map_err(|_| Error::Internal)
}
