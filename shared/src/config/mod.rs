//! Settings: one clap structure is the source of flags, variables, `--help` and `.env.example`.
//!
//! The groups here are flattened into each binary's own configuration. Every setting is a
//! variable and the flag of the same name in kebab-case without `PAWL_`; secrets may also come
//! from a file (`DATABASE_URL_FILE`).

mod database;
mod secret;
mod units;

pub use database::DatabaseArgs;
pub use secret::Secret;
pub use units::{ByteSize, UnitError, duration};
