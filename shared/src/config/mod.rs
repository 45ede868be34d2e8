//! Settings: one clap structure defines the flags, the variables, `--help` and `.env.example`.
//!
//! Each binary flattens these groups into its own configuration. Every setting is a variable and
//! the flag of the same name in kebab-case without `PAWL_`. Secrets may also come from a file
//! (`DATABASE_URL_FILE`).

mod address;
mod database;
mod defaults;
mod example;
mod faults;
mod groups;
mod http;
mod jobs;
mod load;
mod origins;
mod secret;
mod source;
mod tokens;
mod typos;
mod units;
mod uploads;

pub use address::{AddressError, Host, HostPort, Origin, network};
pub use database::DatabaseArgs;
pub use defaults::defaults;
pub use example::{Setting, env_example, merge, settings};
pub use faults::{Check, Fault, Faults};
pub use groups::{DrainArgs, LogArgs, LogFormat, RedisArgs, StoreArgs};
pub use http::HttpArgs;
pub use jobs::JobArgs;
pub use load::{Refused, load, load_from};
pub use origins::OriginArgs;
pub use secret::Secret;
pub use source::Source;
pub use tokens::TokenArgs;
pub use units::{ByteSize, UnitError, duration, switch};
pub use uploads::{Accept, InvalidAccept, InvalidUploadPath, UploadPath, UploadTermsArgs};
