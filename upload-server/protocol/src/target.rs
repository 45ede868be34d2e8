//! Which of the two kinds of addresses a request is for.

/// What the path below the upload address names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The address where uploads are created.
    Collection,
    /// One upload.
    Upload,
}
