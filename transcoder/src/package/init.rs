//! The init section: the properties of the track, parsed from `moov`.

use super::boxes::{Fields, PackageError, children, descend, find};

/// The fixed fields of a visual sample entry before its children (ISO/IEC 14496-12 §12.1.3).
const VISUAL_ENTRY_BYTES: usize = 78;
/// The fixed fields of an audio sample entry before its children (§12.2.3).
const AUDIO_ENTRY_BYTES: usize = 28;

/// The properties of the one track of a rendition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackInfo {
    /// The id of the track within the file.
    pub track_id: u32,
    /// Ticks per second for all times of the track; not 0.
    pub timescale: u32,
    /// As in RFC 6381: `avc1.64001f`, `mp4a.40.2`.
    pub codecs: String,
    /// Width and height in pixels; `None` for audio.
    pub dimensions: Option<(u16, u16)>,
    /// The defaults for fields that a sample does not set.
    pub defaults: SampleDefaults,
}

/// The defaults from `trex`, which `tfhd` and `trun` override.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SampleDefaults {
    /// In ticks.
    pub duration: u32,
    /// In bytes.
    pub size: u32,
    /// ISO/IEC 14496-12 §8.8.3.1.
    pub flags: u32,
}

impl TrackInfo {
    /// Parses the body of `moov`. It must have exactly one track.
    pub fn parse(moov: &[u8]) -> Result<Self, PackageError> {
        let tracks = children(moov).filter(|c| matches!(c, Ok((kind, _)) if kind == b"trak"));
        if tracks.count() != 1 {
            return Err(PackageError::Unexpected("not exactly one track"));
        }
        let media = descend(moov, &[*b"trak", *b"mdia"])?;
        let timescale = parse_timescale(descend(media, &[*b"mdhd"])?)?;
        let entries = descend(media, &[*b"minf", *b"stbl", *b"stsd"])?;
        let (codecs, dimensions) = parse_sample_entry(entries)?;
        let (track_id, defaults) = parse_trex(descend(moov, &[*b"mvex", *b"trex"])?)?;
        Ok(Self {
            track_id,
            timescale,
            codecs,
            dimensions,
            defaults,
        })
    }

    /// Whether the track is video.
    pub fn is_video(&self) -> bool {
        self.dimensions.is_some()
    }

    /// Ticks of the track in microseconds, rounded to the nearest.
    pub fn micros(&self, ticks: u64) -> u64 {
        let scale = u128::from(self.timescale.max(1));
        let micros = (u128::from(ticks) * 1_000_000 + scale / 2) / scale;
        u64::try_from(micros).unwrap_or(u64::MAX)
    }
}

fn parse_timescale(mdhd: &[u8]) -> Result<u32, PackageError> {
    let mut fields = Fields::new(mdhd);
    let (version, _) = fields.version_and_flags()?;
    fields.bytes(if version == 1 { 16 } else { 8 })?;
    match fields.u32()? {
        0 => Err(PackageError::Malformed("timescale 0")),
        timescale => Ok(timescale),
    }
}

fn parse_trex(trex: &[u8]) -> Result<(u32, SampleDefaults), PackageError> {
    let mut fields = Fields::new(trex);
    fields.version_and_flags()?;
    let track_id = fields.u32()?;
    let _description_index = fields.u32()?;
    let (duration, size, flags) = (fields.u32()?, fields.u32()?, fields.u32()?);
    Ok((
        track_id,
        SampleDefaults {
            duration,
            size,
            flags,
        },
    ))
}

type Entry = (String, Option<(u16, u16)>);

fn parse_sample_entry(stsd: &[u8]) -> Result<Entry, PackageError> {
    let mut fields = Fields::new(stsd);
    fields.version_and_flags()?;
    let _count = fields.u32()?;
    let (kind, entry) = children(fields.rest())
        .next()
        .ok_or(PackageError::Malformed("no sample entry"))??;
    match &kind {
        b"avc1" => parse_avc1(entry),
        b"mp4a" => parse_mp4a(entry),
        _ => Err(PackageError::Unexpected("neither H.264 nor AAC")),
    }
}

fn parse_avc1(entry: &[u8]) -> Result<Entry, PackageError> {
    let mut fields = Fields::new(entry);
    let mut fixed = Fields::new(fields.bytes(VISUAL_ENTRY_BYTES)?);
    fixed.bytes(24)?;
    let dimensions = (fixed.u16()?, fixed.u16()?);
    let config = find(fields.rest(), *b"avcC")?.ok_or(PackageError::Malformed("no avcC"))?;
    let [_version, profile, constraints, level] = Fields::new(config).array()?;
    Ok((
        format!("avc1.{profile:02x}{constraints:02x}{level:02x}"),
        Some(dimensions),
    ))
}

fn parse_mp4a(entry: &[u8]) -> Result<Entry, PackageError> {
    let mut fields = Fields::new(entry);
    fields.bytes(AUDIO_ENTRY_BYTES)?;
    let esds = find(fields.rest(), *b"esds")?.ok_or(PackageError::Malformed("no esds"))?;
    parse_esds(esds).map(|codecs| (codecs, None))
}

/// ISO/IEC 14496-1 §7.2.6: elementary stream → decoder configuration → specific info.
fn parse_esds(esds: &[u8]) -> Result<String, PackageError> {
    let mut fields = Fields::new(esds);
    fields.version_and_flags()?;
    let mut stream = Fields::new(descriptor(&mut fields, 3)?);
    let _es_id = stream.u16()?;
    let flags = stream.u8()?;
    if flags & 0x80 != 0 {
        stream.u16()?;
    }
    if flags & 0x40 != 0 {
        let length = stream.u8()?;
        stream.bytes(length.into())?;
    }
    if flags & 0x20 != 0 {
        stream.u16()?;
    }
    let mut decoder = Fields::new(descriptor(&mut stream, 4)?);
    let object_type = decoder.u8()?;
    decoder.bytes(12)?;
    let [first, second] = Fields::new(descriptor(&mut decoder, 5)?).array()?;
    let audio_object = match first >> 3 {
        31 => 32 + (((first & 7) << 3) | (second >> 5)),
        short => short,
    };
    Ok(format!("mp4a.{object_type:x}.{audio_object}"))
}

/// The body of a descriptor with this tag; its length has up to four bytes of seven bits each.
fn descriptor<'a>(fields: &mut Fields<'a>, tag: u8) -> Result<&'a [u8], PackageError> {
    if fields.u8()? != tag {
        return Err(PackageError::Malformed("another descriptor"));
    }
    let mut length = 0usize;
    for _ in 0..4 {
        let byte = fields.u8()?;
        length = (length << 7) | usize::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return fields.bytes(length);
        }
    }
    Err(PackageError::Malformed("descriptor length"))
}
