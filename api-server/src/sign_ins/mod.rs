//! Verifies passwords, and slows down guessing of them. Every check of a password is an attempt.
//! Postgres counts it before the check, so that concurrent guesses are all counted.
//!
//! No account is ever locked: it is only slowed, for networks that it does not know.

pub mod actions;
mod attempts;
mod limits;
pub mod model;
mod proof;
pub mod slots;
mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;
