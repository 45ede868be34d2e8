//! The bound of an upload's length.

use crate::config::units::{ByteSize, UnitError};

/// The longest upload (`PAWL_MAX_UPLOAD_SIZE`): at least one byte, at most what a `bigint` of the
/// database counts.
pub fn upload_size(text: &str) -> Result<ByteSize, String> {
    let size: ByteSize = text.parse().map_err(|error: UnitError| error.to_string())?;
    match i64::try_from(size.bytes()) {
        Ok(1..) => Ok(size),
        _ => Err("write a size from 1B to 8388607TiB".to_owned()),
    }
}
