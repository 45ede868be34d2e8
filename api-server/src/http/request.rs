//! The parts of a request that handlers read. Nothing here rejects a route: every fault is an
//! [`ApiError`].

use std::str::FromStr;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, Method, StatusCode};
use shared::auth::{AuthError, Principal, Verifier};
use shared::http::{ClientIp, Draining};
use tokio::sync::OnceCell;

use super::body::{self, BodyStream};
use super::encoding::{decode_query, decode_segment};
use super::{ApiError, ApiResult, Faults, FromJson, IdempotencyKey, PageQuery, json};

/// The maximum length of a stored `User-Agent`, in characters.
const MAX_USER_AGENT: usize = 200;

/// A request that matched a route.
pub struct Request {
    /// The path without the query.
    pub path: String,
    /// The method.
    pub method: Method,
    /// The path parameters, not decoded, in order.
    pub params: Vec<String>,
    /// The query, not decoded; empty if there is none.
    pub query: String,
    /// The header fields.
    pub headers: HeaderMap,
    /// The client's address, which trusted proxies may report.
    pub client: Option<ClientIp>,
    /// The state of the server's drain.
    pub draining: Option<Draining>,
    /// The body, not read yet.
    pub body: BodyStream,
    /// The operation's name.
    pub operation_id: &'static str,
    /// The caller, once the token was verified.
    pub identity: OnceCell<Result<Principal, AuthError>>,
}

/// The body of a create, and its idempotency key.
pub struct Keyed<T> {
    pub body: T,
    pub key: Option<IdempotencyKey>,
}

impl Request {
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

    /// A path parameter; 404 if it cannot be parsed as an id.
    pub fn param<T: FromStr>(&self, position: usize) -> ApiResult<T> {
        self.params
            .get(position)
            .and_then(|text| decode_segment(text))
            .and_then(|text| text.parse().ok())
            .ok_or_else(ApiError::not_found)
    }

    /// `limit` and `cursor`; 400 if the query cannot be parsed.
    pub fn page(&self) -> ApiResult<PageQuery> {
        let parameters = decode_query(&self.query).ok_or_else(|| {
            ApiError::malformed("malformed_query", "the query is not percent-encoded UTF-8")
        })?;
        PageQuery::read(self.path.clone(), parameters)
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

    /// The network of the client: an IPv4 address, or an IPv6 /64.
    pub fn network(&self) -> String {
        self.client
            .map(|client| network(client.0))
            .unwrap_or_default()
    }

    /// The body as JSON: 415 for another media type, 400 if it is not JSON, 422 with all faults if
    /// it does not match the type.
    pub async fn json<T: FromJson>(self) -> ApiResult<T> {
        self.json_of(&["application/json"]).await
    }

    /// The body as a JSON merge patch (RFC 7396); `application/json` is also accepted.
    pub async fn patch<T: FromJson>(self) -> ApiResult<T> {
        self.json_of(&["application/merge-patch+json", "application/json"])
            .await
    }

    /// The body as JSON, and the idempotency key.
    pub async fn keyed_json<T: FromJson>(self) -> ApiResult<Keyed<T>> {
        // Decoded parameters, so that different escapes of a path give the same route.
        let places: Option<Vec<_>> = self
            .params
            .iter()
            .map(|text| decode_segment(text))
            .collect();
        let places = places.ok_or_else(ApiError::not_found)?.join("/");
        let route = format!("{} {places}", self.operation_id);
        let headers = self.headers.clone();
        let bytes = self.bytes_of(&["application/json"]).await?;
        let key = IdempotencyKey::read(&headers, route, &bytes)?;
        let body = json::parse(&bytes, Faults::default())?;
        Ok(Keyed { body, key })
    }

    async fn json_of<T: FromJson>(self, types: &[&str]) -> ApiResult<T> {
        json::parse(&self.bytes_of(types).await?, Faults::default())
    }

    async fn bytes_of(self, types: &[&str]) -> ApiResult<Bytes> {
        require_plain(&self.headers)?;
        if !is_json(&self.headers, types) {
            return Err(unsupported("the body must be application/json"));
        }
        body::read(self.body, self.draining.as_ref()).await
    }
}

/// 415 for a body with a content coding (RFC 9110, section 8.4).
pub(super) fn require_plain(headers: &HeaderMap) -> ApiResult<()> {
    let mut codings = headers.get_all(CONTENT_ENCODING).iter();
    if codings.all(|coding| coding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Ok(());
    }
    Err(unsupported("the body must not be compressed"))
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

fn network(address: std::net::IpAddr) -> String {
    match address.to_canonical() {
        std::net::IpAddr::V4(address) => address.to_string(),
        std::net::IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{}/64", std::net::Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_network_of_an_ipv6_address_is_its_64() {
        assert_eq!(
            network("2001:db8:1:2:3:4:5:6".parse().unwrap()),
            "2001:db8:1:2::/64"
        );
        assert_eq!(network("::ffff:192.0.2.7".parse().unwrap()), "192.0.2.7");
    }

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
