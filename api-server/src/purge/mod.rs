//! Removes what remains of deleted resources after the purge delay: rows in small commits, so that
//! no request waits for them, and files that no row names. A kill may interrupt each step; the next
//! attempt continues.

pub mod actions;
mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;
