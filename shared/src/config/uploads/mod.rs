//! Settings that upload-server enforces and api-server announces.

mod accept;
mod path;

pub use self::{
    accept::{Accept, InvalidAccept},
    path::{InvalidUploadPath, UploadPath},
};
use super::{ByteSize, UnitError};

/// The maximum size of an upload (`PAWL_MAX_UPLOAD_SIZE`), at least one byte. The upper bound is
/// that of `bigint`, the type of lengths in the database.
pub fn upload_size(text: &str) -> Result<ByteSize, String> {
    let size: ByteSize = text.parse().map_err(|error: UnitError| error.to_string())?;
    match i64::try_from(size.bytes()) {
        Ok(1..) => Ok(size),
        _ => Err("write a size from 1B to 8388607TiB".to_owned()),
    }
}
