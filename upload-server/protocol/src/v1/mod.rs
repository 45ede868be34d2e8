//! tus 1.0: core, creation, creation-with-upload, termination.

pub mod answer;
mod common;
mod request;

pub use common::{EXTENSIONS, OFFSET_OCTET_STREAM, VERSION};
pub(crate) use common::{allowed_methods, common_headers};
pub(crate) use request::read;
