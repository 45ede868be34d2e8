//! The audit log: actions on accounts and resources, and their authors. Each entry is written in
//! the transaction of its action. No API returns it.

pub mod actions;
pub mod model;
mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;
