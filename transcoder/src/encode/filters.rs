//! The filter graph: each rung is scaled from the next larger one.
//!
//! That costs less than scaling each rung from the source, and no quality.

use crate::plan::{Plan, Rung};

/// Maps PQ or HLG to BT.709, at the size of the top rung because it calculates in floats.
pub const TONE_MAP: &str = "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,\
    tonemap=tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv";

/// The value of `-filter_complex`. Its outputs are `[v0]`, `[v1]`, …, the best first.
pub fn video_graph(plan: &Plan) -> String {
    let last = plan.rungs.len().saturating_sub(1);
    let rungs = plan.rungs.iter().enumerate().map(|(index, rung)| {
        let entry = if index == 0 {
            first_scale(plan, rung)
        } else {
            next_scale(index, rung)
        };
        let exit = if index == last {
            format!("[v{index}]")
        } else {
            format!(",split=2[v{index}][c{}];", index + 1)
        };
        entry + &exit
    });
    rungs.collect()
}

/// The filters that run once for all rungs.
fn first_scale(plan: &Plan, rung: &Rung) -> String {
    let (video, rate) = (&plan.source.video, plan.frame_rate);
    let deinterlace = if video.is_interlaced {
        "bwdif=mode=send_frame,"
    } else {
        ""
    };
    let colours = if video.is_hdr {
        format!(",{TONE_MAP}")
    } else {
        ":out_color_matrix=bt709:out_range=tv".to_owned()
    };
    // Starts at time 0 whenever the first frame comes, so that there is no gap at the start.
    format!(
        "[0:{}]{deinterlace}fps={}/{}:start_time=0,scale={}:{}{colours},setsar=1,format=yuv420p",
        video.index, rate.numerator, rate.denominator, rung.width, rung.height,
    )
}

fn next_scale(index: usize, rung: &Rung) -> String {
    format!("[c{index}]scale={}:{}", rung.width, rung.height)
}

/// Always 48 kHz stereo from time 0. Where the timestamps leave a gap or overlap by more than 20
/// ms, silence is put in or samples are taken out. They are never stretched (`async` above 1):
/// together with `first_pts` that answers an overlap of one packet, as every joined clip has, with
/// silence as long as all that came before. The first 1024 samples are dropped because the encoder
/// puts 1024 of its own before them.
const AUDIO_GRAPH: &str = "aresample=48000:async=1:min_hard_comp=0.02:first_pts=0,\
    aformat=channel_layouts=stereo,atrim=start_sample=1024,asetpts=N/SR/TB";

/// The value of `-filter:a`. Audio that ends before the video is padded with silence, because
/// players stall where one of the two ends.
pub fn audio_graph(plan: &Plan) -> String {
    let padding = plan.source.video.duration.map(|duration| {
        format!(
            ",apad=whole_dur={}us",
            duration.min(plan.read_limit).as_micros()
        )
    });
    AUDIO_GRAPH.to_owned() + &padding.unwrap_or_default()
}
