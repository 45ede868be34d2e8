//! Which of the two kinds of addresses a request is for.

/// What the path refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The path at which uploads are created.
    Collection,
    /// One upload.
    Upload,
}
