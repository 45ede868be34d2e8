//! The settings of upload-server: the groups that all binaries share, and its own.

use std::time::Duration;

use clap::{
    Args, Parser, Subcommand,
    builder::{PossibleValuesParser, TypedValueParser},
};
use shared::{
    config::{
        ByteSize, Check, DatabaseArgs, DrainArgs, Faults, HostPort, HttpArgs, LogArgs, OriginArgs,
        RedisArgs, StoreArgs, TokenArgs, UploadTermsArgs, duration,
    },
    uploads::Durability,
};

/// Pawl's upload server: resumable uploads without loss of acknowledged bytes.
#[derive(Clone, Debug, Parser)]
#[command(name = "upload-server", version, about)]
pub struct Config {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub terms: UploadTermsArgs,
    #[command(flatten)]
    pub upload: UploadArgs,
    #[command(flatten)]
    pub tokens: TokenArgs,
    #[command(flatten)]
    pub database: DatabaseArgs,
    #[command(flatten)]
    pub redis: RedisArgs,
    #[command(flatten)]
    pub store: StoreArgs,
    #[command(flatten)]
    pub origins: OriginArgs,
    #[command(flatten)]
    pub http: HttpArgs,
    #[command(flatten)]
    pub drain: DrainArgs,
    #[command(flatten)]
    pub log: LogArgs,
}

/// The subcommands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Serve uploads until SIGTERM.
    Serve,
    /// Bring the database's schema up to date.
    Migrate,
    /// Check the configuration and every connection, and report faults.
    Check,
}

impl Check for Config {
    fn check(&self, faults: &mut Faults) {
        self.database.check(faults);
        self.redis.check(faults);
        self.log.check(faults);
        // A migration needs only the database.
        if self.command != Command::Migrate {
            self.origins.check(faults);
            self.upload.check(faults);
            self.tokens.check(faults);
        }
    }
}

/// The settings about uploads that only upload-server has.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Uploads")]
pub struct UploadArgs {
    /// The address that serves metrics and health.
    #[arg(
        id = "PAWL_UPLOAD_OPS_LISTEN",
        long = "upload-ops-listen",
        env = "PAWL_UPLOAD_OPS_LISTEN",
        value_name = "HOST:PORT",
        default_value = "127.0.0.1:9109"
    )]
    pub ops_listen: HostPort,

    /// An upload that receives no bytes for this long expires.
    #[arg(
        id = "PAWL_UPLOAD_EXPIRY",
        long = "upload-expiry",
        env = "PAWL_UPLOAD_EXPIRY",
        value_name = "DURATION",
        default_value = "7d",
        value_parser = duration
    )]
    pub expiry: Duration,

    /// When received bytes are synced to disk: before each answer, before the finish, or never.
    #[arg(
        id = "PAWL_DURABILITY",
        long = "durability",
        env = "PAWL_DURABILITY",
        value_name = "WHEN",
        default_value = "ack",
        value_parser = PossibleValuesParser::new(["ack", "finish", "none"]).map(durability)
    )]
    pub durability: Durability,

    /// Uploads are refused if they would leave less free space than this in the store. Unset: 1GiB
    /// or 2 % of the file system, whichever is larger.
    #[arg(
        id = "PAWL_DISK_RESERVE",
        long = "disk-reserve",
        env = "PAWL_DISK_RESERVE",
        value_name = "SIZE"
    )]
    pub disk_reserve: Option<ByteSize>,

    /// How long an acknowledgement or a finish waits while Postgres is unavailable.
    #[arg(
        id = "PAWL_ACKNOWLEDGE_WITHIN",
        long = "acknowledge-within",
        env = "PAWL_ACKNOWLEDGE_WITHIN",
        value_name = "DURATION",
        default_value = "10s",
        value_parser = duration
    )]
    pub acknowledge_within: Duration,
}

impl Check for UploadArgs {
    fn check(&self, faults: &mut Faults) {
        if self.expiry < Duration::from_secs(1) {
            faults.add(&["PAWL_UPLOAD_EXPIRY"], "must be at least 1s");
        }
    }
}

fn durability(name: impl AsRef<str>) -> Durability {
    match name.as_ref() {
        "finish" => Durability::Finish,
        "none" => Durability::None,
        _ => Durability::Ack,
    }
}
