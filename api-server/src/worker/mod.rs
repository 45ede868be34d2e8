//! Background work of a server: it runs jobs with the shared runner, and prunes old rows.

pub mod prune;
mod purge;
mod run;
#[cfg(all(test, feature = "testing"))]
mod tests;

pub use purge::PurgeHandler;
pub use run::{run, worker};
