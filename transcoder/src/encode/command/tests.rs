use std::time::Duration;

use shared::media::FrameRate;

use super::*;
use crate::{
    probe::{Source, VideoTrack},
    testing::limits,
};

fn plan(width: u32, height: u32, audio: Option<u32>) -> Plan {
    let video = VideoTrack {
        index: 2,
        width,
        height,
        coded_pixels: 0,
        duration: Some(Duration::from_secs(10)),
        frame_rate: Some(FrameRate {
            numerator: 30_000,
            denominator: 1001,
        }),
        is_interlaced: false,
        is_hdr: false,
        bit_rate: None,
    };
    Plan::new(Source { video, audio }, &limits())
}

fn words(plan: &Plan) -> Vec<String> {
    let line = command_line(plan, Path::new("/store/sources/x"), &limits());
    line.into_iter()
        .map(|word| word.into_string().unwrap())
        .collect()
}

fn value_of<'a>(words: &'a [String], option: &str) -> &'a str {
    let at = words.iter().position(|word| word == option).unwrap();
    &words[at + 1]
}

#[test]
fn the_input_is_opened_by_a_file_name_behind_both_whitelists() {
    let words = words(&plan(640, 360, Some(1)));
    assert_eq!(value_of(&words, "-protocol_whitelist"), "file");
    assert!(value_of(&words, "-format_whitelist").starts_with("mov,mp4,"));
    assert_eq!(value_of(&words, "-max_streams"), "16");
    assert_eq!(value_of(&words, "-max_pixels"), "36000000");
    assert_eq!(value_of(&words, "-i"), "file:/store/sources/x");
    let place = |option: &str| words.iter().position(|word| word == option).unwrap();
    assert!(
        place("-format_whitelist") < place("-i"),
        "they are options of the input"
    );
    assert!(place("-t") < place("-i"), "reading is limited, not writing");
}

#[test]
fn no_format_of_the_whitelist_reads_other_files() {
    let words = words(&plan(640, 360, None));
    let formats: Vec<_> = value_of(&words, "-format_whitelist").split(',').collect();
    for format in [
        "hls",
        "dash",
        "concat",
        "image2",
        "lavfi",
        "tee",
        "applehttp",
        "sdp",
    ] {
        assert!(!formats.contains(&format), "{format}");
    }
}

#[test]
fn each_rung_is_scaled_from_the_one_above_it() {
    let words = words(&plan(1280, 720, None));
    let expected = "[0:2]fps=30000/1001:start_time=0,scale=1280:720:out_color_matrix=bt709:\
        out_range=tv,setsar=1,format=yuv420p,split=2[v0][c1];[c1]scale=854:480,split=2[v1][c2];\
        [c2]scale=640:360[v2]";
    assert_eq!(value_of(&words, "-filter_complex"), expected);
}

#[test]
fn interlaced_and_hdr_pictures_are_converted_before_the_ladder() {
    let mut plan = plan(640, 360, None);
    plan.source.video.is_interlaced = true;
    plan.source.video.is_hdr = true;
    let graph = video_graph(&plan);
    assert!(
        graph.starts_with("[0:2]bwdif=mode=send_frame,fps="),
        "{graph}"
    );
    assert!(graph.contains("scale=640:360,zscale=t=linear"), "{graph}");
}

#[test]
fn every_output_has_a_pipe_of_its_own_and_carries_no_metadata() {
    let plan = plan(1280, 720, Some(5));
    let words = words(&plan);
    let pipes: Vec<_> = words
        .iter()
        .filter(|word| word.starts_with("pipe:"))
        .collect();
    assert_eq!(pipes, ["pipe:1", "pipe:3", "pipe:4", "pipe:5", "pipe:6"]);
    let clean = words.iter().filter(|word| *word == "-map_metadata").count();
    assert_eq!(clean, 4);
    let names: Vec<_> = outputs(&plan)
        .into_iter()
        .map(|output| output.kind.name().to_owned())
        .collect();
    assert_eq!(names, ["720p", "480p", "360p", "audio"]);
    assert!(words.windows(2).any(|pair| pair == ["-map", "0:5"]));
}

#[test]
fn a_silent_source_has_no_audio_output() {
    let words = words(&plan(640, 360, None));
    assert!(!words.iter().any(|word| word == "aac"));
}

#[test]
fn sound_lasts_as_long_as_the_pictures_are_said_to() {
    let mut plan = plan(640, 360, Some(1));
    assert!(value_of(&words(&plan), "-filter:a").ends_with(",apad=whole_dur=10000000us"));
    plan.source.video.duration = None;
    assert!(value_of(&words(&plan), "-filter:a").ends_with("asetpts=N/SR/TB"));
}

#[test]
fn keyframes_come_every_two_seconds_by_count() {
    let words = words(&plan(640, 360, None));
    assert_eq!(
        (value_of(&words, "-g"), value_of(&words, "-keyint_min")),
        ("60", "60")
    );
    assert_eq!(value_of(&words, "-t"), "80000000us");
}
