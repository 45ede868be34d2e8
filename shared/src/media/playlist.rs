//! HLS playlists (RFC 8216), rendered from rows; they are never files.
//!
//! The text follows Apple's HLS Authoring Specification: measured bandwidths, real codecs,
//! independent segments, audio in a group of its own, aligned boundaries and one target duration
//! for all renditions. Lines are relative, so the grant in a playlist's URL also applies to them.

use std::cmp::Reverse;
use std::fmt::Write;

use super::rendition::{Rendition, RenditionKind, Segment, VideoShape};

/// `EXT-X-TARGETDURATION` of every playlist, in seconds. Segments are 4 to 6 s long.
pub const TARGET_DURATION_S: u32 = 6;

/// Players start with the first variant listed; Apple recommends about 2 Mbit/s for it.
const START_BANDWIDTH_BPS: u64 = 2_000_000;
const AUDIO_GROUP: &str = "audio";

/// Why no playlist can be rendered from these rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlaylistError {
    /// The set has no playable rendition.
    #[error("the set has nothing to play")]
    NothingToPlay,
}

/// The master playlist of a set, named [`MASTER_PLAYLIST`](super::keys::MASTER_PLAYLIST).
///
/// `BANDWIDTH` is the sum of video and audio (RFC 8216 §4.3.4.2).
pub fn render_master(renditions: &[Rendition]) -> Result<String, PlaylistError> {
    let audio = renditions.iter().find(|r| r.kind == RenditionKind::Audio);
    let variants = variants_in_order(renditions);
    let mut text = header();
    if let Some(audio) = audio {
        write_audio_group(&mut text, audio);
    }
    match (variants.is_empty(), audio) {
        (false, _) => {
            for (video, shape) in variants {
                write_variant(&mut text, video, Some(shape), audio);
            }
        }
        (true, Some(audio)) => write_variant(&mut text, audio, None, None),
        (true, None) => return Err(PlaylistError::NothingToPlay),
    }
    Ok(text)
}

/// The playlist of one rendition, `<name>.m3u8`.
pub fn render_rendition(rendition: &Rendition) -> Result<String, PlaylistError> {
    if rendition.segments.is_empty() {
        return Err(PlaylistError::NothingToPlay);
    }
    let mut text = header();
    let _ = writeln!(text, "#EXT-X-TARGETDURATION:{TARGET_DURATION_S}");
    text.push_str("#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD\n");
    let _ = writeln!(text, "#EXT-X-MAP:URI=\"{}\"", rendition.init_object);
    for segment in &rendition.segments {
        write_segment(&mut text, segment);
    }
    text.push_str("#EXT-X-ENDLIST\n");
    Ok(text)
}

fn header() -> String {
    String::from("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n")
}

/// The variant to start with first, then the others from best to worst.
fn variants_in_order(renditions: &[Rendition]) -> Vec<(&Rendition, VideoShape)> {
    let mut variants: Vec<_> = renditions
        .iter()
        .filter_map(|r| r.video.map(|shape| (r, shape)))
        .collect();
    variants.sort_by_key(|(rendition, _)| Reverse(rendition.bandwidth_bps));
    let start = variants
        .iter()
        .position(|(r, _)| r.bandwidth_bps <= START_BANDWIDTH_BPS);
    let start = start.unwrap_or(variants.len().saturating_sub(1));
    if let Some(until_start) = variants.get_mut(..=start) {
        until_start.rotate_right(1);
    }
    variants
}

fn write_audio_group(text: &mut String, audio: &Rendition) {
    let _ = writeln!(
        text,
        "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"{AUDIO_GROUP}\",NAME=\"Original\",LANGUAGE=\"und\",\
         DEFAULT=YES,AUTOSELECT=YES,CHANNELS=\"2\",URI=\"{}.m3u8\"",
        audio.name
    );
}

fn write_variant(
    text: &mut String,
    rendition: &Rendition,
    shape: Option<VideoShape>,
    audio: Option<&Rendition>,
) {
    let sum = |of: fn(&Rendition) -> u64| of(rendition) + audio.map_or(0, of);
    let _ = write!(
        text,
        "#EXT-X-STREAM-INF:BANDWIDTH={},AVERAGE-BANDWIDTH={},CODECS=\"{}{}\"",
        sum(|r| r.bandwidth_bps),
        sum(|r| r.average_bandwidth_bps),
        rendition.codecs,
        audio.map(|a| format!(",{}", a.codecs)).unwrap_or_default(),
    );
    if let Some(VideoShape {
        width,
        height,
        frame_rate,
    }) = shape
    {
        let rate = frame_rate.per_second();
        let _ = write!(text, ",RESOLUTION={width}x{height},FRAME-RATE={rate:.3}");
    }
    if audio.is_some() {
        let _ = write!(text, ",AUDIO=\"{AUDIO_GROUP}\"");
    }
    let _ = writeln!(text, "\n{}.m3u8", rendition.name);
}

fn write_segment(text: &mut String, segment: &Segment) {
    let (seconds, micros) = (
        segment.duration_us / 1_000_000,
        segment.duration_us % 1_000_000,
    );
    let _ = writeln!(text, "#EXTINF:{seconds}.{micros:06},\n{}", segment.object);
}

#[cfg(test)]
mod tests;
