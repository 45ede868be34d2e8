//! The defaults of a group of settings.

use clap::{Args, Command, error::Result};

/// A group with all its defaults, independent of the environment; for tests and tools.
///
/// # Errors
/// A setting of the group has no default.
pub fn defaults<A: Args>() -> Result<A> {
    let command = A::augment_args(Command::new("defaults")).mut_args(|arg| arg.env(None::<&str>));
    A::from_arg_matches(&command.try_get_matches_from(["defaults"])?)
}
