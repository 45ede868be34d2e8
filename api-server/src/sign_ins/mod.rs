//! What slows down who guesses passwords. Every check of a password is an attempt, counted in
//! Postgres before the password is looked at, so that guesses made at once are all counted.
//!
//! Nobody is ever locked out: an account is slowed, for networks that it does not know.

pub mod actions;
mod limits;
pub mod model;
pub mod slots;
mod store;
#[cfg(all(test, feature = "testing"))]
mod tests;
