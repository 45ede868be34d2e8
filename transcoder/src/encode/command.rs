//! ffmpeg's command line for a plan. Pure, so that tests can check every word.

use std::{ffi::OsString, path::Path};

use shared::media::keys::AUDIO_RENDITION;

use super::filters::{audio_graph, video_graph};
use crate::{
    limits::Limits,
    plan::{Plan, Rung},
    sandbox::input_arguments,
};

/// The descriptor of the first rendition's pipe; 0 to 2 are the standard streams.
const FIRST_PIPE: i32 = 3;

/// Fragments that begin with keyframes, and times that need no edit list.
const VIDEO_FLAGS: &str = "+frag_keyframe+empty_moov+default_base_moof+negative_cts_offsets";
const AUDIO_FLAGS: &str = "+empty_moov+default_base_moof+negative_cts_offsets";
const AUDIO_BPS: &str = "128k";

/// What a pipe carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutputKind {
    /// A rung of the ladder.
    Video(Rung),
    /// The audio track.
    Audio,
}

impl OutputKind {
    /// The rendition's name.
    pub fn name(&self) -> &str {
        match self {
            Self::Video(rung) => &rung.name,
            Self::Audio => AUDIO_RENDITION,
        }
    }
}

/// One rendition that ffmpeg writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The descriptor of its pipe in the child.
    pub pipe: i32,
    /// What it is.
    pub kind: OutputKind,
}

/// The renditions of a plan.
pub fn outputs(plan: &Plan) -> Vec<Output> {
    let video = plan.rungs.iter().cloned().map(OutputKind::Video);
    let kinds = video.chain(plan.source.audio.map(|_| OutputKind::Audio));
    (FIRST_PIPE..)
        .zip(kinds)
        .map(|(pipe, kind)| Output { pipe, kind })
        .collect()
}

/// Everything after `ffmpeg`.
pub fn command_line(plan: &Plan, source: &Path, limits: &Limits) -> Vec<OsString> {
    let threads = plan.threads.to_string();
    let mut line = Line::default();
    line.put("-hide_banner -nostdin -nostats -v error -progress pipe:1 -stats_period 1");
    line.option("-filter_complex_threads", &threads);
    line.option("-filter_threads", &threads);
    line.option("-threads", &threads);
    line.option("-t", &format!("{}us", plan.read_limit.as_micros()));
    line.0.extend(input_arguments(source, limits));
    line.option("-filter_complex", &video_graph(plan));
    for (index, Output { pipe, kind }) in outputs(plan).into_iter().enumerate() {
        match kind {
            OutputKind::Video(rung) => video_output(&mut line, plan, &rung, index),
            OutputKind::Audio => audio_output(&mut line, plan),
        }
        line.put("-map_metadata -1 -map_chapters -1 -sn -dn -f mp4");
        line.put(&format!("pipe:{pipe}"));
    }
    line.0
}

fn video_output(line: &mut Line, plan: &Plan, rung: &Rung, index: usize) {
    let group = plan.group_frames().to_string();
    line.option("-map", &format!("[v{index}]"));
    line.put("-c:v libx264 -preset veryfast -profile:v high -crf 21");
    line.option("-maxrate", &rung.max_bps.to_string());
    line.option("-bufsize", &(rung.max_bps * 2).to_string());
    // Keyframes by frame count only, so that all rungs have them at the same times.
    line.option("-g", &group);
    line.option("-keyint_min", &group);
    line.put("-sc_threshold 0 -fps_mode passthrough");
    line.put("-color_primaries bt709 -color_trc bt709 -colorspace bt709 -color_range tv");
    line.option("-threads", &plan.threads.to_string());
    line.option("-movflags", VIDEO_FLAGS);
}

fn audio_output(line: &mut Line, plan: &Plan) {
    let Some(index) = plan.source.audio else {
        return;
    };
    line.option("-map", &format!("0:{index}"));
    line.option("-filter:a", &audio_graph(plan));
    line.put("-c:a aac");
    line.option("-b:a", AUDIO_BPS);
    // Without this option the whole track would be one fragment.
    line.put("-frag_duration 1000000");
    line.option("-movflags", AUDIO_FLAGS);
}

#[derive(Default)]
struct Line(Vec<OsString>);

impl Line {
    /// Adds words that contain no spaces.
    fn put(&mut self, words: &str) {
        self.0.extend(words.split_whitespace().map(OsString::from));
    }

    fn option(&mut self, name: &str, value: &str) {
        self.0.extend([name.into(), value.into()]);
    }
}

#[cfg(test)]
mod tests;
