//! Settings: one clap structure defines the flags, the variables, `--help` and `.env.example`.
//!
//! Each binary flattens these groups into its own configuration. Every setting is a variable and
//! the flag of the same name in kebab-case without `PAWL_`. Secrets may also come from a file
//! (`DATABASE_URL_FILE`).

mod address;
mod database;
mod example;
mod faults;
mod groups;
mod http;
mod jobs;
mod load;
mod origins;
mod secret;
mod source;
mod units;
mod uploads;

use clap::{Args, Command, error::Result as ClapResult};

pub use self::{
    address::{AddressError, Host, HostPort, Origin, network},
    database::DatabaseArgs,
    example::{Setting, env_example, merge, settings},
    faults::{Check, Fault, Faults},
    groups::{DrainArgs, LogArgs, LogFormat, RedisArgs, StoreArgs},
    http::HttpArgs,
    jobs::JobArgs,
    load::{Refused, load, load_from},
    origins::OriginArgs,
    secret::Secret,
    source::Source,
    units::{ByteSize, UnitError, duration, switch},
    uploads::{Accept, InvalidAccept, InvalidUploadPath, UploadPath, upload_size},
};

/// A group with all its defaults, independent of the environment; for tests and tools.
///
/// # Errors
/// A setting of the group has no default.
pub fn defaults<A: Args>() -> ClapResult<A> {
    let command = A::augment_args(Command::new("defaults")).mut_args(|arg| arg.env(None::<&str>));
    A::from_arg_matches(&command.try_get_matches_from(["defaults"])?)
}
