//! The state machine of one rendition: bytes in, init section and segments out.

use bytes::Bytes;

use super::boxes::{BoxStream, Kind, PackageError};
use super::cut::{CutRule, Cutter};
use super::fragment::Fragment;
use super::init::TrackInfo;
use super::write::{write_box, write_fragment};

/// A result of a packager.
#[derive(Debug)]
pub enum Output {
    /// `ftyp` and `moov`; first, and exactly once.
    Init(Vec<u8>),
    /// A complete segment.
    Segment(PackagedSegment),
}

/// A segment ready to be stored.
#[derive(Debug, PartialEq, Eq)]
pub struct PackagedSegment {
    /// One or more pairs of `moof` and `mdat`.
    pub bytes: Vec<u8>,
    /// Its duration in microseconds.
    pub duration_us: u64,
}

/// Converts the fragmented MP4 of one rendition to segments.
pub struct Packager {
    stream: BoxStream,
    rule: CutRule,
    file_type: Bytes,
    track: Option<Track>,
    moof: Option<Bytes>,
}

struct Track {
    info: TrackInfo,
    cutter: Cutter,
    /// The decode time of the first sample. It is subtracted, so that the track starts at 0.
    origin: Option<Origin>,
    /// Where the next fragment must start, in ticks after the origin.
    end: u64,
    /// Where the next segment will start, in ticks after the origin.
    written_end: u64,
    sequence: u32,
}

#[derive(Clone, Copy)]
struct Origin {
    decode_time: u64,
    composition_offset: i32,
}

impl Packager {
    /// A packager whose segments follow `rule`.
    pub fn new(rule: CutRule) -> Self {
        let stream = BoxStream::default();
        Self {
            stream,
            rule,
            file_type: Bytes::new(),
            track: None,
            moof: None,
        }
    }

    /// Parses the next bytes of the encoder's output.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<Output>, PackageError> {
        self.stream.push(bytes);
        let mut outputs = Vec::new();
        while let Some((kind, body)) = self.stream.next_box()? {
            outputs.extend(self.take_box(kind, body)?);
        }
        Ok(outputs)
    }

    /// Ends the stream: the remaining segments and the properties of the track.
    pub fn finish(self) -> Result<(Vec<Output>, TrackInfo), PackageError> {
        let mut track = self.track.ok_or(PackageError::Ended)?;
        if !self.stream.is_at_boundary() || self.moof.is_some() || track.end == 0 {
            return Err(PackageError::Ended);
        }
        let rest = track.take_cutter(self.rule).finish();
        let outputs = rest.map(|segment| track.write_segment(&segment)).collect();
        Ok((outputs, track.info))
    }

    fn take_box(&mut self, kind: Kind, body: Bytes) -> Result<Vec<Output>, PackageError> {
        match &kind {
            b"ftyp" => self.file_type = body,
            b"moov" => return self.take_moov(&body).map(|init| vec![init]),
            b"moof" => self.moof = Some(body),
            b"mdat" => {
                let moof = self
                    .moof
                    .take()
                    .ok_or(PackageError::Unexpected("mdat without moof"))?;
                let track = self
                    .track
                    .as_mut()
                    .ok_or(PackageError::Unexpected("no moov"))?;
                return track.take_fragment(Fragment::parse(&track.info, &moof, body)?);
            }
            // No segment needs `free`, or `mfra` at the end.
            _ => {}
        }
        Ok(Vec::new())
    }

    fn take_moov(&mut self, moov: &[u8]) -> Result<Output, PackageError> {
        if self.track.is_some() {
            return Err(PackageError::Unexpected("a second moov"));
        }
        self.track = Some(Track::new(TrackInfo::parse(moov)?, self.rule));
        let mut init = Vec::with_capacity(self.file_type.len() + moov.len() + 16);
        write_box(&mut init, *b"ftyp", |out| {
            out.extend_from_slice(&self.file_type);
        });
        write_box(&mut init, *b"moov", |out| out.extend_from_slice(moov));
        Ok(Output::Init(init))
    }
}

impl Track {
    fn new(info: TrackInfo, rule: CutRule) -> Self {
        let cutter = Cutter::new(rule, info.timescale);
        Self {
            info,
            cutter,
            origin: None,
            end: 0,
            written_end: 0,
            sequence: 0,
        }
    }

    fn take_cutter(&mut self, rule: CutRule) -> Cutter {
        std::mem::replace(&mut self.cutter, Cutter::new(rule, self.info.timescale))
    }

    fn take_fragment(&mut self, fragment: Fragment) -> Result<Vec<Output>, PackageError> {
        let fragment = self.rebase(fragment)?;
        self.end += fragment.duration();
        let segments: Vec<_> = if self.info.is_video() {
            self.cutter.push(fragment).into_iter().collect()
        } else {
            fragment
                .into_samples()
                .filter_map(|unit| self.cutter.push(unit))
                .collect()
        };
        Ok(segments
            .iter()
            .map(|segment| self.write_segment(segment))
            .collect())
    }

    /// Moves a fragment to the timeline that starts at 0. An error if there is a gap before it.
    fn rebase(&mut self, mut fragment: Fragment) -> Result<Fragment, PackageError> {
        let first = fragment
            .samples
            .first()
            .ok_or(PackageError::Malformed("no sample"))?;
        if self.info.is_video() && !first.is_sync() {
            return Err(PackageError::Unexpected(
                "a fragment that starts without a keyframe",
            ));
        }
        let start = Origin {
            decode_time: fragment.decode_time,
            composition_offset: first.composition_offset,
        };
        let origin = *self.origin.get_or_insert(start);
        if fragment.decode_time.checked_sub(origin.decode_time) != Some(self.end) {
            return Err(PackageError::Unexpected("a gap between fragments"));
        }
        fragment.decode_time = self.end;
        for sample in &mut fragment.samples {
            sample.composition_offset = sample
                .composition_offset
                .wrapping_sub(origin.composition_offset);
        }
        Ok(fragment)
    }

    /// Video keeps one `moof` per group of pictures, so that each can be fetched alone; audio has
    /// one per segment.
    fn write_segment(&mut self, segment: &[Fragment]) -> Output {
        let mut bytes = Vec::new();
        let group_size = if self.info.is_video() {
            1
        } else {
            segment.len().max(1)
        };
        for group in segment.chunks(group_size) {
            self.sequence += 1;
            write_fragment(&mut bytes, self.info.track_id, self.sequence, group);
        }
        let start = self.written_end;
        self.written_end += segment.iter().map(Fragment::duration).sum::<u64>();
        let duration_us = self.info.micros(self.written_end) - self.info.micros(start);
        Output::Segment(PackagedSegment { bytes, duration_us })
    }
}

#[cfg(test)]
mod tests;
