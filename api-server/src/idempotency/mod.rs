//! The creates that were asked for under a key. The domain whose create it is asks here within its
//! own transaction, so that the record is there exactly when the resource is.

pub mod actions;
mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;
