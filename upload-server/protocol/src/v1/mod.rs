//! tus 1.0: core, creation, creation-with-upload, termination.

pub mod answer;
mod request;

pub(crate) use answer::{allowed_methods, common_headers};
pub(crate) use request::read;

use http::HeaderValue;

use crate::Extension;

/// The one version of the protocol that is spoken.
pub const VERSION: HeaderValue = HeaderValue::from_static("1.0.0");

/// What `Tus-Extension` lists: exactly what works.
pub const EXTENSIONS: [Extension; 3] = [
    Extension::Creation,
    Extension::CreationWithUpload,
    Extension::Termination,
];

/// The media type of bytes.
pub const OFFSET_OCTET_STREAM: &str = "application/offset+octet-stream";
