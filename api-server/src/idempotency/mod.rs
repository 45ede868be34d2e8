//! Records of creates with a key. The domain of the create calls this within its own transaction,
//! so that the record exists exactly if the resource does.

pub mod actions;
mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;
