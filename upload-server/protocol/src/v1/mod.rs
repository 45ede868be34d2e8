//! tus 1.0: core, creation, creation-with-upload, termination.

pub mod answer;
mod common;
mod request;

pub use common::VERSION;
pub(crate) use common::{allowed_methods, common_headers};
pub(crate) use request::read;

use crate::Extension;

/// What `Tus-Extension` lists: exactly what works.
pub const EXTENSIONS: [Extension; 3] = [
    Extension::Creation,
    Extension::CreationWithUpload,
    Extension::Termination,
];

/// The media type of bytes.
pub const OFFSET_OCTET_STREAM: &str = "application/offset+octet-stream";
