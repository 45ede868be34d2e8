//! Removes what dead attempts left behind: objects that no row names, and old hints.
//!
//! An object is removed only when no row names it *and* its writer can no longer publish. The order
//! matters: first the folder is listed, then the job is read, then the rows. An object in the list
//! was written by an attempt that was claimed before; if that attempt no longer runs when the job
//! is read, it has either published by then, which the rows show, or it never will. Pictures that
//! came with a request are stored by an api-server and belong to no job: such a set is left alone
//! for an hour, because the request's transaction never lasts a minute.

mod files;
mod set;
mod sweeper;

pub use set::{SweepError, Swept, sweep_set};
pub use sweeper::Sweeper;
