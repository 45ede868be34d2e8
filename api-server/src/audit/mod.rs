//! The record of what was done to accounts and things, and by whom. It is written in the
//! transaction of what it tells, and nothing here is shown to anybody.

pub mod actions;
pub mod model;
mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;
