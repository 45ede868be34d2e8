//! Roles and states of accounts, and the rights of admins. This module imports no domain, so that
//! every domain can use it.

pub mod actions;
pub mod model;
mod store;
