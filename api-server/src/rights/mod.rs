//! What an admin's role permits. No domain is imported here, so that every domain can ask.

pub mod actions;
mod store;
