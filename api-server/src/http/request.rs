//! The parts of a request that operations read. Nothing here rejects a route: every fault is an
//! [`ApiError`].

use std::mem;
use std::str::FromStr;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream;
use http::header::{AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, Method, StatusCode};
use shared::auth::{AuthError, Principal, Verifier};
use shared::http::{ClientIp, Draining};
use tokio::sync::OnceCell;

use super::body::{self, BodyStream};
use super::encoding::{decode_query, decode_segment};
use super::{ApiError, ApiResult, BodyMemory, Faults, FromJson, IdempotencyKey, PageQuery, json};

/// The maximum length of a stored `User-Agent`, in characters.
const MAX_USER_AGENT: usize = 200;
/// The media types of bodies.
pub const JSON: &str = "application/json";
pub const MERGE_PATCH: &str = "application/merge-patch+json";
pub const FORM: &str = "multipart/form-data";

/// A request that matched a route.
pub struct Request {
    /// All but the body.
    pub head: Head,
    /// The body, not read yet.
    pub body: BodyStream,
    /// The memory of bodies other than forms.
    pub memory: Arc<BodyMemory>,
}

/// The parts of a request that precede its body.
pub struct Head {
    /// The path without the query.
    pub path: String,
    /// The method.
    pub method: Method,
    /// The path parameters, not decoded, in order.
    pub params: Vec<String>,
    /// How many of them were read.
    pub read_params: usize,
    /// The query, not decoded; empty if there is none.
    pub query: String,
    /// The header fields.
    pub headers: HeaderMap,
    /// The client's address, which trusted proxies may report.
    pub client: Option<ClientIp>,
    /// The state of the server's drain.
    pub draining: Option<Draining>,
    /// The operation's name.
    pub operation_id: &'static str,
    /// The caller, once the token was verified.
    pub identity: OnceCell<Result<Principal, AuthError>>,
}

/// A JSON body.
pub struct Json<T>(pub T);

/// A JSON merge patch (RFC 7396).
pub struct Patch<T>(pub T);

/// The JSON body of a create, and its idempotency key.
pub struct Keyed<T> {
    pub body: T,
    pub key: Option<IdempotencyKey>,
}

/// The network of the client: an IPv4 address, or an IPv6 /64.
pub struct Network(pub String);

impl Head {
    /// The caller; 401 without a valid token.
    pub async fn caller(&self, verifier: &Verifier) -> ApiResult<Principal> {
        Ok(self.identify(verifier).await?)
    }

    /// The caller if there is a token; 401 if the token is invalid.
    pub async fn viewer(&self, verifier: &Verifier) -> ApiResult<Option<Principal>> {
        if !self.headers.contains_key(AUTHORIZATION) {
            return Ok(None);
        }
        match self.identify(verifier).await {
            Ok(caller) => Ok(Some(caller)),
            Err(AuthError::Missing) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Verifies the token at the first call only.
    async fn identify(&self, verifier: &Verifier) -> Result<Principal, AuthError> {
        let verify = || verifier.verify_headers(&self.headers);
        self.identity.get_or_init(verify).await.clone()
    }

    /// The next path parameter; 404 if it cannot be parsed.
    pub fn next_param<T: FromStr>(&mut self) -> ApiResult<T> {
        let param = self.params.get(self.read_params);
        self.read_params += 1;
        param
            .and_then(|text| decode_segment(text))
            .and_then(|text| text.parse().ok())
            .ok_or_else(ApiError::not_found)
    }

    /// `limit` and `cursor`; 400 if the query cannot be parsed.
    pub fn page(&self) -> ApiResult<PageQuery> {
        let parameters = decode_query(&self.query).ok_or_else(|| {
            ApiError::malformed("malformed_query", "the query is not percent-encoded UTF-8")
        })?;
        PageQuery::parse(self.path.clone(), parameters)
    }

    /// The `User-Agent`, shortened.
    pub fn user_agent(&self) -> String {
        let text = self
            .headers
            .get(USER_AGENT)
            .and_then(|value| value.to_str().ok());
        text.unwrap_or_default()
            .chars()
            .take(MAX_USER_AGENT)
            .collect()
    }

    /// The network of the client.
    pub fn network(&self) -> Network {
        let network = self
            .client
            .map(|client| shared::http::Network::from(client.0));
        Network(
            network
                .map(|network| network.to_string())
                .unwrap_or_default(),
        )
    }

    /// The operation with its path parameters. They are decoded, so that different escapes of a
    /// path give the same text.
    fn place(&self) -> ApiResult<String> {
        let params = self.params.iter().map(|text| decode_segment(text));
        let params: Option<Vec<_>> = params.collect();
        let params = params.ok_or_else(ApiError::not_found)?;
        Ok(format!("{} {}", self.operation_id, params.join("/")))
    }
}

impl Request {
    /// The body as JSON: 415 for another media type, 400 if it is not JSON, 422 with all faults if
    /// it does not match the type.
    pub async fn json<T: FromJson>(&mut self) -> ApiResult<T> {
        let bytes = self.bytes_of(&[JSON]).await?;
        json::parse(&bytes, Faults::default())
    }

    /// The body as a JSON merge patch; `application/json` is also accepted.
    pub async fn patch<T: FromJson>(&mut self) -> ApiResult<T> {
        let bytes = self.bytes_of(&[MERGE_PATCH, JSON]).await?;
        json::parse(&bytes, Faults::default())
    }

    /// The body as JSON, and the idempotency key.
    pub async fn keyed<T: FromJson>(&mut self) -> ApiResult<Keyed<T>> {
        let place = self.head.place()?;
        let bytes = self.bytes_of(&[JSON]).await?;
        let key = IdempotencyKey::read(&self.head.headers, place, &bytes)?;
        let body = json::parse(&bytes, Faults::default())?;
        Ok(Keyed { body, key })
    }

    /// Takes the body; afterwards it is empty.
    pub(super) fn take_body(&mut self) -> BodyStream {
        mem::replace(&mut self.body, Box::pin(stream::empty()))
    }

    async fn bytes_of(&mut self, types: &[&str]) -> ApiResult<Bytes> {
        if !is_json(&self.head.headers, types) {
            return Err(unsupported("the body must be application/json"));
        }
        let body = self.take_body();
        let memory = || self.memory.body(self.head.network().0);
        body::read(body, self.head.draining.as_ref(), memory).await
    }
}

fn unsupported(detail: &'static str) -> ApiError {
    ApiError::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported_media_type",
        detail,
    )
}

/// Whether it is one of `types`, without a charset or with UTF-8 (RFC 8259, section 8.1).
fn is_json(headers: &HeaderMap, types: &[&str]) -> bool {
    let Some(value) = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
    else {
        return false;
    };
    let (essence, parameters) = value.split_once(';').unwrap_or((value, ""));
    let charset = parameters.trim().to_ascii_lowercase().replace('"', "");
    types
        .iter()
        .any(|name| essence.trim().eq_ignore_ascii_case(name))
        && (charset.is_empty() || charset == "charset=utf-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_json_in_utf_8_counts_as_json() {
        let types = ["application/json"];
        let is = |value: &str| {
            let headers = HeaderMap::from_iter([(CONTENT_TYPE, value.parse().unwrap())]);
            is_json(&headers, &types)
        };
        assert!(!is("application/merge-patch+json"));
        assert!(is("application/json") && is("Application/JSON; charset=\"UTF-8\""));
        assert!(!is("text/plain") && !is("application/json; charset=latin1"));
        assert!(!is_json(&HeaderMap::new(), &types));
    }
}
