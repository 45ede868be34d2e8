//! Records of creates with a key. The domain calls this in the transaction of the create, so that
//! the record exists exactly if the resource does.

pub mod actions;
pub mod model;
mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;
