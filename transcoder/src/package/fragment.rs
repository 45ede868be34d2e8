//! One movie fragment: the samples that `moof` lists and the bytes of the `mdat` after it.

use bytes::Bytes;

use super::boxes::{Fields, PackageError, children, descend};
use super::init::{SampleDefaults, TrackInfo};

/// `trun` entries without fields take no bytes, so their number needs a bound of its own.
const MAX_SAMPLES: usize = 100_000;
/// `sample_is_non_sync_sample` (ISO/IEC 14496-12 §8.8.3.1): decoding cannot start here.
const NON_SYNC: u32 = 0x0001_0000;

/// A frame of video or audio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// In ticks.
    pub duration: u32,
    /// In bytes.
    pub size: u32,
    /// As in `trun`.
    pub flags: u32,
    /// How many ticks after its decode time it is shown.
    pub composition_offset: i32,
}

impl Sample {
    /// Whether decoding may start here.
    pub fn is_sync(&self) -> bool {
        self.flags & NON_SYNC == 0
    }
}

/// Contiguous samples with their bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// The decode time of the first sample, in ticks.
    pub decode_time: u64,
    /// At least one.
    pub samples: Vec<Sample>,
    /// The bytes of all samples, in order.
    pub data: Bytes,
}

impl Fragment {
    /// Parses the bodies of a `moof` and of the `mdat` that follows it.
    pub fn parse(track: &TrackInfo, moof: &[u8], data: Bytes) -> Result<Self, PackageError> {
        let traf = descend(moof, &[*b"traf"])?;
        let decode_time = parse_decode_time(descend(traf, &[*b"tfdt"])?)?;
        let defaults = parse_tfhd(descend(traf, &[*b"tfhd"])?, track)?;
        let mut samples = Vec::new();
        for child in children(traf) {
            let (kind, body) = child?;
            if &kind == b"trun" {
                parse_trun(body, defaults, &mut samples)?;
            }
        }
        let bytes: u64 = samples.iter().map(|sample| u64::from(sample.size)).sum();
        if samples.is_empty() || bytes != data.len() as u64 {
            return Err(PackageError::Malformed("samples and data differ"));
        }
        Ok(Self {
            decode_time,
            samples,
            data,
        })
    }

    /// The duration of all samples, in ticks.
    pub fn duration(&self) -> u64 {
        self.samples
            .iter()
            .map(|sample| u64::from(sample.duration))
            .sum()
    }

    /// Each sample as a fragment of its own.
    pub fn into_samples(self) -> impl Iterator<Item = Self> {
        let Self {
            mut decode_time,
            samples,
            mut data,
        } = self;
        samples.into_iter().map(move |sample| {
            // `parse` checked that the sizes add up to the length of the data.
            let size = data.len().min(sample.size as usize);
            let one = Self {
                decode_time,
                samples: vec![sample],
                data: data.split_to(size),
            };
            decode_time += u64::from(sample.duration);
            one
        })
    }
}

fn parse_decode_time(tfdt: &[u8]) -> Result<u64, PackageError> {
    let mut fields = Fields::new(tfdt);
    let (version, _) = fields.version_and_flags()?;
    if version == 1 {
        fields.u64()
    } else {
        fields.u32().map(u64::from)
    }
}

fn parse_tfhd(tfhd: &[u8], track: &TrackInfo) -> Result<SampleDefaults, PackageError> {
    let mut fields = Fields::new(tfhd);
    let (_, flags) = fields.version_and_flags()?;
    if fields.u32()? != track.track_id {
        return Err(PackageError::Unexpected("another track"));
    }
    if flags & 0x01 != 0 {
        fields.u64()?;
    }
    fields.optional_u32(flags, 0x02)?;
    let duration = fields.optional_u32(flags, 0x08)?;
    let size = fields.optional_u32(flags, 0x10)?;
    let sample_flags = fields.optional_u32(flags, 0x20)?;
    Ok(SampleDefaults {
        duration: duration.unwrap_or(track.defaults.duration),
        size: size.unwrap_or(track.defaults.size),
        flags: sample_flags.unwrap_or(track.defaults.flags),
    })
}

fn parse_trun(
    trun: &[u8],
    defaults: SampleDefaults,
    samples: &mut Vec<Sample>,
) -> Result<(), PackageError> {
    let mut fields = Fields::new(trun);
    let (_, flags) = fields.version_and_flags()?;
    let count = fields.u32()? as usize;
    if count.saturating_add(samples.len()) > MAX_SAMPLES {
        return Err(PackageError::Malformed("too many samples"));
    }
    fields.optional_u32(flags, 0x001)?;
    let first_flags = fields.optional_u32(flags, 0x004)?;
    for index in 0..count {
        let duration = fields.optional_u32(flags, 0x100)?;
        let size = fields.optional_u32(flags, 0x200)?;
        let own_flags = fields.optional_u32(flags, 0x400)?;
        let offset = fields.optional_u32(flags, 0x800)?;
        let first = first_flags.filter(|_| index == 0);
        samples.push(Sample {
            duration: duration.unwrap_or(defaults.duration),
            size: size.unwrap_or(defaults.size),
            flags: first.or(own_flags).unwrap_or(defaults.flags),
            // Offsets of version 0 are unsigned, but none is near 2^31 ticks.
            composition_offset: offset.unwrap_or(0).cast_signed(),
        });
    }
    Ok(())
}
