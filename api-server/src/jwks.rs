//! `/.well-known/jwks.json`: the public keys of our tokens (RFC 7517, RFC 8037), for services that
//! verify them themselves.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use serde_json::{Value, json};
use shared::auth::{PublishedKey, list_public_keys};
use shared::http::{Body, Problem, full};

use crate::app::App;
use crate::http::ApiError;

/// Its path.
pub const PATH: &str = "/.well-known/jwks.json";

/// The answer for [`PATH`].
pub async fn serve<B>(app: &App, request: &Request<B>) -> Response<Body> {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed")
            .header(ALLOW, HeaderValue::from_static("GET, HEAD"))
            .into_response();
    }
    let keys = match list_public_keys(&app.pool).await {
        Ok(keys) => keys,
        Err(error) => return ApiError::from(error).into_problem().into_response(),
    };
    let keys: Vec<_> = keys.iter().map(jwk).collect();
    let mut response = Response::new(full(json!({ "keys": keys }).to_string()));
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/jwk-set+json"),
    );
    headers.insert(
        CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=60"),
    );
    response
}

fn jwk(key: &PublishedKey) -> Value {
    json!({
        "kty": "OKP",
        "crv": "Ed25519",
        "alg": "EdDSA",
        "use": "sig",
        "kid": key.kid,
        "x": URL_SAFE_NO_PAD.encode(&key.public_key),
    })
}
