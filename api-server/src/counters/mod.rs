//! Checks whether the counters in rows are correct. They change in the statement that changes the
//! counted rows, so a difference is a bug.

pub mod actions;
mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;
