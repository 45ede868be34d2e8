//! Parses the head of a tus 1.0 request.

use http::{HeaderMap, Method, header::CONTENT_TYPE};

use crate::{
    Append, BodyLength, Creation, Error, Extension, Head, Limits, Metadata, Operation, Target,
    fields::{at_most_one, byte_count, is_media_type},
    names,
    v1::{OFFSET_OCTET_STREAM, VERSION},
};

/// Parses the head of a request whose effective method is `method`.
pub(crate) fn read(method: &Method, head: &Head<'_>, limits: &Limits) -> Result<Operation, Error> {
    // "The Server MUST ignore the header" Tus-Resumable in OPTIONS.
    if method == Method::OPTIONS {
        return Ok(Operation::Options);
    }
    check_version(head.headers)?;
    match (head.target, method.as_str()) {
        (Target::Collection, "POST") => read_creation(head, limits).map(Operation::Create),
        (Target::Upload, "PATCH") => read_append(head).map(Operation::Append),
        (Target::Upload, "HEAD") => Ok(Operation::Inspect),
        (Target::Upload, "DELETE") => Ok(Operation::Terminate),
        (target, _) => Err(Error::MethodNotAllowed(target)),
    }
}

/// A missing version gets here only with a method of no dialect.
fn check_version(headers: &HeaderMap) -> Result<(), Error> {
    if headers
        .get_all(names::TUS_RESUMABLE)
        .iter()
        .any(|version| version != VERSION)
    {
        return Err(Error::UnsupportedVersion);
    }
    at_most_one(headers, &names::TUS_RESUMABLE).map(|_| ())
}

fn read_creation(head: &Head<'_>, limits: &Limits) -> Result<Creation, Error> {
    refuse_unoffered(
        head.headers,
        &names::UPLOAD_CONCAT,
        Extension::Concatenation,
    )?;
    let length = read_length(head.headers)?;
    if length > limits.max_size {
        return Err(Error::TooLarge {
            max_size: limits.max_size,
        });
    }
    let metadata = Metadata::parse(head.headers.get_all(names::UPLOAD_METADATA))?;
    let first = read_first_bytes(head)?;
    if matches!(first, Some(Append { body: BodyLength::Exactly(body), .. }) if body > length) {
        return Err(Error::BeyondLength);
    }
    Ok(Creation {
        length: Some(length),
        metadata,
        first,
    })
}

fn read_length(headers: &HeaderMap) -> Result<u64, Error> {
    let length = byte_count(headers, &names::UPLOAD_LENGTH)?;
    match (length, headers.contains_key(names::UPLOAD_DEFER_LENGTH)) {
        (Some(length), false) => Ok(length),
        (None, false) => Err(Error::Missing(names::UPLOAD_LENGTH)),
        // `Upload-Length` and `Upload-Defer-Length` contradict each other.
        (Some(_), true) => Err(Error::Malformed(names::UPLOAD_DEFER_LENGTH)),
        (None, true) => Err(Error::NotOffered(Extension::CreationDeferLength)),
    }
}

/// The body of a creation is used if its type is that of upload bytes. A body of another type is
/// refused instead of ignored. A body without length and type counts as none, because HTTP/2
/// clients send empty bodies this way.
fn read_first_bytes(head: &Head<'_>) -> Result<Option<Append>, Error> {
    let content_type = at_most_one(head.headers, &CONTENT_TYPE)?;
    let is_bytes = content_type.is_some_and(|value| is_media_type(value, OFFSET_OCTET_STREAM));
    match head.body {
        BodyLength::Empty if !is_bytes => Ok(None),
        BodyLength::Unknown if content_type.is_none() => Ok(None),
        body if is_bytes => read_body(head.headers, 0, body).map(Some),
        _ => Err(Error::ContentType),
    }
}

fn read_append(head: &Head<'_>) -> Result<Append, Error> {
    let content_type = at_most_one(head.headers, &CONTENT_TYPE)?;
    if !content_type.is_some_and(|value| is_media_type(value, OFFSET_OCTET_STREAM)) {
        return Err(Error::ContentType);
    }
    let offset = byte_count(head.headers, &names::UPLOAD_OFFSET)?
        .ok_or(Error::Missing(names::UPLOAD_OFFSET))?;
    read_body(head.headers, offset, head.body)
}

/// A checksum that the server would not verify is refused; otherwise the client would believe that
/// it was verified.
fn read_body(headers: &HeaderMap, offset: u64, body: BodyLength) -> Result<Append, Error> {
    refuse_unoffered(headers, &names::UPLOAD_CHECKSUM, Extension::Checksum)?;
    Ok(Append { offset, body })
}

fn refuse_unoffered(
    headers: &HeaderMap,
    name: &http::HeaderName,
    extension: Extension,
) -> Result<(), Error> {
    if headers.contains_key(name) {
        Err(Error::NotOffered(extension))
    } else {
        Ok(())
    }
}
