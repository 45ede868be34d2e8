//! A pool of sqlx's connections, one in each process.
//!
//! sqlx's own pool pings the server each time a connection is given back: a round trip and a task
//! for every request, as much as a short query costs. Here a connection that is in order goes back
//! as it is. Whatever else is open on it (an answer that nobody read, a transaction that was not
//! committed) is ended before it is given out again.

mod acquire;
mod connection;
mod state;
#[cfg(all(test, feature = "testing"))]
mod tests;
mod transaction;

pub use acquire::Pool;
pub use connection::PoolConnection;
pub use transaction::Transaction;
