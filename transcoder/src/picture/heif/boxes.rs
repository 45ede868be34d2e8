//! Boxes (ISO/IEC 14496-12, section 4.2) and the numbers in them.

/// The name of a box, an item's type or a brand.
pub type Name = [u8; 4];

/// Bytes that are read from the front. Every method gives `None` when there are too few.
pub struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    pub fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// A number of at most 8 bytes; 0 if it has none.
    pub fn number(&mut self, bytes: usize) -> Option<u64> {
        let bytes = self.bytes(bytes)?.iter();
        Some(bytes.fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// A number of 16 bits, or of 32 if it `is_wide`.
    pub fn id(&mut self, is_wide: bool) -> Option<u32> {
        let bytes = if is_wide { 4 } else { 2 };
        u32::try_from(self.number(bytes)?).ok()
    }

    pub fn count(&mut self, bytes: usize) -> Option<usize> {
        usize::try_from(self.number(bytes)?).ok()
    }

    pub fn name(&mut self) -> Option<Name> {
        self.bytes(4)?.try_into().ok()
    }

    /// The version and the flags of a full box.
    pub fn version(&mut self) -> Option<(u8, u32)> {
        let word = u32::try_from(self.number(4)?).ok()?;
        Some((word.to_be_bytes()[0], word & 0x00ff_ffff))
    }
}

/// The boxes in `bytes` with their contents. A box that is cut off has the content that is there.
pub fn boxes(bytes: &[u8]) -> impl Iterator<Item = (Name, &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let mut reader = Reader(rest);
        let (size, name) = (reader.count(4)?, reader.name()?);
        let (size, header) = match size {
            0 => (rest.len(), 8),
            1 => (reader.count(8)?, 16),
            size => (size, 8),
        };
        let content = rest.get(header..size.min(rest.len()))?;
        rest = rest.get(size..).unwrap_or_default();
        Some((name, content))
    })
}
