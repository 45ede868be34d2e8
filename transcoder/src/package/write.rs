//! Writes a movie fragment: `moof` and `mdat`, with offsets relative to the `moof`.

use super::fragment::{Fragment, Sample};

const DEFAULT_BASE_IS_MOOF: u32 = 0x02_0000;
const DEFAULT_DURATION: u32 = 0x08;
const DEFAULT_FLAGS: u32 = 0x20;
const DATA_OFFSET: u32 = 0x001;
const SAMPLE_DURATION: u32 = 0x100;
const SAMPLE_SIZE: u32 = 0x200;
const SAMPLE_FLAGS: u32 = 0x400;
const SAMPLE_OFFSET: u32 = 0x800;

/// Appends one `moof` + `mdat` that holds the samples of all `fragments`.
///
/// `sequence` counts from 1 within the rendition. Fields that all samples share are written once.
pub fn write_fragment(out: &mut Vec<u8>, track_id: u32, sequence: u32, fragments: &[Fragment]) {
    let samples: Vec<Sample> = fragments
        .iter()
        .flat_map(|f| f.samples.iter().copied())
        .collect();
    let Some((first, start)) = samples.first().zip(fragments.first()) else {
        return;
    };
    let moof_at = out.len();
    let mut data_offset_at = 0;
    write_box(out, *b"moof", |out| {
        write_box(out, *b"mfhd", |out| put_all(out, &[0, sequence]));
        write_box(out, *b"traf", |out| {
            let flags = DEFAULT_BASE_IS_MOOF | DEFAULT_DURATION | DEFAULT_FLAGS;
            write_box(out, *b"tfhd", |out| {
                put_all(out, &[flags, track_id, first.duration, first.flags]);
            });
            write_box(out, *b"tfdt", |out| {
                put_all(out, &[1 << 24]);
                out.extend_from_slice(&start.decode_time.to_be_bytes());
            });
            write_box(out, *b"trun", |out| {
                data_offset_at = write_trun(out, &samples);
            });
        });
    });
    let data_offset = length_u32(out.len() - moof_at + 8);
    patch(out, data_offset_at, data_offset);
    write_box(out, *b"mdat", |out| {
        for fragment in fragments {
            out.extend_from_slice(&fragment.data);
        }
    });
}

/// Returns the position of the data offset, whose value is known only after `moof` is written.
fn write_trun(out: &mut Vec<u8>, samples: &[Sample]) -> usize {
    let differs = |of: fn(&Sample) -> u32| {
        samples
            .iter()
            .any(|s| samples.first().map(of) != Some(of(s)))
    };
    let mut flags = DATA_OFFSET | SAMPLE_SIZE;
    if differs(|s| s.duration) {
        flags |= SAMPLE_DURATION;
    }
    if differs(|s| s.flags) {
        flags |= SAMPLE_FLAGS;
    }
    if samples.iter().any(|s| s.composition_offset != 0) {
        flags |= SAMPLE_OFFSET;
    }
    put_all(out, &[(1 << 24) | flags, length_u32(samples.len())]);
    let data_offset_at = out.len();
    put_all(out, &[0]);
    for sample in samples {
        for (flag, value) in [
            (SAMPLE_DURATION, sample.duration),
            (SAMPLE_SIZE, sample.size),
            (SAMPLE_FLAGS, sample.flags),
            (SAMPLE_OFFSET, sample.composition_offset.cast_unsigned()),
        ] {
            if flags & flag != 0 {
                put_all(out, &[value]);
            }
        }
    }
    data_offset_at
}

/// Appends a box; `write` appends its body.
pub fn write_box(out: &mut Vec<u8>, kind: [u8; 4], write: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    put_all(out, &[0]);
    out.extend_from_slice(&kind);
    write(out);
    let size = length_u32(out.len() - start);
    patch(out, start, size);
}

fn put_all(out: &mut Vec<u8>, words: &[u32]) {
    for word in words {
        out.extend_from_slice(&word.to_be_bytes());
    }
}

fn patch(out: &mut [u8], at: usize, word: u32) {
    if let Some(place) = out.get_mut(at..at + 4) {
        place.copy_from_slice(&word.to_be_bytes());
    }
}

/// The limit on boxes that are read keeps all lengths far below 4 GiB.
fn length_u32(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
