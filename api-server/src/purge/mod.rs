//! Removes deleted posts and media some time after their deletion: rows in small commits, so that
//! no other transaction waits for long, and files that no row names. The process may be killed
//! after any step; the next attempt continues.

pub mod actions;
mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;
