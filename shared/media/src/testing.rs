//! A picture of one pixel whose decoder allocates more than a gigabyte.

#![expect(clippy::expect_used, reason = "test support fails loudly")]

/// A lossless WebP (RFC 9649, section 3.7.2.2) of one pixel that declares 65,536 groups of five
/// prefix codes, and uses the last one. The longest word of each code has ten bits, so that its
/// decoder makes a table of 4 KiB: 1.36 GB for a file of 3.8 MB, whose header says nothing of it.
pub fn webp_of_many_codes() -> Vec<u8> {
    // The period of eight codes is a number of whole bytes, at whatever bit the first one begins.
    const EIGHTS: usize = 5 * 65_536 / 8;
    // Two lengths less one, an alpha bit and the version, no transformation, and no cache of
    // colours; codes in groups, for blocks of four pixels.
    let head = concat!("00000000000000", "00000000000000", "0000", "0", "0", "1000");
    // The picture that chooses the group: no cache, and codes of one symbol each, green 255 and red
    // 255. Its only pixel needs no bits.
    let groups = concat!("0", "10111111111", "10111111111", "1000", "1000", "1000");
    let begin = format!("{}{head}{groups}", number(0x2f, 8));
    let bytes = packed(&format!("{begin}{}{:064}", code().repeat(16), 0));
    let (begin, rest) = bytes.split_at(begin.len().div_ceil(8));
    let (period, _) = rest.split_at(code().len());
    let data = [begin, &period.repeat(EIGHTS - 2), rest].concat();
    chunk(*b"RIFF", &[&b"WEBP"[..], &chunk(*b"VP8L", &data)].concat())
}

fn chunk(name: [u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len())
        .expect("a file is small")
        .to_le_bytes();
    let padding = vec![0; data.len() % 2];
    [&name[..], &length, data, &padding].concat()
}

/// A prefix code with words of 1, 2, 3, …, 9, 10 and 10 bits.
fn code() -> String {
    // Not simple; the lengths of the words for 14 lengths, in the order 17, 18, 0, 1, 2, 3, 4, 5,
    // 16, 6, 7, 8, 9, 10: three bits for 1 to 6, four for 7 to 10.
    let lengths = [0, 0, 0, 3, 3, 3, 3, 3, 0, 3, 4, 4, 4, 4];
    let lengths = lengths.map(|length| number(length, 3)).concat();
    // Eleven symbols follow: two more than nine, which is stored in four bits.
    let count = concat!("1", "100", "1001");
    let words = "000 001 010 011 100 101 1100 1101 1110 1111 1111".replace(' ', "");
    format!("0{}{lengths}{count}{words}", number(10, 4))
}

/// The lowest bit comes first.
fn number(value: u8, bits: usize) -> String {
    (0..bits)
        .map(|bit| if value >> bit & 1 == 1 { '1' } else { '0' })
        .collect()
}

/// The first bit is the lowest one of the first byte.
fn packed(bits: &str) -> Vec<u8> {
    let byte = |bits: &[u8]| bits.iter().rev().fold(0, |byte, bit| byte << 1 | (bit & 1));
    bits.as_bytes().chunks(8).map(byte).collect()
}
