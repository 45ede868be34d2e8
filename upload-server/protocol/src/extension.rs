//! The extensions of tus 1.0.

/// An extension of tus 1.0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extension {
    /// Uploads are created by POST.
    Creation,
    /// The creating POST carries bytes.
    CreationWithUpload,
    /// The length is told later.
    CreationDeferLength,
    /// DELETE ends an upload.
    Termination,
    /// A PATCH carries a digest of its body.
    Checksum,
    /// Uploads are joined.
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
