//! The operator's commands about keys and people, and their settings.

use std::time::Duration;

use clap::{Args, Subcommand};
use shared::auth::SecretKey;
use shared::config::{Check, DatabaseArgs, Faults, LogArgs, Secret, duration, switch};

use super::secret::check_secret;

/// What to do with the keys that sign access tokens.
#[derive(Debug, Clone, Subcommand)]
pub enum KeysCommand {
    /// Show all keys, the newest first.
    List(Box<KeysSettings>),
    /// Announce a new key; servers sign with it after the lead.
    Rotate(Box<KeysSettings>),
    /// Have a key verify nothing any more. Another one takes over where it was the only one.
    Revoke {
        /// The key's name, as `keys list` shows it.
        // Some names begin with a hyphen.
        #[arg(value_name = "KID", allow_hyphen_values = true)]
        kid: String,
        #[command(flatten)]
        settings: Box<KeysSettings>,
    },
}

/// What to do with somebody.
#[derive(Debug, Clone, Subcommand)]
pub enum AdminCommand {
    /// Make them an admin.
    Grant(Box<AdminSettings>),
    /// Make them a user like others.
    Revoke(Box<AdminSettings>),
    /// Shut them out: their tokens are refused within seconds.
    Suspend(Box<AdminSettings>),
    /// Let them in again.
    Unsuspend(Box<AdminSettings>),
}

/// A shorter announcement leaves those with tokens that they cannot check.
const LEAST_LEAD: Duration = Duration::from_mins(5);

/// What the commands about keys need.
#[derive(Debug, Clone, Args)]
pub struct KeysSettings {
    /// How long a new key is announced before it signs, so that everyone who checks tokens has
    /// read it by then.
    #[arg(
        id = "PAWL_KEY_LEAD",
        long = "key-lead",
        env = "PAWL_KEY_LEAD",
        value_name = "DURATION",
        default_value = "6m",
        value_parser = duration,
        help_heading = "API"
    )]
    pub lead: Duration,
    /// For development and tests: a key may sign at once.
    #[arg(
        id = "PAWL_DEV",
        long = "dev",
        env = "PAWL_DEV",
        value_name = "ON|OFF",
        default_value = "off",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "on",
        value_parser = switch,
        help_heading = "API"
    )]
    pub dev: bool,
    /// The servers' secret: it seals the keys.
    #[arg(
        id = "PAWL_SECRET_KEY",
        long = "secret-key",
        env = "PAWL_SECRET_KEY",
        value_name = "KEY",
        help_heading = "API"
    )]
    pub secret_key: Option<Secret>,
    #[command(flatten)]
    pub database: DatabaseArgs,
    #[command(flatten)]
    pub log: LogArgs,
}

/// What the commands about people need.
#[derive(Debug, Clone, Args)]
pub struct AdminSettings {
    /// Their username or e-mail address.
    #[arg(value_name = "USER")]
    pub user: String,
    #[command(flatten)]
    pub database: DatabaseArgs,
    #[command(flatten)]
    pub log: LogArgs,
}

impl KeysCommand {
    /// The settings of whichever it is.
    pub fn settings(&self) -> &KeysSettings {
        match self {
            Self::List(settings) | Self::Rotate(settings) | Self::Revoke { settings, .. } => {
                settings
            }
        }
    }
}

impl AdminCommand {
    /// The settings of whichever it is.
    pub fn settings(&self) -> &AdminSettings {
        match self {
            Self::Grant(settings)
            | Self::Revoke(settings)
            | Self::Suspend(settings)
            | Self::Unsuspend(settings) => settings,
        }
    }
}

impl KeysSettings {
    /// The secret; the configuration's check has seen that it is one.
    pub fn secret(&self) -> Option<SecretKey> {
        self.secret_key.as_ref()?.expose().parse().ok()
    }
}

impl Check for KeysSettings {
    fn check(&self, faults: &mut Faults) {
        self.database.check(faults);
        check_secret(self.secret_key.as_ref(), faults);
        if self.lead < LEAST_LEAD && !self.dev {
            faults.add(
                &["PAWL_KEY_LEAD"],
                "must be at least 5m: whoever checks tokens reads new keys by then",
            );
        }
    }
}
