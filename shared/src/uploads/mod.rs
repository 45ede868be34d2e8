//! The upload core: rows, bytes, and the single writer that joins them. `upload-server` implements
//! its protocols on top of it.
//!
//! Acknowledged bytes are synced and fenced: every owner has an epoch, and an answer follows only
//! after a read that finds the epoch unchanged. Callers decide permissions, except those that must
//! be checked in the same transaction as the change (the account's state, the post's author).

mod claim;
mod create;
mod finish;
mod model;
mod owner;
mod sink;
mod store;
mod sweep;
mod take;
mod taken;
#[cfg(test)]
#[cfg(feature = "testing")]
mod tests;

pub use create::CreateError;
pub use finish::Finished;
pub use model::{Durability, Facts, NewUpload, Settings, Upload, UploadState};
pub use owner::{OwnerParts, Owners, TakeError};
pub use sink::{Appender, LocalSink, SinkError};
pub use store::find_upload;
pub use sweep::Swept;
pub use taken::{AckError, Acknowledged, Taken};
