//! Turns ffprobe's JSON into a [`Source`], or into the reason why it cannot be transcoded.

use std::time::Duration;

use shared::media::{FailureCode, FrameRate};

use super::json::{Format, Report, Stream};
use super::source::{Source, VideoTrack};
use crate::{failure::Failure, limits::Limits};

/// Higher rates are clock rates (90000/1) and not frame rates.
const MAX_PLAUSIBLE_RATE: f64 = 1000.0;

/// Parses ffprobe's report on a file and checks it against `limits`.
pub fn parse(report: &[u8], limits: &Limits) -> Result<Source, Failure> {
    let report: Report = serde_json::from_slice(report)
        .map_err(|error| Failure::rejected(FailureCode::NotMedia, error.to_string()))?;
    if report.streams.len() > limits.max_streams as usize {
        return Err(Failure::rejected(
            FailureCode::TooManyStreams,
            "too many tracks",
        ));
    }
    let stream = choose_video(&report.streams)?;
    let video = describe_video(stream, &report.format);
    if video.coded_pixels > limits.max_pixels {
        return Err(Failure::rejected(
            FailureCode::TooManyPixels,
            "too many pixels",
        ));
    }
    let declared = parse_seconds(report.format.duration.as_deref()).max(video.duration);
    if declared.is_some_and(|duration| duration > limits.max_duration) {
        return Err(Failure::rejected(FailureCode::TooLong, "duration too long"));
    }
    let audio = report
        .streams
        .iter()
        .find(|stream| is_decodable_audio(stream));
    Ok(Source {
        video,
        audio: audio.map(|stream| stream.index),
    })
}

fn choose_video(streams: &[Stream]) -> Result<&Stream, Failure> {
    let is_moving = |stream: &&Stream| {
        let is_cover =
            stream.disposition.attached_pic != 0 || stream.disposition.timed_thumbnails != 0;
        stream.codec_type == "video" && !is_cover
    };
    let mut tracks = streams.iter().filter(is_moving).peekable();
    if tracks.peek().is_none() {
        return Err(Failure::rejected(FailureCode::NoVideo, "no video track"));
    }
    let decodable = tracks.find(|track| is_known(track) && track.width > 0 && track.height > 0);
    decodable.ok_or_else(|| Failure::rejected(FailureCode::UnsupportedCodec, "unknown codec"))
}

fn is_known(stream: &Stream) -> bool {
    !matches!(
        stream.codec_name.as_deref(),
        None | Some("" | "none" | "unknown")
    )
}

fn is_decodable_audio(stream: &Stream) -> bool {
    let has_rate = stream
        .sample_rate
        .as_deref()
        .is_some_and(|rate| rate != "0");
    stream.codec_type == "audio" && is_known(stream) && stream.channels > 0 && has_rate
}

fn describe_video(stream: &Stream, format: &Format) -> VideoTrack {
    let (width, height) = shown_size(stream);
    let own_duration = parse_seconds(stream.duration.as_deref())
        .or_else(|| parse_clock(stream.tags.duration.as_deref()));
    let bit_rate = parse_number(stream.bit_rate.as_deref())
        .or_else(|| parse_number(format.bit_rate.as_deref()));
    VideoTrack {
        index: stream.index,
        width,
        height,
        coded_pixels: u64::from(stream.width) * u64::from(stream.height),
        duration: own_duration.or_else(|| parse_seconds(format.duration.as_deref())),
        frame_rate: parse_rate(stream.avg_frame_rate.as_deref())
            .or_else(|| parse_rate(stream.r_frame_rate.as_deref())),
        is_interlaced: matches!(
            stream.field_order.as_deref(),
            Some("tt" | "bb" | "tb" | "bt")
        ),
        is_hdr: matches!(
            stream.color_transfer.as_deref(),
            Some("smpte2084" | "arib-std-b67")
        ),
        bit_rate: bit_rate.map(|bits| as_h264(bits, stream.codec_name.as_deref())),
    }
}

/// Newer codecs need fewer bits for the same picture.
fn as_h264(bits: u64, codec: Option<&str>) -> u64 {
    match codec {
        Some("hevc" | "vp9") => bits.saturating_mul(3) / 2,
        Some("av1" | "vvc") => bits.saturating_mul(2),
        _ => bits,
    }
}

/// Width and height with square pixels, after rotation.
fn shown_size(stream: &Stream) -> (u32, u32) {
    let (across, down) = parse_ratio(stream.sample_aspect_ratio.as_deref()).unwrap_or((1, 1));
    let is_plausible = across > 0 && down > 0 && across <= down * 8 && down <= across * 8;
    let width = if is_plausible {
        u64::from(stream.width)
            .saturating_mul(across)
            .div_ceil(down)
    } else {
        stream.width.into()
    };
    let width = u32::try_from(width).unwrap_or(stream.width).max(1);
    if is_rotated_sideways(stream) {
        (stream.height, width)
    } else {
        (width, stream.height)
    }
}

fn is_rotated_sideways(stream: &Stream) -> bool {
    let by_tag = || {
        stream
            .tags
            .rotate
            .as_deref()
            .and_then(|degrees| degrees.parse().ok())
    };
    let rotation = stream
        .side_data_list
        .iter()
        .find_map(|data| data.rotation)
        .or_else(by_tag);
    let degrees = rotation.unwrap_or(0.0).abs() % 180.0;
    (45.0..135.0).contains(&degrees)
}

fn parse_number(text: Option<&str>) -> Option<u64> {
    text?.parse().ok().filter(|number| *number > 0)
}

/// `5.280000`; `N/A`, zero and negative numbers are no durations.
fn parse_seconds(text: Option<&str>) -> Option<Duration> {
    let seconds: f64 = text?.parse().ok()?;
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|duration| !duration.is_zero())
}

/// `00:01:05.280000000`
fn parse_clock(text: Option<&str>) -> Option<Duration> {
    let mut parts = text?.splitn(3, ':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
    let whole = hours
        .parse::<u64>()
        .ok()?
        .checked_mul(60)?
        .checked_add(minutes.parse().ok()?)?;
    let rest = Duration::try_from_secs_f64(seconds.parse().ok()?).ok()?;
    Duration::from_secs(whole.checked_mul(60)?)
        .checked_add(rest)
        .filter(|d| !d.is_zero())
}

/// `4:3`
fn parse_ratio(text: Option<&str>) -> Option<(u64, u64)> {
    let (across, down) = text?.split_once(':')?;
    Some((
        u64::from(across.parse::<u32>().ok()?),
        u64::from(down.parse::<u32>().ok()?),
    ))
}

/// `30000/1001`
fn parse_rate(text: Option<&str>) -> Option<FrameRate> {
    let (numerator, denominator) = text?.split_once('/')?;
    let rate = FrameRate {
        numerator: numerator.parse().ok()?,
        denominator: denominator.parse().ok()?,
    };
    let is_plausible =
        rate.numerator > 0 && rate.denominator > 0 && rate.per_second() <= MAX_PLAUSIBLE_RATE;
    is_plausible.then_some(rate)
}
