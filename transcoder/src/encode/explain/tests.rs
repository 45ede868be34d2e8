use shared::media::{Rendition, RenditionKind, Segment};

use super::*;
use crate::{
    probe::{Source, VideoTrack},
    testing::limits,
};

const EXIT_1: i32 = 1 << 8;

fn plan(declared: Option<Duration>) -> Plan {
    let video = VideoTrack {
        index: 0,
        width: 640,
        height: 360,
        coded_pixels: 640 * 360,
        duration: declared,
        frame_rate: None,
        is_interlaced: false,
        is_hdr: false,
        bit_rate: None,
    };
    Plan::new(Source { video, audio: None }, &limits())
}

fn encoded(seconds: u64) -> Encoded {
    let duration_us = seconds * 1_000_000;
    let segment = Segment {
        object: String::new(),
        duration_us,
        size_bytes: 1,
    };
    let rendition = Rendition {
        name: "360p".to_owned(),
        kind: RenditionKind::Video,
        video: None,
        bandwidth_bps: 0,
        average_bandwidth_bps: 0,
        codecs: String::new(),
        init_object: String::new(),
        segments: vec![segment],
    };
    Encoded {
        renditions: if seconds == 0 {
            Vec::new()
        } else {
            vec![rendition]
        },
    }
}

/// The code, and whether the job is retried.
fn judged(declared: Option<u64>, decoded: u64, status: i32, errors: &str) -> Option<(&str, bool)> {
    let status = ExitStatus::from_raw(status);
    let ending = ProcessEnd {
        status,
        errors: errors.to_owned(),
    };
    let plan = plan(declared.map(Duration::from_secs));
    match check_encoded(&plan, encoded(decoded), &ending) {
        Ok(_) => None,
        Err(failure) => Some((failure.code().name(), failure.is_retried())),
    }
}

#[test]
fn success_is_believed_when_the_result_is_all_there() {
    assert_eq!(judged(Some(100), 100, 0, ""), None);
    assert_eq!(judged(Some(100), 96, 0, "a damaged frame"), None);
    assert_eq!(judged(None, 7, 0, ""), None);
}

#[test]
fn an_exit_code_of_0_does_not_hide_what_is_missing() {
    assert_eq!(judged(Some(100), 94, 0, ""), Some(("truncated", false)));
    assert_eq!(judged(Some(100), 0, 0, ""), Some(("truncated", false)));
    assert_eq!(judged(None, 0, 0, ""), Some(("not_media", false)));
}

#[test]
fn what_cannot_be_decoded_is_unsupported() {
    let error = "Decoder (codec none) not found for input stream #0:0";
    assert_eq!(
        judged(Some(9), 0, EXIT_1, error),
        Some(("unsupported_codec", false))
    );
    assert_eq!(
        judged(Some(9), 9, EXIT_1, "x"),
        Some(("encoder_failed", false))
    );
}

#[test]
fn a_killed_or_starved_encoder_says_nothing_about_the_file() {
    let signal = |signal: Signal| judged(Some(9), 4, signal.as_raw(), "");
    assert_eq!(signal(Signal::KILL), Some(("out_of_memory", true)));
    assert_eq!(signal(Signal::SEGV), Some(("encoder_failed", true)));
    assert_eq!(signal(Signal::XCPU), Some(("timed_out", false)));
    let starved = judged(Some(9), 0, EXIT_1, "Cannot allocate memory");
    assert_eq!(starved, Some(("out_of_memory", true)));
}

#[test]
fn a_file_much_longer_than_it_says_is_too_long() {
    assert_eq!(judged(Some(10), 80, 0, ""), Some(("too_long", false)));
    let limit = limits().max_duration.as_secs();
    assert_eq!(judged(None, limit, 0, ""), Some(("too_long", false)));
    assert_eq!(judged(Some(limit), limit, 0, ""), None);
}
