//! The settings of api-server: the groups that all binaries share, and its own.

mod limits;
mod operator;
mod search;
mod secret;
mod work;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use shared::auth::SecretKey;
use shared::config::{
    Check, DatabaseArgs, DrainArgs, Faults, HostPort, HttpArgs, JobArgs, LogArgs, OriginArgs,
    RedisArgs, Secret, StoreArgs, TokenArgs, UploadTermsArgs, duration,
};

pub use self::limits::LimitArgs;
pub use self::operator::{AdminCommand, AdminSettings, KeysCommand, KeysSettings};
pub use self::search::SearchArgs;
use self::secret::check_secret;
pub use self::work::WorkArgs;

/// Pawl's social API.
#[derive(Debug, Clone, Parser)]
#[command(name = "api-server", version, about)]
pub struct Config {
    /// The subcommand and its settings.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Serve the API, media files and the web client until SIGTERM.
    Serve(Box<Settings>),
    /// Bring the database's schema up to date.
    Migrate(Box<MigrateSettings>),
    /// Check the configuration and every connection, or what a subcommand names, and report faults.
    Check(Box<CheckSettings>),
    /// List, rotate or revoke the keys that sign access tokens.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Make a user an admin, suspend a user, undo either, or give a user a new password.
    #[command(subcommand)]
    Admin(AdminCommand),
}

/// The settings of `check`, which include those of `serve`.
#[derive(Debug, Clone, Args)]
pub struct CheckSettings {
    /// What to check instead of the configuration.
    #[arg(value_enum)]
    pub target: Option<CheckTarget>,
    #[command(flatten)]
    pub settings: Settings,
}

/// The checks besides that of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CheckTarget {
    /// Count again what the counters in rows count; fail if a counter is wrong.
    Counters,
}

/// The settings of `serve`.
#[derive(Debug, Clone, Args)]
pub struct Settings {
    #[command(flatten)]
    pub api: ApiArgs,
    #[command(flatten)]
    pub tokens: TokenArgs,
    #[command(flatten)]
    pub upload_terms: UploadTermsArgs,
    #[command(flatten)]
    pub limits: LimitArgs,
    #[command(flatten)]
    pub work: WorkArgs,
    #[command(flatten)]
    pub search: SearchArgs,
    #[command(flatten)]
    pub jobs: JobArgs,
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

/// The settings of `migrate`, which needs only the database.
#[derive(Debug, Clone, Args)]
pub struct MigrateSettings {
    #[command(flatten)]
    pub search: SearchArgs,
    #[command(flatten)]
    pub database: DatabaseArgs,
    #[command(flatten)]
    pub log: LogArgs,
}

/// The settings that only api-server has.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "API")]
pub struct ApiArgs {
    /// The address that serves the API, media files and the web client.
    #[arg(
        id = "PAWL_API_LISTEN",
        long = "api-listen",
        env = "PAWL_API_LISTEN",
        value_name = "HOST:PORT",
        default_value = "127.0.0.1:8000"
    )]
    pub listen: HostPort,

    /// The address that serves metrics and health.
    #[arg(
        id = "PAWL_API_OPS_LISTEN",
        long = "api-ops-listen",
        env = "PAWL_API_OPS_LISTEN",
        value_name = "HOST:PORT",
        default_value = "127.0.0.1:9108"
    )]
    pub ops_listen: HostPort,

    /// 32 random bytes in base64url, the same on every api-server. The server seals signing keys
    /// with it and derives from it the keys of refresh tokens, media grants and cursors.
    #[arg(
        id = "PAWL_SECRET_KEY",
        long = "secret-key",
        env = "PAWL_SECRET_KEY",
        value_name = "KEY"
    )]
    pub secret_key: Option<Secret>,

    /// A request that takes longer gets 503. The time in which the client sends its body does not
    /// count.
    #[arg(
        id = "PAWL_REQUEST_TIMEOUT",
        long = "request-timeout",
        env = "PAWL_REQUEST_TIMEOUT",
        value_name = "DURATION",
        default_value = "15s",
        value_parser = duration
    )]
    pub request_timeout: Duration,

    /// The directory of the built web client.
    #[arg(
        id = "PAWL_WEB_DIR",
        long = "web-dir",
        env = "PAWL_WEB_DIR",
        value_name = "FOLDER",
        default_value = "api-server/web/dist"
    )]
    pub web_dir: PathBuf,
}

impl ApiArgs {
    /// The secret. `check` has already validated it.
    pub fn secret(&self) -> Option<SecretKey> {
        self.secret_key.as_ref()?.expose().parse().ok()
    }
}

impl Check for ApiArgs {
    fn check(&self, faults: &mut Faults) {
        check_secret(self.secret_key.as_ref(), faults);
        if self.request_timeout < Duration::from_secs(1) {
            faults.add(&["PAWL_REQUEST_TIMEOUT"], "must be at least 1s");
        }
    }
}

impl Check for Config {
    fn check(&self, faults: &mut Faults) {
        match &self.command {
            Command::Serve(settings) => settings.check(faults),
            Command::Check(check) => match check.target {
                None => check.settings.check(faults),
                // The check of counters needs only the database.
                Some(CheckTarget::Counters) => check.settings.database.check(faults),
            },
            Command::Migrate(settings) => settings.database.check(faults),
            Command::Keys(command) => command.settings().check(faults),
            Command::Admin(command) => command.settings().database.check(faults),
        }
        self.command.log().check(faults);
    }
}

impl Check for Settings {
    fn check(&self, faults: &mut Faults) {
        self.database.check(faults);
        self.api.check(faults);
        self.tokens.check(faults);
        self.limits.check(faults);
        self.jobs.check(faults);
        self.redis.check(faults);
        self.origins.check(faults);
        self.http.check(faults);
    }
}

impl Command {
    /// The log settings of any subcommand.
    pub fn log(&self) -> &LogArgs {
        match self {
            Self::Serve(settings) => &settings.log,
            Self::Check(check) => &check.settings.log,
            Self::Migrate(settings) => &settings.log,
            Self::Keys(command) => &command.settings().log,
            Self::Admin(command) => &command.settings().log,
        }
    }
}

#[cfg(test)]
mod tests {
    use shared::config::{Refused, Source, load_from};

    use super::*;

    fn load(args: &[&str]) -> Result<Config, String> {
        let args = ["api-server"].iter().chain(args).map(Into::into).collect();
        load_from::<Config>(Source {
            args,
            ..Source::default()
        })
        .map_err(|refused| match refused {
            Refused::Help(text) => text,
            Refused::Faults(faults) => faults
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join("\n"),
        })
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let told = load(&[
            "serve",
            "--access-token-ttl",
            "soon",
            "--secret-key",
            "c2hvcnQ",
        ]);
        let told = told.unwrap_err();
        for name in [
            "DATABASE_URL",
            "PAWL_ACCESS_TOKEN_TTL",
            "PAWL_SECRET_KEY",
            "PAWL_PUBLIC_URL",
        ] {
            assert!(told.contains(name), "{name}: {told}");
        }
        assert!(
            !told.contains("c2hvcnQ"),
            "a secret is not repeated: {told}"
        );
    }

    #[test]
    fn a_migration_needs_the_database_alone() {
        assert!(load(&["migrate", "--database-url", "postgres://localhost/x"]).is_ok());
        assert!(load(&["migrate"]).unwrap_err().contains("DATABASE_URL"));
    }
}
