//! Settings about uploads that upload-server enforces and api-server announces.

mod accept;
mod path;
mod size;

pub use accept::{Accept, InvalidAccept};
pub use path::{InvalidUploadPath, UploadPath};
pub use size::upload_size;
