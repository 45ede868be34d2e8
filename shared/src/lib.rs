//! What two of Pawl's binaries use, and nothing that one might use.

pub mod config;
pub mod media;
