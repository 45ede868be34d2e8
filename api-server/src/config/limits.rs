//! Limits on requests and sign-ins, and the switch that turns all of them off.

use std::time::Duration;

use clap::Args;
use shared::config::{Check, Faults, duration, switch};

use crate::http::Quotas;

/// Limits on requests and on sign-ins. A network is an IPv4 address or an IPv6 /64.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Limits")]
pub struct LimitArgs {
    /// Whether requests and sign-ins are limited. Use `off` for tests and measurements only.
    #[arg(
        id = "PAWL_LIMITS",
        long = "limits",
        env = "PAWL_LIMITS",
        value_name = "ON|OFF",
        default_value = "on",
        value_parser = switch,
        action = clap::ArgAction::Set
    )]
    pub limits: bool,

    /// Requests per minute from a network without an access token.
    #[arg(
        id = "PAWL_LIMIT_ANONYMOUS",
        long = "limit-anonymous",
        env = "PAWL_LIMIT_ANONYMOUS",
        value_name = "COUNT",
        default_value_t = 300,
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub anonymous: u32,

    /// Requests per minute of a user.
    #[arg(
        id = "PAWL_LIMIT_SIGNED_IN",
        long = "limit-signed-in",
        env = "PAWL_LIMIT_SIGNED_IN",
        value_name = "COUNT",
        default_value_t = 1200,
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub signed_in: u32,

    /// Requests per minute that change something, of a user or of a network without an access
    /// token.
    #[arg(
        id = "PAWL_LIMIT_WRITES",
        long = "limit-writes",
        env = "PAWL_LIMIT_WRITES",
        value_name = "COUNT",
        default_value_t = 120,
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub writes: u32,

    /// Sign-ups per hour from a network.
    #[arg(
        id = "PAWL_LIMIT_SIGN_UPS",
        long = "limit-sign-ups",
        env = "PAWL_LIMIT_SIGN_UPS",
        value_name = "COUNT",
        default_value_t = 20,
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub sign_ups: u32,

    /// Number of failed sign-ins to one account from one network, within the window, without a
    /// wait. Each further failure doubles the wait, which begins at one second.
    #[arg(
        id = "PAWL_SIGN_IN_FREE_FAILURES",
        long = "sign-in-free-failures",
        env = "PAWL_SIGN_IN_FREE_FAILURES",
        value_name = "COUNT",
        default_value_t = 5
    )]
    pub sign_in_free_failures: u32,

    /// How long a failed sign-in from a network counts.
    #[arg(
        id = "PAWL_SIGN_IN_WINDOW",
        long = "sign-in-window",
        env = "PAWL_SIGN_IN_WINDOW",
        value_name = "DURATION",
        default_value = "15m",
        value_parser = duration
    )]
    pub sign_in_window: Duration,

    /// The maximum wait between two failed sign-ins to one account from one network.
    #[arg(
        id = "PAWL_SIGN_IN_LONGEST_WAIT",
        long = "sign-in-longest-wait",
        env = "PAWL_SIGN_IN_LONGEST_WAIT",
        value_name = "DURATION",
        default_value = "300s",
        value_parser = duration
    )]
    pub sign_in_longest_wait: Duration,

    /// Number of failed sign-ins to one account per hour, from all networks, above which sign-ins
    /// to it are slowed.
    #[arg(
        id = "PAWL_SIGN_IN_ACCOUNT_FAILURES",
        long = "sign-in-account-failures",
        env = "PAWL_SIGN_IN_ACCOUNT_FAILURES",
        value_name = "COUNT",
        default_value_t = 50
    )]
    pub sign_in_account_failures: u32,

    /// The minimum time between two sign-in attempts to a slowed account.
    #[arg(
        id = "PAWL_SIGN_IN_ACCOUNT_INTERVAL",
        long = "sign-in-account-interval",
        env = "PAWL_SIGN_IN_ACCOUNT_INTERVAL",
        value_name = "DURATION",
        default_value = "2s",
        value_parser = duration
    )]
    pub sign_in_account_interval: Duration,

    /// How long a network stays exempt from the slowing of an account after it signed in to it.
    #[arg(
        id = "PAWL_SIGN_IN_KNOWN_NETWORK",
        long = "sign-in-known-network",
        env = "PAWL_SIGN_IN_KNOWN_NETWORK",
        value_name = "DURATION",
        default_value = "30d",
        value_parser = duration
    )]
    pub sign_in_known_network: Duration,
}

impl LimitArgs {
    /// The quotas of requests; `None` while limits are off.
    pub fn quotas(&self) -> Option<Quotas> {
        self.limits.then_some(Quotas {
            anonymous: self.anonymous,
            signed_in: self.signed_in,
            writes: self.writes,
            sign_ups: self.sign_ups,
        })
    }

    /// Logs at the start that limits are off, so that the operator knows.
    pub fn announce(&self) {
        if !self.limits {
            tracing::warn!("PAWL_LIMITS is off: requests and sign-ins are not limited");
        }
    }
}

impl Check for LimitArgs {
    fn check(&self, faults: &mut Faults) {
        for (setting, time) in [
            ("PAWL_SIGN_IN_WINDOW", self.sign_in_window),
            ("PAWL_SIGN_IN_LONGEST_WAIT", self.sign_in_longest_wait),
        ] {
            if time < Duration::from_secs(1) {
                faults.add(&[setting], "must be at least 1s");
            }
        }
    }
}
