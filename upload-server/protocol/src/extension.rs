//! The extensions of tus 1.0.

/// An extension of tus 1.0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extension {
    /// Creation by POST.
    Creation,
    /// Creation by POST with the first bytes.
    CreationWithUpload,
    /// The length is sent later.
    CreationDeferLength,
    /// Termination by DELETE.
    Termination,
    /// A PATCH with a checksum of its body.
    Checksum,
    /// Concatenation of uploads.
    Concatenation,
}

impl std::fmt::Display for Extension {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Creation => "creation",
            Self::CreationWithUpload => "creation-with-upload",
            Self::CreationDeferLength => "creation-defer-length",
            Self::Termination => "termination",
            Self::Checksum => "checksum",
            Self::Concatenation => "concatenation",
        })
    }
}
