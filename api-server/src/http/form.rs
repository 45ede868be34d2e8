//! `multipart/form-data` (RFC 7578) with text fields and one file named `picture`.
//!
//! Text fields become a JSON object of strings, so that they get the same checks and the same
//! answers as a JSON body. Forms are held in memory. Three bounds apply: the size of a form, the
//! number of its parts, and the memory for all forms, of which each network may hold a part.

use std::fmt;

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, stream};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use multer::{Field, Multipart};
use serde_json::{Map, Value};
use shared::http::{BoxError, Draining};

use super::body::{self, BodyStream};
use super::memory::HeldMemory;
use super::request::FORM;
use super::{ApiError, ApiResult, At, Faults, FromJson, Request, json};

/// The maximum size of a picture.
pub const MAX_PICTURE_BYTES: usize = 10 << 20;
/// The maximum size of all text fields, names and boundaries together.
const MAX_REST_BYTES: usize = 64 << 10;
const MAX_PARTS: usize = 16;
const PICTURE: &str = "picture";

/// A body that was sent as JSON or as a form.
pub struct Form<T> {
    /// The JSON body, or the text fields.
    pub fields: T,
    /// The file, if there is one. Its bytes hold the memory of the form.
    pub picture: Option<Bytes>,
}

impl Request {
    /// Parses a body that is JSON or a form with the same fields and a file `picture`. A form is
    /// held in `memory`.
    pub async fn form<T: FromJson>(&mut self, memory: HeldMemory) -> ApiResult<Form<T>> {
        let Some(boundary) = boundary(&self.head.headers) else {
            return Ok(Form {
                fields: self.json().await?,
                picture: None,
            });
        };
        let boundary = boundary?;
        let mut incoming = Incoming {
            body: self.take_body(),
            draining: self.head.draining.clone(),
            memory,
            taken: 0,
        };
        let parts = Multipart::new(incoming.bounded(), boundary);
        let read = read_parts(parts).await?;
        let fields = serde_json::to_vec(&read.fields).map_err(ApiError::internal)?;
        Ok(Form {
            fields: json::parse(&fields, read.faults)?,
            picture: read.picture.map(|bytes| incoming.memory.attach_to(bytes)),
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
    memory: HeldMemory,
    taken: usize,
}

impl Incoming {
    /// The body, cut off at the maximum size of a form.
    fn bounded(&mut self) -> impl Stream<Item = Result<Bytes, Interrupted>> + Send {
        stream::try_unfold(self, |incoming| async {
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
            return Err(too_large());
        }
        self.memory.grow(self.taken)?;
        Ok(Some(chunk))
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

async fn read_part(mut part: Field<'_>, max_bytes: usize) -> ApiResult<Bytes> {
    let mut whole = BytesMut::new();
    while let Some(chunk) = part.chunk().await.map_err(unreadable)? {
        if whole.len() + chunk.len() > max_bytes {
            return Err(too_large());
        }
        whole.extend_from_slice(&chunk);
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
    let (picture, rest) = (MAX_PICTURE_BYTES >> 20, MAX_REST_BYTES >> 10);
    let detail = format!(
        "a picture has at most {picture} MiB, and the other fields together at most {rest} KiB"
    );
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail)
}

fn refuse_duplicate(faults: &mut Faults, name: &str) {
    let detail = "this field occurs more than once";
    faults.add(At::Member(&At::Body, name), "duplicate_field", detail);
}
