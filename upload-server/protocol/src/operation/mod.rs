//! The operations that both dialects share, and whether the state of an upload permits them.

use crate::{BodyLength, Error, Gone, Metadata};

/// The operation of a request whose head is valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Report the server's capabilities.
    Options,
    /// Create an upload.
    Create(Creation),
    /// Report the offset.
    Inspect,
    /// Append bytes.
    Append(Append),
    /// Terminate an unfinished upload.
    Terminate,
}

/// A creation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Creation {
    /// The length in bytes. `None`: sent later (creation-defer-length, not supported yet).
    pub length: Option<u64>,
    /// The client's metadata of the file.
    pub metadata: Metadata,
    /// The first bytes, if the body contains them (creation-with-upload).
    pub first: Option<Append>,
}

/// Bytes to append.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Append {
    /// The offset in the request.
    pub offset: u64,
    /// The announced length of the body.
    pub body: BodyLength,
}

/// The state of an upload when a decision about it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload<'a> {
    /// The number of durable bytes.
    pub offset: u64,
    /// The whole length in bytes, if known.
    pub length: Option<u64>,
    /// The phase of the upload.
    pub phase: Phase,
    /// `Upload-Metadata` as sent.
    pub metadata: &'a str,
}

/// The phase of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It accepts bytes.
    Open,
    /// It is finished.
    Complete,
    /// It can never be finished.
    Gone(Gone),
}

/// The bytes that an append may write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permit {
    /// The offset of its first byte.
    pub offset: u64,
    /// The maximum number of bytes; one byte more is [`Error::BeyondLength`].
    pub room: u64,
}

impl Append {
    /// Decides whether an append to this upload is permitted. `max_size` replaces an unknown
    /// length.
    ///
    /// A complete upload accepts an empty append at its end, so that a client that lost the last
    /// answer may repeat the request.
    ///
    /// # Errors
    /// `Gone`, `OffsetMismatch`, or `BeyondLength` for a body that announces too many bytes.
    pub fn permit(&self, upload: &Upload<'_>, max_size: u64) -> Result<Permit, Error> {
        upload.must_exist()?;
        if self.offset != upload.offset {
            return Err(Error::OffsetMismatch {
                expected: upload.offset,
                provided: self.offset,
            });
        }
        let room = upload
            .length
            .unwrap_or(max_size)
            .saturating_sub(upload.offset);
        match self.body {
            BodyLength::Exactly(announced) if announced > room => Err(Error::BeyondLength),
            _ => Ok(Permit {
                offset: upload.offset,
                room,
            }),
        }
    }
}

impl Upload<'_> {
    /// Whether the upload still has an offset to report.
    ///
    /// # Errors
    /// `Gone`.
    pub fn must_exist(&self) -> Result<(), Error> {
        match self.phase {
            Phase::Gone(why) => Err(Error::Gone(why)),
            Phase::Open | Phase::Complete => Ok(()),
        }
    }

    /// Whether the client may terminate the upload. The media item of a complete upload is deleted
    /// elsewhere, by its own URL.
    ///
    /// # Errors
    /// `Gone`, `AlreadyComplete`.
    pub fn may_terminate(&self) -> Result<(), Error> {
        self.must_exist()?;
        match self.phase {
            Phase::Complete => Err(Error::AlreadyComplete),
            Phase::Open | Phase::Gone(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
