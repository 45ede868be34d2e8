//! Validates the servers' secret, which two groups of settings contain.

use shared::auth::SecretKey;
use shared::config::{Faults, Secret};

/// Adds a fault if the secret is missing or is not 32 bytes in base64url.
pub fn check_secret(key: Option<&Secret>, faults: &mut Faults) {
    match key.map(|key| key.expose().parse::<SecretKey>()) {
        Some(Ok(_)) => {}
        Some(Err(error)) => faults.add(&["PAWL_SECRET_KEY"], error.to_string()),
        None => faults.add(
            &["PAWL_SECRET_KEY"],
            "is not set; make one with: openssl rand -base64 32 | tr '+/' '-_' | tr -d '='",
        ),
    }
}
