//! The routes of the API. Each domain declares its routes once. The service, `/openapi.json` and
//! the required rows of the permission tests are derived from the list of all routes.
//!
//! warp matches the path, and the template's [`Endpoint`](endpoint::Endpoint) the method. Nothing
//! rejects after a template has matched, so that an invalid token is never a 404 and a wrong method
//! is never a 401.

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
