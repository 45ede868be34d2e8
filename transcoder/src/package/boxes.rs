//! ISO base media boxes (ISO/IEC 14496-12 §4.2): a bounded stream of top-level boxes, an iterator
//! over children, and a cursor over fields. Truncated or hostile bytes are errors, never panics.
//! Nothing here recurses: callers name the path to the boxes that they read.

use bytes::{Buf, Bytes, BytesMut};

/// The four-character code of a box.
pub type Kind = [u8; 4];

/// The longest box that is accepted: more than four seconds at 100 Mbit/s.
const MAX_BOX_BYTES: u64 = 64 << 20;

/// Why the encoder's output cannot be packaged.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackageError {
    /// A box is longer than the limit.
    #[error("box {kind:?} of {size} bytes is too large")]
    TooLarge {
        /// The code of the box.
        kind: String,
        /// Its declared length.
        size: u64,
    },
    /// The bytes are not valid boxes.
    #[error("malformed: {0}")]
    Malformed(&'static str),
    /// The boxes are valid but not what the encoder was configured to write.
    #[error("unexpected: {0}")]
    Unexpected(&'static str),
    /// The stream ended inside a box or before its first sample.
    #[error("the stream ended early")]
    Ended,
}

/// Splits a byte stream into top-level boxes.
#[derive(Default)]
pub struct BoxStream {
    buffer: BytesMut,
}

impl BoxStream {
    /// Appends the next bytes of the stream.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The kind and the body of the next complete box; `None` until more bytes arrive.
    pub fn next_box(&mut self) -> Result<Option<(Kind, Bytes)>, PackageError> {
        let Some(header) = Header::read(&self.buffer)? else {
            return Ok(None);
        };
        if header.size > MAX_BOX_BYTES {
            let kind = String::from_utf8_lossy(&header.kind).into_owned();
            return Err(PackageError::TooLarge {
                kind,
                size: header.size,
            });
        }
        let size = usize::try_from(header.size).map_err(|_| PackageError::Malformed("box size"))?;
        if self.buffer.len() < size {
            return Ok(None);
        }
        let mut whole = self.buffer.split_to(size).freeze();
        whole.advance(header.length);
        Ok(Some((header.kind, whole)))
    }

    /// Whether the stream is between two boxes.
    pub fn is_at_boundary(&self) -> bool {
        self.buffer.is_empty()
    }
}

struct Header {
    kind: Kind,
    /// The length of the header itself.
    length: usize,
    /// The length of the whole box.
    size: u64,
}

impl Header {
    fn read(bytes: &[u8]) -> Result<Option<Self>, PackageError> {
        let mut fields = Fields::new(bytes);
        let (Ok(short), Ok(kind)) = (fields.u32(), fields.array::<4>()) else {
            return Ok(None);
        };
        let (length, size) = match short {
            0 => return Err(PackageError::Malformed("box without a size")),
            1 => match fields.u64() {
                Ok(long) => (16, long),
                Err(_) => return Ok(None),
            },
            _ => (8, u64::from(short)),
        };
        if size < length as u64 {
            return Err(PackageError::Malformed("box shorter than its header"));
        }
        Ok(Some(Self { kind, length, size }))
    }
}

/// The boxes inside `body`, in order. Stops after the first malformed one.
pub fn children(body: &[u8]) -> impl Iterator<Item = Result<(Kind, &[u8]), PackageError>> {
    let mut rest = body;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let child = split_child(rest);
        rest = child.as_ref().map_or(&[], |(_, _, rest)| rest);
        Some(child.map(|(kind, body, _)| (kind, body)))
    })
}

fn split_child(bytes: &[u8]) -> Result<(Kind, &[u8], &[u8]), PackageError> {
    let header = Header::read(bytes)?.ok_or(PackageError::Malformed("box header"))?;
    let size = usize::try_from(header.size).map_err(|_| PackageError::Malformed("box size"))?;
    let (whole, rest) = bytes
        .split_at_checked(size)
        .ok_or(PackageError::Malformed("child leaves its parent"))?;
    let body = whole.get(header.length..).unwrap_or_default();
    Ok((header.kind, body, rest))
}

/// The body of the first child of that kind.
pub fn find(body: &[u8], kind: Kind) -> Result<Option<&[u8]>, PackageError> {
    for child in children(body) {
        let (found, body) = child?;
        if found == kind {
            return Ok(Some(body));
        }
    }
    Ok(None)
}

/// The body of the box at the end of a path of kinds; an error if it is missing.
pub fn descend<'a>(body: &'a [u8], path: &[Kind]) -> Result<&'a [u8], PackageError> {
    path.iter().try_fold(body, |body, kind| {
        find(body, *kind)?.ok_or(PackageError::Malformed("a box is missing"))
    })
}

/// A cursor over big-endian fields.
pub struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    /// A cursor at the first byte.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The bytes that have not been read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next `count` bytes.
    pub fn bytes(&mut self, count: usize) -> Result<&'a [u8], PackageError> {
        let (taken, rest) = self
            .rest
            .split_at_checked(count)
            .ok_or(PackageError::Malformed("box too short"))?;
        self.rest = rest;
        Ok(taken)
    }

    /// The next `N` bytes as an array.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], PackageError> {
        self.bytes(N)?
            .try_into()
            .map_err(|_| PackageError::Malformed("box too short"))
    }

    /// An unsigned byte.
    pub fn u8(&mut self) -> Result<u8, PackageError> {
        self.array::<1>().map(|[byte]| byte)
    }

    /// An unsigned 16-bit number.
    pub fn u16(&mut self) -> Result<u16, PackageError> {
        self.array().map(u16::from_be_bytes)
    }

    /// An unsigned 32-bit number.
    pub fn u32(&mut self) -> Result<u32, PackageError> {
        self.array().map(u32::from_be_bytes)
    }

    /// An unsigned 64-bit number.
    pub fn u64(&mut self) -> Result<u64, PackageError> {
        self.array().map(u64::from_be_bytes)
    }

    /// An unsigned 32-bit number that is present only if `flags` has `bit`.
    pub fn optional_u32(&mut self, flags: u32, bit: u32) -> Result<Option<u32>, PackageError> {
        if flags & bit == 0 {
            Ok(None)
        } else {
            self.u32().map(Some)
        }
    }

    /// The version and the flags at the start of a full box.
    pub fn version_and_flags(&mut self) -> Result<(u8, u32), PackageError> {
        let word = self.u32()?;
        Ok((word.to_be_bytes()[0], word & 0x00ff_ffff))
    }
}
