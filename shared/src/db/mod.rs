//! Postgres: the pool that every binary uses, the embedded migrations, and the meaning of errors.
//! Queries are in the module of their subject (`uploads`, `jobs`, a domain's `store`), not here.

mod batch;
mod errors;
mod identity;
#[cfg(all(test, feature = "testing"))]
mod plans;
mod pool;
mod schema;
mod settings;

pub use batch::{Batch, BatchError, BatchLimits, Batcher};
pub use errors::{constraint, is_retryable, is_unavailable, retry_while_unavailable};
pub use identity::identity;
pub use pool::{Pool, PoolConnection, Transaction};
pub use schema::{MIGRATOR, SchemaError, migrate, require_schema};
pub use settings::{Settings, connect_options, interval};
