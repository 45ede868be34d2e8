//! The routes of the API. Each domain declares its routes once. The service, `/openapi.json` and
//! the required rows of the permission tests are derived from the list of all routes.
//!
//! warp matches the path, and the template's [`Endpoint`](endpoint::Endpoint) the method. Nothing
//! rejects after a template has matched, so that an invalid token is never a 404 and a wrong method
//! is never a 401.

mod all;
mod api;
mod description;
mod endpoint;
mod filters;
mod handler;
mod input;
mod output;
mod route;
mod tag;

pub use all::all;
pub use api::Api;
pub use description::{Description, Success};
pub use handler::{Access, Handler};
pub(crate) use handler::{for_anyone, for_caller, for_viewer};
pub use input::{Input, PathInput};
pub use output::{Either, Located, Resource};
pub use route::Route;
pub use tag::Tag;
