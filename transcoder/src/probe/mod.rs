//! What a source is, as far as planning needs to know.
//!
//! [`probe`] runs ffprobe in the sandbox; [`parse`] is pure and knows the traps: cover art that
//! calls itself video, nonsense frame rates, missing durations, rotation in side data.

mod json;
mod parse;

use std::{io::Read, path::Path};

use shared::blocking;
use shared::media::{FailureCode, FrameRate};

pub use parse::parse;

use crate::{
    failure::Failure,
    limits::Limits,
    sandbox::{Bounds, Sandbox, input_arguments},
};

/// What libavutil says of a picture beyond `-max_pixels`.
pub const TOO_MANY_PIXELS: &str = "max pixel count";
/// Only what is read: a file's tags may be as long as the file.
const ENTRIES: &str = "format=duration,bit_rate:stream_tags=rotate,DURATION:\
    stream_side_data=rotation:stream_disposition=attached_pic,timed_thumbnails:\
    stream=index,codec_type,codec_name,width,height,sample_aspect_ratio,field_order,\
    color_transfer,avg_frame_rate,r_frame_rate,duration,bit_rate,channels,sample_rate";
/// JSON of a file with the allowed number of tracks is a few dozen kilobytes.
const MAX_JSON_BYTES: u64 = 4 << 20;

/// A file that can be transcoded.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// The track to show.
    pub video: VideoTrack,
    /// The index of the first track of sound that can be decoded.
    pub audio: Option<u32>,
}

/// A track of pictures, described as it is to be seen: upright, with square pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct VideoTrack {
    /// Its index within the file.
    pub index: u32,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// As stored, before rotation and scaling; what decoding costs.
    pub coded_pixels: u64,
    /// As declared; `None` for live recordings and the like.
    pub duration: Option<std::time::Duration>,
    /// The average, if the file knows it.
    pub frame_rate: Option<FrameRate>,
    /// Fields instead of frames.
    pub is_interlaced: bool,
    /// PQ or HLG: needs tone mapping for ordinary screens.
    pub is_hdr: bool,
    /// Bits a second that an H.264 stream of the same quality would have.
    pub bit_rate: Option<u64>,
}

/// Looks at the file at `path`, which must be a name that this program made.
pub async fn probe(sandbox: &Sandbox, path: &Path, limits: &Limits) -> Result<Source, Failure> {
    let head = read_head(path).await?;
    if head.is_empty() {
        return Err(Failure::rejected(FailureCode::Empty, "no bytes"));
    }
    let mut arguments = vec!["-hide_banner".into(), "-v".into(), "error".into()];
    arguments.extend(input_arguments(path, limits));
    arguments.extend(["-of", "json", "-show_entries", ENTRIES].map(Into::into));
    let bounds = Bounds::for_probe(limits);
    let output = sandbox
        .capture(sandbox.ffprobe(), &arguments, bounds, MAX_JSON_BYTES)
        .await?;
    if !output.is_success() {
        return Err(explain_refusal(&output.errors, &head));
    }
    parse(&output.bytes, limits).map_err(|failure| {
        // Then the picture's size is missing from the report, whatever the report says.
        if output.errors.contains(TOO_MANY_PIXELS) {
            return Failure::rejected(FailureCode::TooManyPixels, output.errors);
        }
        failure
    })
}

async fn read_head(path: &Path) -> Result<Vec<u8>, std::io::Error> {
    let path = path.to_owned();
    blocking(move || {
        let mut head = Vec::new();
        std::fs::File::open(path)?.take(12).read_to_end(&mut head)?;
        Ok(head)
    })
    .await
}

/// Why ffprobe could not open the file.
fn explain_refusal(errors: &str, head: &[u8]) -> Failure {
    // An MP4 whose index stands at the end, or is cut off, begins like any other.
    let begins_like_mp4 = matches!(
        head.get(4..8),
        Some(b"ftyp" | b"moov" | b"mdat" | b"wide" | b"free" | b"skip")
    );
    let code = if errors.contains("max_streams") {
        FailureCode::TooManyStreams
    } else if errors.contains(TOO_MANY_PIXELS) {
        FailureCode::TooManyPixels
    } else if begins_like_mp4 && errors.contains("moov atom not found") {
        FailureCode::Truncated
    } else {
        FailureCode::NotMedia
    };
    Failure::rejected(code, errors)
}

#[cfg(test)]
mod tests;
