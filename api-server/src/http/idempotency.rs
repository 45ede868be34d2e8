//! `Idempotency-Key`: makes repeated creates safe.

use aws_lc_rs::digest;
use http::header::LOCATION;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::Serialize;

use super::reply::json;
use super::{ApiError, ApiResult, Reply};

const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// The maximum length of a key.
pub const MAX_KEY_CHARS: usize = 255;

/// A create request: its operation, key and body.
#[derive(Debug, Clone)]
pub struct IdempotencyKey {
    /// The operation with the parameters of its path.
    pub route: String,
    /// 1 to [`MAX_KEY_CHARS`] visible ASCII characters.
    pub key: String,
    /// The digest of the body as sent.
    pub body_sha256: [u8; 32],
}

/// The answer to a create: a resource that is new, or the current state of one that was created
/// before.
#[derive(Debug)]
pub struct Created<T> {
    pub resource: T,
    pub is_replayed: bool,
}

impl IdempotencyKey {
    /// The key in `headers`, if any; 400 if it is not valid.
    pub fn read(headers: &HeaderMap, route: String, body: &[u8]) -> ApiResult<Option<Self>> {
        let mut values = headers.get_all(HEADER).iter();
        let Some(value) = values.next() else {
            return Ok(None);
        };
        let is_key = (1..=MAX_KEY_CHARS).contains(&value.len())
            && value.as_bytes().iter().all(u8::is_ascii_graphic)
            && values.next().is_none();
        let key = value.to_str().ok().filter(|_| is_key).ok_or_else(|| {
            let detail = format!(
                "Idempotency-Key must be 1 to {MAX_KEY_CHARS} visible ASCII characters and be sent \
                 once"
            );
            ApiError::malformed("invalid_idempotency_key", detail)
        })?;
        let mut body_sha256 = [0; 32];
        body_sha256.copy_from_slice(digest::digest(&digest::SHA256, body).as_ref());
        Ok(Some(Self {
            route,
            key: key.to_owned(),
            body_sha256,
        }))
    }
}

impl<T> Created<T> {
    /// This request created it.
    pub fn new(resource: T) -> Self {
        Self {
            resource,
            is_replayed: false,
        }
    }

    /// An earlier request with the same key created it; 410 if it is deleted.
    pub fn replayed(resource: ApiResult<T>) -> ApiResult<Self> {
        let resource = resource.map_err(ApiError::gone_if_missing)?;
        Ok(Self {
            resource,
            is_replayed: true,
        })
    }
}

/// 201 with the resource and its URL, and whether an earlier request created it.
pub fn created<T: Serialize>(location: &str, outcome: &Created<T>) -> ApiResult<Reply> {
    let mut reply = json(StatusCode::CREATED, &outcome.resource)?;
    let location = HeaderValue::from_str(location).map_err(ApiError::internal)?;
    let headers = reply.headers_mut();
    headers.insert(LOCATION, location);
    if outcome.is_replayed {
        headers.insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(reply)
}

#[cfg(test)]
mod tests {
    use shared::http::catalogue::PROBLEMS;

    use super::*;

    fn read(keys: &[&str]) -> Result<Option<String>, u16> {
        let mut headers = HeaderMap::new();
        for key in keys {
            headers.append(HEADER, HeaderValue::from_bytes(key.as_bytes()).unwrap());
        }
        match IdempotencyKey::read(&headers, String::new(), b"{}") {
            Ok(key) => Ok(key.map(|key| key.key)),
            Err(error) => Err(error.into_problem().status().as_u16()),
        }
    }

    #[test]
    fn the_catalogue_states_the_maximum_length() {
        let known = PROBLEMS.iter();
        let mut known = known.filter(|known| known.name == "invalid_idempotency_key");
        let text = known.next().unwrap().advice;
        assert!(
            text.contains(&format!("1 to {MAX_KEY_CHARS} visible")),
            "{text}"
        );
    }

    #[test]
    fn a_key_is_visible_ascii_characters() {
        assert_eq!(read(&[]), Ok(None));
        let longest = "~".repeat(MAX_KEY_CHARS);
        for key in ["a", "\"quoted\"", &longest] {
            assert_eq!(read(&[key]), Ok(Some(key.to_owned())));
        }
        let too_long = "a".repeat(MAX_KEY_CHARS + 1);
        for keys in [&[""][..], &["a b"], &["ü"], &[&too_long], &["a", "a"]] {
            assert_eq!(read(keys), Err(400), "{keys:?}");
        }
    }
}
