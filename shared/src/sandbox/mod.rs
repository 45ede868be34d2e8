//! Child processes with limits, for programs that handle untrusted bytes.
//!
//! A child restricts itself before it reads anything: the parent has many threads, and only `exec`
//! is safe between its fork and exec. Each child has a process group of its own, which is killed as
//! a whole and dies with the parent.

mod bounds;
mod capture;
mod process;
mod restrictions;

pub use bounds::Bounds;
pub use capture::{CaptureError, Captured, capture, command, read_tail};
pub use process::Process;
pub use restrictions::Restrictions;
