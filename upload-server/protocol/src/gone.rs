//! The ends of an upload that is never finished.

/// Why an upload will never be finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone {
    /// It was left alone for too long.
    Expired,
    /// Its client ended it.
    Terminated,
    /// It was refused after its bytes were there.
    Rejected,
    /// Its bytes were lost or are no longer to be trusted (a failed fsync, a missing file).
    Condemned,
}
