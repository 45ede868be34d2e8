//! What two of Pawl's binaries use today, and nothing that one might use.

pub mod config;
