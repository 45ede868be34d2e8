//! Reads the declared sizes of a WebP file and its chunks.
//!
//! The decoder compares the size of a frame with that of the file only after decoding the frame.
//! Therefore this module first reads the headers of all frames: a small picture may contain a huge
//! frame.

/// How many chunks are read; the first frame is among them.
const MAX_CHUNKS: usize = 4096;

/// Whether the file is shorter than its header declares. One byte may be missing: the padding at
/// the end.
pub(super) fn is_cut(bytes: &[u8]) -> bool {
    let announced = bytes.get(4..8).and_then(<[u8]>::first_chunk::<4>);
    let announced = announced.map_or(0, |length| u32::from_le_bytes(*length));
    bytes.len() as u64 + 1 < u64::from(announced) + 8
}

/// The maximum number of pixels that any frame declares.
pub(super) fn most_pixels(bytes: &[u8]) -> u64 {
    let chunks = bytes.get(12..).unwrap_or_default();
    frames(chunks).max().unwrap_or(0)
}

/// What the decoder needs for each pixel, beside those that it returns: a frame as it is stored,
/// its opacity, and the canvas of an animation.
pub(super) fn decoder_bytes_per_pixel(bytes: &[u8]) -> u64 {
    let (mut is_animated, mut has_alpha) = (false, false);
    for (name, data) in chunks(bytes.get(12..).unwrap_or_default()) {
        is_animated |= &name == b"ANMF";
        let inner = data.get(16..20).filter(|_| &name == b"ANMF");
        has_alpha |= &name == b"ALPH" || inner == Some(b"ALPH");
    }
    match (is_animated, has_alpha) {
        (false, false) => 5,
        (false, true) => 8,
        (true, false) => 10,
        (true, true) => 16,
    }
}

fn frames(bytes: &[u8]) -> impl Iterator<Item = u64> {
    chunks(bytes).filter_map(|(name, data)| match &name {
        // A frame of an animation: 16 bytes of header, then chunks of its own.
        b"ANMF" => chunks(data.get(16..)?)
            .filter_map(|(name, data)| pixels(name, data))
            .max(),
        _ => pixels(name, data),
    })
}

fn pixels(name: [u8; 4], data: &[u8]) -> Option<u64> {
    let byte = |at: usize| data.get(at).copied().map(u64::from);
    match &name {
        // RFC 6386, section 9.1: 14 bits each after the start code.
        b"VP8 " => {
            let (width, height) = (byte(6)? | byte(7)? << 8, byte(8)? | byte(9)? << 8);
            Some((width & 0x3fff) * (height & 0x3fff))
        }
        // RFC 9649, section 3.4: 14 bits each after the signature, less one.
        b"VP8L" => {
            let bits = byte(1)? | byte(2)? << 8 | byte(3)? << 16 | byte(4)? << 24;
            Some(((bits & 0x3fff) + 1) * ((bits >> 14 & 0x3fff) + 1))
        }
        _ => None,
    }
}

/// RIFF chunks; a truncated chunk has the data that is there.
fn chunks(bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (name, after) = rest.split_first_chunk::<4>()?;
        let (length, data) = after.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        let padded = length.saturating_add(length & 1);
        rest = data.get(padded..).unwrap_or_default();
        Some((*name, data.get(..length).unwrap_or(data)))
    })
    .take(MAX_CHUNKS)
}
