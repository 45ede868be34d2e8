//! The actions on sign-ins: attempts, and proofs by password.

pub use super::attempts::{begin_attempt, confirm_attempt, prune_sign_in_attempts};
pub use super::proof::{check_password, confirm_user, prove_user};
pub use super::store::{find_credentials, find_credentials_of};
