//! The poster: one frame as a JPEG.

use std::{ffi::OsString, path::Path, time::Duration};

use crate::{
    encode::TONE_MAP,
    failure::{Cause, Failure},
    limits::Limits,
    plan::{POSTER_HEIGHT, Plan},
    sandbox::{Run, Sandbox, input_arguments, probe_bounds},
};

/// A JPEG of a poster's size is far smaller.
const MAX_JPEG_BYTES: u64 = 8 << 20;
/// The first bytes of every JPEG.
const JPEG: &[u8] = &[0xff, 0xd8];
/// Late enough to skip titles that fade in, early enough to be quick.
const LATEST: Duration = Duration::from_secs(10);

/// The frame at a tenth of the video, else the first one. `None` if neither can be decoded in time:
/// a video does not need a poster.
pub async fn make_poster(
    sandbox: &Sandbox,
    plan: &Plan,
    source: &Path,
    limits: &Limits,
) -> Result<Option<Vec<u8>>, Failure> {
    let tenth = plan.source.video.duration.unwrap_or_default() / 10;
    for seek in [tenth.min(LATEST), Duration::ZERO] {
        let arguments = command_line(plan, source, limits, seek);
        let captured = sandbox
            .capture(Run {
                step: "taking the poster",
                program: sandbox.ffmpeg(),
                arguments: &arguments,
                bounds: probe_bounds(limits),
                max_bytes: MAX_JPEG_BYTES,
            })
            .await;
        match captured {
            Ok(captured) if captured.is_success() && captured.bytes.starts_with(JPEG) => {
                return Ok(Some(captured.bytes));
            }
            Ok(_) => {}
            Err(failure) if failure.cause() == Cause::StepTime => {
                tracing::warn!(%failure, "the poster does not show this frame");
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok(None)
}

fn command_line(plan: &Plan, source: &Path, limits: &Limits, seek: Duration) -> Vec<OsString> {
    let video = &plan.source.video;
    let size = plan
        .rungs
        .iter()
        .find(|rung| rung.nominal_height <= POSTER_HEIGHT)
        .or(plan.rungs.last());
    let (width, height) = size.map_or((video.width, video.height), |rung| {
        (rung.width, rung.height)
    });
    let tone_map = if video.is_hdr {
        format!("{TONE_MAP},")
    } else {
        String::new()
    };
    let filters = format!("scale={width}:{height}:out_range=pc,{tone_map}setsar=1,format=yuvj420p");
    let mut line: Vec<OsString> = Vec::new();
    let mut put = |words: &[&str]| line.extend(words.iter().map(OsString::from));
    put(&["-hide_banner", "-nostdin", "-nostats", "-v", "error"]);
    put(&["-threads", "1", "-ss", &format!("{}us", seek.as_micros())]);
    line.extend(input_arguments(source, limits));
    let mut put = |words: &[&str]| line.extend(words.iter().map(OsString::from));
    put(&[
        "-map",
        &format!("0:{}", video.index),
        "-frames:v",
        "1",
        "-filter:v",
        &filters,
    ]);
    put(&[
        "-map_metadata",
        "-1",
        "-an",
        "-sn",
        "-dn",
        "-c:v",
        "mjpeg",
        "-q:v",
        "4",
    ]);
    put(&["-threads", "1", "-f", "image2pipe", "pipe:1"]);
    line
}
