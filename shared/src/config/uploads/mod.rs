//! Settings about uploads that upload-server enforces and api-server announces.

mod accept;
mod path;
mod size;
mod terms;

pub use accept::{Accept, InvalidAccept};
pub use path::{InvalidUploadPath, UploadPath};
use size::upload_size;
pub use terms::UploadTermsArgs;
