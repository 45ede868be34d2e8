use std::time::Duration;

use proptest::prelude::*;
use shared::media::FrameRate;

use super::*;
use crate::{
    package::CutRule,
    probe::{Source, VideoTrack},
    testing::limits,
};

fn track(width: u32, height: u32) -> VideoTrack {
    VideoTrack {
        index: 0,
        width,
        height,
        coded_pixels: u64::from(width) * u64::from(height),
        duration: Some(Duration::from_secs(10)),
        frame_rate: Some(FrameRate {
            numerator: 25,
            denominator: 1,
        }),
        is_interlaced: false,
        is_hdr: false,
        bit_rate: None,
    }
}

fn plan_of(video: VideoTrack) -> Plan {
    Plan::new(Source { video, audio: None }, &limits())
}

fn sizes(width: u32, height: u32) -> Vec<(String, u32, u32)> {
    let rungs = plan_of(track(width, height)).rungs;
    rungs
        .into_iter()
        .map(|rung| (rung.name, rung.width, rung.height))
        .collect()
}

fn named(sizes: &[(&str, u32, u32)]) -> Vec<(String, u32, u32)> {
    sizes
        .iter()
        .map(|(name, width, height)| ((*name).to_owned(), *width, *height))
        .collect()
}

#[test]
fn full_hd_and_above_get_the_standard_ladder() {
    let ladder = [
        ("1080p", 1920, 1080),
        ("720p", 1280, 720),
        ("480p", 854, 480),
        ("360p", 640, 360),
    ];
    assert_eq!(sizes(1920, 1080), named(&ladder));
    assert_eq!(sizes(3840, 2160), named(&ladder));
}

#[test]
fn portrait_is_scaled_by_its_short_side() {
    let ladder = [("720p", 720, 1280), ("480p", 480, 854), ("360p", 360, 640)];
    assert_eq!(sizes(720, 1280), named(&ladder));
}

#[test]
fn wide_films_are_named_by_the_box_that_they_fill() {
    assert_eq!(sizes(1920, 804)[0], ("1080p".to_owned(), 1920, 804));
    assert_eq!(sizes(1440, 1080)[0], ("1080p".to_owned(), 1440, 1080));
}

#[test]
fn a_size_well_between_two_rungs_is_kept_as_the_top_rung() {
    let names: Vec<_> = sizes(1600, 900)
        .into_iter()
        .map(|(name, ..)| name)
        .collect();
    assert_eq!(names, ["900p", "720p", "480p", "360p"]);
    let names: Vec<_> = sizes(1366, 768)
        .into_iter()
        .map(|(name, ..)| name)
        .collect();
    assert_eq!(names, ["720p", "480p", "360p"]);
}

#[test]
fn small_sources_keep_their_size() {
    assert_eq!(sizes(320, 240), named(&[("240p", 320, 240)]));
    assert_eq!(sizes(1, 1), named(&[("1p", 2, 2)]));
}

#[test]
fn the_bit_rate_of_the_source_caps_every_rung() {
    let plan = plan_of(VideoTrack {
        bit_rate: Some(1_000_000),
        ..track(1920, 1080)
    });
    let caps: Vec<_> = plan.rungs.iter().map(|rung| rung.max_bps).collect();
    assert_eq!(caps, [1_000_000, 1_000_000, 1_000_000, 730_000]);
    let starved = plan_of(VideoTrack {
        bit_rate: Some(1),
        ..track(1920, 1080)
    });
    assert!(starved.rungs.iter().all(|rung| rung.max_bps == 200_000));
}

#[test]
fn frame_rates_are_snapped_and_groups_last_two_seconds() {
    for (numerator, denominator, expected, frames) in [
        (25, 1, (25, 1), 50),
        (30_000, 1001, (30_000, 1001), 60),
        (2997, 100, (30_000, 1001), 60),
        (24_000, 1001, (24_000, 1001), 48),
        (1000, 1, (60, 1), 120),
        (1, 1, (5, 1), 10),
        (25, 2, (25, 2), 25),
        (47, 1, (48, 1), 96),
    ] {
        let frame_rate = Some(FrameRate {
            numerator,
            denominator,
        });
        let plan = plan_of(VideoTrack {
            frame_rate,
            ..track(640, 360)
        });
        let rate = (plan.frame_rate.numerator, plan.frame_rate.denominator);
        assert_eq!(
            (rate, plan.group_frames()),
            (expected, frames),
            "{numerator}/{denominator}"
        );
    }
    let unknown = plan_of(VideoTrack {
        frame_rate: None,
        ..track(640, 360)
    });
    assert_eq!(
        unknown.frame_rate,
        FrameRate {
            numerator: 30,
            denominator: 1
        }
    );
}

#[test]
fn segments_are_two_groups_exactly() {
    let frame_rate = Some(FrameRate {
        numerator: 30_000,
        denominator: 1001,
    });
    let plan = plan_of(VideoTrack {
        frame_rate,
        ..track(640, 360)
    });
    assert_eq!(
        plan.cut_rule(),
        CutRule {
            numerator: 120 * 1001,
            denominator: 30_000
        }
    );
}

#[test]
fn a_source_is_read_somewhat_beyond_what_it_declares_and_never_beyond_the_limit() {
    let limit = |duration| {
        plan_of(VideoTrack {
            duration,
            ..track(640, 360)
        })
        .read_limit
    };
    assert_eq!(
        limit(Some(Duration::from_secs(10))),
        Duration::from_secs(80)
    );
    assert_eq!(
        limit(Some(Duration::from_hours(3))),
        Duration::from_hours(4)
    );
    assert_eq!(limit(None), Duration::from_hours(4));
}

#[test]
fn a_reduced_plan_has_one_modest_rung_and_one_thread() {
    let plan = plan_of(track(1920, 1080)).reduced();
    assert_eq!(
        (plan.rungs.len(), plan.rungs[0].name.as_str(), plan.threads),
        (1, "480p", 1)
    );
    assert_eq!(plan_of(track(320, 240)).reduced().rungs[0].name, "240p");
}

proptest! {
    #[test]
    fn nothing_is_scaled_up_or_odd_or_named_twice(width in 1u32..8000, height in 1u32..8000) {
        let rungs = plan_of(track(width, height)).rungs;
        prop_assert!(!rungs.is_empty());
        let mut names: Vec<_> = rungs.iter().map(|rung| rung.name.clone()).collect();
        names.dedup();
        prop_assert_eq!(names.len(), rungs.len());
        for rung in &rungs {
            prop_assert!(rung.width % 2 == 0 && rung.height % 2 == 0);
            prop_assert!(rung.width <= width.max(2) && rung.height <= height.max(2), "{rung:?}");
            prop_assert!(rung.width.min(rung.height) <= 1080 && rung.width.max(rung.height) <= 1920);
        }
    }
}
