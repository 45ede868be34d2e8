//! Removes what is left of what was deleted, when its time is over: rows in small commits, so that
//! nobody waits for them, and files that no row names any more. Each step may be the last one
//! before a kill; the next attempt goes on.

pub mod actions;
mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;
