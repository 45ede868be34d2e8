#![expect(
    clippy::needless_pass_by_value,
    reason = "`json!` values read best where they are used"
)]

use std::time::Duration;

use serde_json::{Value, json};
use shared::media::{FailureCode, FrameRate};

use super::{run::explain_refusal, *};
use crate::{failure::Failure, testing::limits};

fn video() -> Value {
    json!({
        "index": 0, "codec_type": "video", "codec_name": "h264", "width": 1280, "height": 720,
        "sample_aspect_ratio": "1:1", "avg_frame_rate": "25/1", "r_frame_rate": "25/1",
        "duration": "5.280000", "bit_rate": "1205959", "field_order": "progressive",
        "disposition": {"attached_pic": 0}, "tags": {"language": "und"}
    })
}

fn audio() -> Value {
    json!({
        "index": 1, "codec_type": "audio", "codec_name": "aac", "channels": 6,
        "sample_rate": "48000", "avg_frame_rate": "0/0"
    })
}

/// `value` with the fields of `changes` put over it.
fn with(mut value: Value, changes: Value) -> Value {
    let fields = value.as_object_mut().unwrap();
    fields.extend(changes.as_object().unwrap().clone());
    value
}

fn parse_streams(streams: &[Value]) -> Result<Source, Failure> {
    let report = json!({"streams": streams, "format": {"duration": "5.312000"}});
    parse(report.to_string().as_bytes(), &limits())
}

fn parse_video(changes: Value) -> VideoTrack {
    parse_streams(&[with(video(), changes)]).unwrap().video
}

/// The code of a failure that is not retried.
fn rejection(failure: &Failure) -> FailureCode {
    assert!(!failure.is_retried(), "{failure}");
    failure.code()
}

fn code_of(result: Result<Source, Failure>) -> FailureCode {
    rejection(&result.unwrap_err())
}

#[test]
fn an_ordinary_file_is_read_as_it_is() {
    let source = parse_streams(&[video(), audio()]).unwrap();
    let expected = VideoTrack {
        index: 0,
        width: 1280,
        height: 720,
        coded_pixels: 921_600,
        duration: Some(Duration::from_millis(5280)),
        frame_rate: Some(FrameRate {
            numerator: 25,
            denominator: 1,
        }),
        is_interlaced: false,
        is_hdr: false,
        bit_rate: Some(1_205_959),
    };
    assert_eq!(
        source,
        Source {
            video: expected,
            audio: Some(1)
        }
    );
}

#[test]
fn cover_art_is_no_video() {
    let cover = with(video(), json!({"disposition": {"attached_pic": 1}}));
    assert_eq!(
        code_of(parse_streams(&[cover.clone(), audio()])),
        FailureCode::NoVideo
    );
    let real = with(video(), json!({"index": 2}));
    assert_eq!(
        parse_streams(&[cover, audio(), real]).unwrap().video.index,
        2
    );
}

#[test]
fn the_first_track_of_sound_that_can_be_decoded_is_taken() {
    let spatial = json!({"index": 1, "codec_type": "audio", "channels": 4, "sample_rate": "48000"});
    let stereo = with(audio(), json!({"index": 2}));
    assert_eq!(
        parse_streams(&[video(), spatial, stereo]).unwrap().audio,
        Some(2)
    );
    assert_eq!(parse_streams(&[video()]).unwrap().audio, None);
}

#[test]
fn a_clock_rate_is_not_a_frame_rate() {
    let track = parse_video(json!({"avg_frame_rate": "0/0", "r_frame_rate": "90000/1"}));
    assert_eq!(track.frame_rate, None);
    let track = parse_video(json!({"avg_frame_rate": "0/0", "r_frame_rate": "30000/1001"}));
    assert_eq!(
        track.frame_rate,
        Some(FrameRate {
            numerator: 30_000,
            denominator: 1001
        })
    );
}

#[test]
fn durations_come_from_the_track_its_tag_or_the_file() {
    let of = |changes| parse_video(changes).duration.map(|d| d.as_millis());
    assert_eq!(of(json!({"duration": "N/A"})), Some(5312));
    let tagged = json!({"duration": null, "tags": {"DURATION": "00:01:05.250000000"}});
    assert_eq!(of(tagged), Some(65_250));
    assert_eq!(of(json!({"duration": "-3.0"})), Some(5312));
}

#[test]
fn a_phone_held_upright_is_portrait_whichever_way_it_says_so() {
    for sideways in [
        json!({"side_data_list": [{"side_data_type": "Display Matrix", "rotation": -90}]}),
        json!({"tags": {"rotate": "270"}}),
    ] {
        let track = parse_video(sideways);
        assert_eq!((track.width, track.height), (720, 1280));
    }
    let track = parse_video(json!({"side_data_list": [{"rotation": 180}]}));
    assert_eq!((track.width, track.height), (1280, 720));
}

#[test]
fn pixels_are_made_square_unless_the_ratio_is_nonsense() {
    let of = |ratio: &str| {
        let track = parse_video(json!({"width": 720, "height": 576, "sample_aspect_ratio": ratio}));
        (track.width, track.height)
    };
    assert_eq!(of("64:45"), (1024, 576));
    assert_eq!(of("0:1"), (720, 576));
    assert_eq!(of("1:0"), (720, 576));
    assert_eq!(of("N/A"), (720, 576));
    assert_eq!(of("100000:1"), (720, 576));
}

#[test]
fn interlaced_and_hdr_sources_are_recognised() {
    assert!(parse_video(json!({"field_order": "tt"})).is_interlaced);
    assert!(parse_video(json!({"color_transfer": "smpte2084"})).is_hdr);
    assert!(parse_video(json!({"color_transfer": "arib-std-b67"})).is_hdr);
    assert!(!parse_video(json!({"color_transfer": "reserved"})).is_hdr);
}

#[test]
fn what_is_too_big_is_refused_with_its_code() {
    let wide = with(video(), json!({"width": 16000, "height": 16000}));
    assert_eq!(code_of(parse_streams(&[wide])), FailureCode::TooManyPixels);
    let long = with(video(), json!({"duration": "72000.0"}));
    assert_eq!(code_of(parse_streams(&[long])), FailureCode::TooLong);
    assert_eq!(
        code_of(parse_streams(&vec![audio(); 17])),
        FailureCode::TooManyStreams
    );
}

#[test]
fn tracks_without_a_known_codec_are_unsupported_and_sound_alone_is_no_video() {
    let unknown = with(video(), json!({"codec_name": null}));
    assert_eq!(
        code_of(parse_streams(&[unknown])),
        FailureCode::UnsupportedCodec
    );
    assert_eq!(code_of(parse_streams(&[audio()])), FailureCode::NoVideo);
    assert_eq!(code_of(parse(b"{}", &limits())), FailureCode::NoVideo);
    assert_eq!(
        code_of(parse(b"nonsense", &limits())),
        FailureCode::NotMedia
    );
}

#[test]
fn a_file_that_begins_like_an_mp4_and_has_no_index_is_truncated() {
    let code = |errors: &str, head: &[u8]| rejection(&explain_refusal(errors, head));
    let no_index = "moov atom not found";
    assert_eq!(
        code(no_index, b"\0\0\0\x18ftypmp42"),
        FailureCode::Truncated
    );
    assert_eq!(code(no_index, b"once upon a "), FailureCode::NotMedia);
    assert_eq!(
        code("Number of streams exceeds max_streams", b""),
        FailureCode::TooManyStreams
    );
    assert_eq!(
        code("Invalid data found", b"\0\0\0\x18ftypmp42"),
        FailureCode::NotMedia
    );
}
