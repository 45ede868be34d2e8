//! The settings about access tokens.

use std::time::Duration;

use clap::Args;

use super::{
    faults::{Check, Faults},
    units::duration,
};

/// Access tokens: api-server signs them, upload-server verifies them.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Access tokens")]
pub struct TokenArgs {
    /// Lifetime of an access token.
    #[arg(
        id = "PAWL_ACCESS_TOKEN_TTL",
        long = "access-token-ttl",
        env = "PAWL_ACCESS_TOKEN_TTL",
        value_name = "DURATION",
        default_value = "15m",
        value_parser = duration
    )]
    pub lifetime: Duration,
}

impl TokenArgs {
    /// The lifetime as signers and verifiers count it.
    #[must_use]
    pub fn lifetime(&self) -> time::Duration {
        self.lifetime.try_into().unwrap_or(time::Duration::MAX)
    }
}

impl Check for TokenArgs {
    fn check(&self, faults: &mut Faults) {
        if self.lifetime < Duration::from_secs(1) {
            faults.add(&["PAWL_ACCESS_TOKEN_TTL"], "must be at least 1s");
        }
    }
}
