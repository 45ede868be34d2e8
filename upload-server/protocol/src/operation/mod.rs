//! What a request asks for, in words that both dialects share, and whether an upload in its
//! present state may have it.

use crate::{BodyLength, Error, Gone, Metadata};

/// What a request asks for, once its head was found good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Tell what the server can do.
    Options,
    /// Create an upload.
    Create(Creation),
    /// Tell the offset.
    Inspect,
    /// Take bytes.
    Append(Append),
    /// End an unfinished upload.
    Terminate,
}

/// A creation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Creation {
    /// The length, bytes. `None`: told later (creation-defer-length, not offered yet).
    pub length: Option<u64>,
    /// What the client says about the file.
    pub metadata: Metadata,
    /// The first bytes, when the body carries them (creation-with-upload).
    pub first: Option<Append>,
}

/// Bytes to be appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Append {
    /// Where the client believes the upload ends, bytes.
    pub offset: u64,
    /// What the body announces.
    pub body: BodyLength,
}

/// What is known of an upload when a decision about it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload<'a> {
    /// Bytes that are durable.
    pub offset: u64,
    /// The whole length, bytes, once it is known.
    pub length: Option<u64>,
    /// Where in its life the upload is.
    pub phase: Phase,
    /// `Upload-Metadata` as it was sent.
    pub metadata: &'a str,
}

/// Where in its life an upload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It takes bytes.
    Open,
    /// It was finished.
    Complete,
    /// It will never be finished.
    Gone(Gone),
}

/// What an append may write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permit {
    /// The offset of its first byte.
    pub offset: u64,
    /// How many bytes it may write at most; one byte more is [`Error::BeyondLength`].
    pub room: u64,
}

impl Append {
    /// Decides whether these bytes may go to this upload. `max_size` stands in for a length that
    /// is not known yet.
    ///
    /// A complete upload takes an empty append at its end, so that a client whose last answer was
    /// lost may ask again.
    ///
    /// # Errors
    /// `Gone`, `OffsetMismatch`, or `BeyondLength` for a body that announces more than fits.
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
    /// Whether the upload is one that can still be asked about.
    ///
    /// # Errors
    /// `Gone`.
    pub fn must_exist(&self) -> Result<(), Error> {
        match self.phase {
            Phase::Gone(why) => Err(Error::Gone(why)),
            Phase::Open | Phase::Complete => Ok(()),
        }
    }

    /// Whether the client may end the upload (termination). What came of a complete upload is
    /// not ended here: it has an address and an owner elsewhere.
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

    /// Whether every byte is there and the finish has not been decided.
    pub fn is_full_and_undecided(&self) -> bool {
        self.phase == Phase::Open && self.length == Some(self.offset)
    }
}

#[cfg(test)]
mod tests;
