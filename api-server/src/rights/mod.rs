//! The rights of admins. This module imports no domain, so that every domain can use it.

pub mod actions;
mod store;
