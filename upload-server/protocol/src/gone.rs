//! The ends of an upload that is never finished.

/// Why an upload can never be finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone {
    /// It expired.
    Expired,
    /// Its client terminated it.
    Terminated,
    /// It was rejected after all bytes had arrived.
    Rejected,
    /// Its bytes are lost or no longer reliable (a failed fsync, a missing file).
    Condemned,
}
