//! Moves one rendition from its pipe to the store.

use std::sync::Arc;

use shared::media::{FrameRate, Rendition, RenditionKind, Segment, VideoShape};
use tokio::io::{AsyncRead, AsyncReadExt};

use super::command::OutputKind;
use crate::{
    failure::{Cause, Failure},
    package::{CutRule, Output, PackageError, Packager, TrackInfo, measure},
    publish::ObjectWriter,
};

const READ_BYTES: usize = 128 << 10;

/// Where a rendition goes and what it is.
pub struct TrackSink {
    pub kind: OutputKind,
    pub frame_rate: FrameRate,
    pub rule: CutRule,
    pub writer: Arc<ObjectWriter>,
}

/// How a rendition's stream ended.
#[derive(Debug)]
pub enum TrackEnd {
    /// All of it is stored.
    Whole(Rendition),
    /// It had no samples.
    Nothing,
    /// It ended within a fragment, as when the encoder was killed.
    Cut,
}

/// Reads `pipe` to its end and stores each segment when it is complete. Calls `on_bytes` when bytes
/// arrive.
pub async fn drain_track(
    mut pipe: impl AsyncRead + Unpin,
    sink: TrackSink,
    on_bytes: impl Fn(),
) -> Result<TrackEnd, Failure> {
    let mut packager = Packager::new(sink.rule);
    let mut stored = Stored::default();
    let mut buffer = vec![0; READ_BYTES];
    loop {
        let count = pipe.read(&mut buffer).await?;
        let Some(bytes) = buffer.get(..count).filter(|bytes| !bytes.is_empty()) else {
            break;
        };
        on_bytes();
        let outputs = packager.push(bytes).map_err(|error| bad_output(&error))?;
        stored.store_all(outputs, &sink).await?;
    }
    match packager.finish() {
        Ok((outputs, info)) => {
            stored.store_all(outputs, &sink).await?;
            Ok(TrackEnd::Whole(stored.into_rendition(&sink, &info)))
        }
        Err(PackageError::Ended) if stored.segments.is_empty() => Ok(TrackEnd::Nothing),
        Err(PackageError::Ended) => Ok(TrackEnd::Cut),
        Err(error) => Err(bad_output(&error)),
    }
}

fn bad_output(error: &PackageError) -> Failure {
    Failure::new(Cause::Encoder, format!("the encoder's output: {error}"))
}

#[derive(Default)]
struct Stored {
    init_object: String,
    segments: Vec<Segment>,
}

impl Stored {
    async fn store_all(&mut self, outputs: Vec<Output>, sink: &TrackSink) -> Result<(), Failure> {
        for output in outputs {
            match output {
                Output::Init(bytes) => {
                    self.init_object = sink.writer.names().init(sink.kind.name());
                    sink.writer.write(self.init_object.clone(), bytes).await?;
                }
                Output::Segment(segment) => {
                    let number = u32::try_from(self.segments.len() + 1).unwrap_or(u32::MAX);
                    let object = sink.writer.names().segment(sink.kind.name(), number);
                    let size_bytes = segment.bytes.len() as u64;
                    sink.writer.write(object.clone(), segment.bytes).await?;
                    let duration_us = segment.duration_us;
                    self.segments.push(Segment {
                        object,
                        duration_us,
                        size_bytes,
                    });
                }
            }
        }
        Ok(())
    }

    fn into_rendition(self, sink: &TrackSink, info: &TrackInfo) -> Rendition {
        let bandwidth = measure(&self.segments);
        let video = info.dimensions.map(|(width, height)| VideoShape {
            width: width.into(),
            height: height.into(),
            frame_rate: sink.frame_rate,
        });
        Rendition {
            name: sink.kind.name().to_owned(),
            kind: if video.is_some() {
                RenditionKind::Video
            } else {
                RenditionKind::Audio
            },
            video,
            bandwidth_bps: bandwidth.peak_bps,
            average_bandwidth_bps: bandwidth.average_bps,
            codecs: info.codecs.clone(),
            init_object: self.init_object,
            segments: self.segments,
        }
    }
}
