//! The routes of the API. Each domain declares its own, once; from the list of them all come the
//! service, `/openapi.json` and the list of what the access matrix must cover.
//!
//! A path is matched by warp, the method by the template's [`Endpoint`](endpoint::Endpoint). Nothing
//! rejects after a template has matched, so that a wrong token is never a 404 and a wrong method is
//! never a 401.

mod all;
mod api;
mod endpoint;
mod filters;
mod handler;
mod route;
mod tag;

pub use all::all;
pub use api::Api;
pub use handler::{Access, for_anyone, for_caller, for_viewer};
pub use route::{Description, Route, Success};
pub use tag::Tag;
