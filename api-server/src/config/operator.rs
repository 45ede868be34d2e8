//! The operator's commands for keys and users, and their settings.

use std::time::Duration;

use clap::{Args, Subcommand};
use shared::auth::SecretKey;
use shared::config::{Check, DatabaseArgs, Faults, LogArgs, Secret, duration, switch};

use super::secret::check_secret;

/// The commands for keys that sign access tokens.
#[derive(Debug, Clone, Subcommand)]
pub enum KeysCommand {
    /// List all keys, the newest first.
    List(Box<KeysSettings>),
    /// Announce a new key. Servers sign with it after the lead time.
    Rotate(Box<KeysSettings>),
    /// Revoke a key: its tokens are refused. If it was the only active key, another one replaces
    /// it.
    Revoke {
        /// The key id, as `keys list` shows it.
        // Some key ids begin with a hyphen.
        #[arg(value_name = "KID", allow_hyphen_values = true)]
        kid: String,
        #[command(flatten)]
        settings: Box<KeysSettings>,
    },
}

/// The commands for users.
#[derive(Debug, Clone, Subcommand)]
pub enum AdminCommand {
    /// List all admins, by username.
    List(Box<DatabaseSettings>),
    /// Make a user an admin.
    Grant(Box<AdminSettings>),
    /// Make an admin an ordinary user.
    Revoke(Box<AdminSettings>),
    /// Suspend a user: their tokens are refused within seconds.
    Suspend(Box<AdminSettings>),
    /// End the suspension of a user.
    Unsuspend(Box<AdminSettings>),
    /// Give a user a new password, which is printed, and end all their sessions.
    ResetPassword {
        /// Read the new password from standard input instead of generating one.
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        settings: Box<AdminSettings>,
    },
}

/// With a shorter lead, servers would get tokens of a key that they have not read yet.
const LEAST_LEAD: Duration = Duration::from_mins(5);

/// The settings of the commands for keys.
#[derive(Debug, Clone, Args)]
pub struct KeysSettings {
    /// How long a new key is published before it signs, so that every server has read it by then.
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
    /// For development and tests: a new key may sign at once.
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
    /// The servers' secret, which seals the keys.
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

/// The settings of commands that need only the database.
#[derive(Debug, Clone, Args)]
pub struct DatabaseSettings {
    #[command(flatten)]
    pub database: DatabaseArgs,
    #[command(flatten)]
    pub log: LogArgs,
}

/// The settings of the commands for users.
#[derive(Debug, Clone, Args)]
pub struct AdminSettings {
    /// The user's username or e-mail address.
    #[arg(value_name = "USER")]
    pub user: String,
    #[command(flatten)]
    pub settings: DatabaseSettings,
}

impl KeysCommand {
    /// The settings of any of the commands.
    pub fn settings(&self) -> &KeysSettings {
        match self {
            Self::List(settings) | Self::Rotate(settings) | Self::Revoke { settings, .. } => {
                settings
            }
        }
    }
}

impl AdminCommand {
    /// The settings of any of the commands.
    pub fn settings(&self) -> &DatabaseSettings {
        match self {
            Self::List(settings) => settings,
            Self::Grant(user)
            | Self::Revoke(user)
            | Self::Suspend(user)
            | Self::Unsuspend(user)
            | Self::ResetPassword { settings: user, .. } => &user.settings,
        }
    }
}

impl KeysSettings {
    /// The secret. `check` has already validated it.
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
                "must be at least 5m: servers read new keys within that time",
            );
        }
    }
}
