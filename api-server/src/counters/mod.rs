//! Whether the counters that stand in rows are what they count. They change in the statements that
//! change what is counted, so a difference is a fault to be found.

pub mod actions;
mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;
