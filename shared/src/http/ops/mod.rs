//! The listener for operators: `/metrics`, `/healthz` (the process runs) and `/readyz` (it can do
//! its work). The main listener answers the last two as well, for load balancers.

mod health;
mod service;
#[cfg(test)]
mod tests;

pub use health::{Checks, Health};
pub use service::Ops;
