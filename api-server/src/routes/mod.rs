//! The routes of the API: one table of (method, template, operation id, filter), folded into one
//! service with a boxed group for each first path segment.
//!
//! Nothing rejects after a route has matched, so that a wrong token is never a 404 and a wrong
//! method is never a 401.

mod all;
mod api;
mod filters;
mod fold;
mod route;

pub use all::all;
pub use api::Api;
pub use route::Route;
