//! The services that a listener runs, and the peer address that each request carries.

use std::{convert::Infallible, net::SocketAddr};

use http::{Request, Response};
use tower::Service;

use super::request_body::RequestBody;
use crate::http::Body;

/// The address at the other end of the connection; in the extensions of every request. It may be
/// a proxy's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

/// A service that a [`Listener`](super::Listener) can run: it always answers.
pub trait HttpService:
    Service<Request<RequestBody>, Response = Response<Body>, Error = Infallible, Future: Send>
    + Clone
    + Send
    + 'static
{
}

impl<S> HttpService for S where
    S: Service<Request<RequestBody>, Response = Response<Body>, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static
{
}
