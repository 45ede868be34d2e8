//! `multipart/form-data` (RFC 7578) with text fields and one file named `picture`.
//!
//! Text fields become a JSON object of strings, so that they get the same checks and the same
//! answers as a JSON body. Forms are held in memory. Three bounds apply: the size of a form, the
//! number of its parts, and the memory for all forms, of which each network may hold a part.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, TryStreamExt as _, stream};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use multer::{Field, Multipart};
use serde_json::{Map, Value};
use shared::http::{BoxError, Draining};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::body::{self, BodyStream, MAX_DROPPED_BYTES};
use super::request::FORM;
use super::{ApiError, ApiResult, At, Faults, FromJson, Request, json};

/// The maximum size of a picture.
const MAX_PICTURE_BYTES: usize = 10 << 20;
/// The maximum size of all text fields, names and boundaries together.
const MAX_REST_BYTES: usize = 64 << 10;
const MAX_PARTS: usize = 16;
const PICTURE: &str = "picture";
/// The unit of permits for memory.
const KIB: usize = 1024;

/// A body that was sent as JSON or as a form.
pub struct Form<T> {
    /// The JSON body, or the text fields.
    pub fields: T,
    /// The file, if there is one.
    pub picture: Option<Bytes>,
    /// Memory that is held until the form is dropped.
    _permits: Option<Arc<MemoryPermits>>,
}

impl Request {
    /// Parses a body that is JSON or a form with the same fields and a file `picture`. A form takes
    /// one permit per KiB from both `semaphores`: its network's and the server's.
    pub async fn form<T: FromJson>(
        &mut self,
        semaphores: [Arc<Semaphore>; 2],
    ) -> ApiResult<Form<T>> {
        let Some(boundary) = boundary(&self.head.headers) else {
            return Ok(Form {
                fields: self.json().await?,
                picture: None,
                _permits: None,
            });
        };
        let boundary = boundary?;
        let permits = Arc::new(MemoryPermits::new(semaphores));
        let incoming = Incoming {
            body: self.take_body(),
            draining: self.head.draining.clone(),
            permits: Arc::clone(&permits),
            taken: 0,
        };
        let parts = Multipart::new(incoming.bounded(), boundary);
        let read = read_parts(parts).await?;
        let fields = serde_json::to_vec(&read.fields).map_err(ApiError::internal)?;
        Ok(Form {
            fields: json::parse(&fields, read.faults)?,
            picture: read.picture,
            _permits: Some(permits),
        })
    }
}

/// The boundary between the parts if the body is a form; 400 if a form does not declare it.
fn boundary(headers: &HeaderMap) -> Option<ApiResult<String>> {
    let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let essence = value.split(';').next().unwrap_or_default().trim();
    let is_form = essence.eq_ignore_ascii_case(FORM);
    is_form.then(|| multer::parse_boundary(value).map_err(|_| malformed()))
}

/// A form that is being read into memory.
struct Incoming {
    body: BodyStream,
    draining: Option<Draining>,
    permits: Arc<MemoryPermits>,
    taken: usize,
}

impl Incoming {
    /// The body, cut off at the maximum size of a form.
    fn bounded(self) -> impl Stream<Item = Result<Bytes, Interrupted>> + Send {
        stream::try_unfold(self, |mut incoming| async {
            let chunk = incoming.next().await.map_err(Interrupted)?;
            Ok(chunk.map(|chunk| (chunk, incoming)))
        })
    }

    async fn next(&mut self) -> ApiResult<Option<Bytes>> {
        let Some(chunk) = body::next(&mut self.body, self.draining.as_ref()).await? else {
            return Ok(None);
        };
        self.taken += chunk.len();
        if self.taken > MAX_PICTURE_BYTES + MAX_REST_BYTES {
            self.drop_rest().await?;
            return Err(too_large());
        }
        self.permits.hold(self.taken)?;
        Ok(Some(chunk))
    }

    /// Reads and drops the rest, because a client that is still sending would not read the answer.
    async fn drop_rest(&mut self) -> ApiResult<()> {
        let mut dropped = 0;
        while let Some(chunk) = body::next(&mut self.body, self.draining.as_ref()).await? {
            dropped += chunk.len();
            if dropped > MAX_DROPPED_BYTES {
                break;
            }
        }
        Ok(())
    }
}

/// The memory that a form holds. Dropping it releases the permits.
struct MemoryPermits {
    /// Of the network, and of the server.
    semaphores: [Arc<Semaphore>; 2],
    held: Mutex<[Option<OwnedSemaphorePermit>; 2]>,
}

impl MemoryPermits {
    fn new(semaphores: [Arc<Semaphore>; 2]) -> Self {
        Self {
            semaphores,
            held: Mutex::default(),
        }
    }

    /// Reserves memory for `bytes` in total; 503 if there is not enough. It does not wait, because
    /// forms that each hold a part could wait for each other forever.
    fn hold(&self, bytes: usize) -> ApiResult<()> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        for (semaphore, held) in self.semaphores.iter().zip(held.iter_mut()) {
            let has = held.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
            let lacks = bytes.div_ceil(KIB).saturating_sub(has);
            let lacks = u32::try_from(lacks).map_err(ApiError::internal)?;
            let more = Arc::clone(semaphore).try_acquire_many_owned(lacks);
            let more = more.map_err(|_| ApiError::busy())?;
            match held.as_mut() {
                Some(held) => held.merge(more),
                None => *held = Some(more),
            }
        }
        Ok(())
    }
}

/// Carries the error that interrupted the body through the multipart parser.
#[derive(Debug)]
struct Interrupted(ApiError);

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body was not read completely")
    }
}

impl std::error::Error for Interrupted {}

/// The parts of a form.
#[derive(Default)]
struct Parts {
    /// The text fields, as members of a JSON object.
    fields: Map<String, Value>,
    picture: Option<Bytes>,
    /// Faults of the parts themselves.
    faults: Faults,
}

async fn read_parts(mut parts: Multipart<'_>) -> ApiResult<Parts> {
    let mut read = Parts::default();
    let (mut count, mut text_bytes) = (0, 0);
    while let Some(part) = parts.next_field().await.map_err(unreadable)? {
        count += 1;
        if count > MAX_PARTS {
            return Err(ApiError::malformed(
                "too_many_parts",
                "the form has too many parts",
            ));
        }
        let name = part.name().unwrap_or_default().to_owned();
        let is_unchosen = part.file_name() == Some("");
        if name == PICTURE {
            let bytes = read_part(part, MAX_PICTURE_BYTES).await?;
            // Browsers send an empty file if the user chose none.
            if !(is_unchosen && bytes.is_empty()) && read.picture.replace(bytes).is_some() {
                refuse_duplicate(&mut read.faults, &name);
            }
            continue;
        }
        if part.file_name().is_some() {
            // A file with another name, usually by mistake: it is read to its end and reported.
            read_part(part, MAX_PICTURE_BYTES).await?;
            let detail = "there is no such file field; send the picture as `picture`";
            read.faults
                .add(At::Member(&At::Body, &name), "unknown_field", detail);
            continue;
        }
        let bytes = read_part(part, MAX_REST_BYTES).await?;
        text_bytes += bytes.len();
        if text_bytes > MAX_REST_BYTES {
            return Err(too_large());
        }
        let text = String::from_utf8(bytes.to_vec()).map_err(|_| malformed())?;
        if read
            .fields
            .insert(name.clone(), Value::String(text))
            .is_some()
        {
            refuse_duplicate(&mut read.faults, &name);
        }
    }
    Ok(read)
}

async fn read_part(part: Field<'_>, max_bytes: usize) -> ApiResult<Bytes> {
    let gather = |mut whole: BytesMut, chunk: Bytes| async move {
        // Excess bytes are read and dropped, so that the client can read the answer.
        if whole.len() <= max_bytes {
            whole.extend_from_slice(&chunk);
        }
        Ok(whole)
    };
    let whole = part.try_fold(BytesMut::new(), gather).await;
    let whole = whole.map_err(unreadable)?;
    if whole.len() > max_bytes {
        return Err(too_large());
    }
    Ok(whole.freeze())
}

fn unreadable(error: multer::Error) -> ApiError {
    let multer::Error::StreamReadFailed(cause) = error else {
        return malformed();
    };
    let cause: BoxError = cause;
    match cause.downcast::<Interrupted>() {
        Ok(interrupted) => interrupted.0,
        Err(error) => ApiError::internal(error),
    }
}

fn malformed() -> ApiError {
    ApiError::malformed("malformed_form", "the body is not a multipart form")
}

fn too_large() -> ApiError {
    ApiError::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "body_too_large",
        "a picture has at most 10 MiB, and the other fields together at most 64 KiB",
    )
}

fn refuse_duplicate(faults: &mut Faults, name: &str) {
    let detail = "this field occurs more than once";
    faults.add(At::Member(&At::Body, name), "duplicate_field", detail);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_in_small_chunks_takes_no_more_permits_than_one_in_a_single_chunk() {
        let (share, all) = (Arc::new(Semaphore::new(8)), Arc::new(Semaphore::new(12)));
        let permits = MemoryPermits::new([Arc::clone(&share), Arc::clone(&all)]);
        for taken in 1..=8 * KIB {
            permits.hold(taken).unwrap();
        }
        assert_eq!((share.available_permits(), all.available_permits()), (0, 4));
        assert!(permits.hold(8 * KIB + 1).is_err());
        drop(permits);
        assert_eq!(
            (share.available_permits(), all.available_permits()),
            (8, 12)
        );
    }
}
