//! Runs ffprobe in the sandbox.

use std::{io::Read, path::Path};

use shared::{blocking, media::FailureCode};

use super::{parse::parse, source::Source};

use crate::{
    failure::Failure,
    limits::Limits,
    sandbox::{Run, Sandbox, input_arguments, probe_bounds},
};

/// libavutil's error text for a picture with more than `-max_pixels`.
pub const TOO_MANY_PIXELS: &str = "max pixel count";
/// Only the fields that are read: a file's tags may be as long as the file.
const ENTRIES: &str = "format=duration,bit_rate:stream_tags=rotate,DURATION:\
    stream_side_data=rotation:stream_disposition=attached_pic,timed_thumbnails:\
    stream=index,codec_type,codec_name,width,height,sample_aspect_ratio,field_order,\
    color_transfer,avg_frame_rate,r_frame_rate,duration,bit_rate,channels,sample_rate";
/// JSON of a file with the allowed number of tracks is a few dozen kilobytes.
const MAX_JSON_BYTES: u64 = 4 << 20;

/// Probes the file at `path`, which must be a name that this program made.
pub async fn probe(sandbox: &Sandbox, path: &Path, limits: &Limits) -> Result<Source, Failure> {
    let head = read_head(path).await?;
    if head.is_empty() {
        return Err(Failure::rejected(FailureCode::Empty, "no bytes"));
    }
    let mut arguments = vec!["-hide_banner".into(), "-v".into(), "error".into()];
    arguments.extend(input_arguments(path, limits));
    arguments.extend(["-of", "json", "-show_entries", ENTRIES].map(Into::into));
    let bounds = probe_bounds(limits);
    let output = sandbox
        .capture(Run {
            step: "probing the file",
            program: sandbox.ffprobe(),
            arguments: &arguments,
            bounds,
            max_bytes: MAX_JSON_BYTES,
        })
        .await?;
    if !output.is_success() {
        return Err(explain_refusal(&output.errors, &head));
    }
    parse(&output.bytes, limits).map_err(|failure| {
        // The report lacks the picture's size then.
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
pub(super) fn explain_refusal(errors: &str, head: &[u8]) -> Failure {
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
