//! Good files: what comes out plays, is whole, and is no larger than what went in.

use rustix::process::{Signal, kill_process};
use serde_json::Value;
use shared::{
    media::{self, ProgressBoard},
    testing::test_redis,
};

use crate::{
    published::Published,
    stage::{Stage, find_encoder, run, test_video, wait_for},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_real_video_is_published_whole_and_decodes_without_a_complaint() {
    let stage = Stage::new().await;
    let media = stage.upload(&test_video()).await;
    let ended = stage.finish(&stage.worker(), media).await;
    assert_eq!((ended.state.as_str(), ended.error_code), ("ready", None));
    assert_eq!((ended.width, ended.height), (Some(1280), Some(720)));
    assert_eq!(ended.duration_ms, Some(5280));
    assert_eq!(stage.job(media).await, ("done".to_owned(), 1));
    assert_eq!(stage.events().await, ["media.ready"]);
    let published = Published::of(&stage, media).await;
    assert_eq!(published.names(), ["720p", "480p", "360p", "audio"]);
    published.decode().await;
    for rendition in &published.renditions {
        assert!(rendition.bandwidth_bps >= rendition.average_bandwidth_bps);
        assert_eq!(
            published.first_decode_time(rendition),
            0,
            "{}",
            rendition.name
        );
    }
    let audio = &published.renditions[3];
    assert_eq!(audio.codecs, "mp4a.40.2");
    let difference = audio
        .duration_us()
        .abs_diff(published.renditions[0].duration_us());
    assert!(
        difference < 100_000,
        "sound and pictures differ by {difference} µs"
    );
}

/// In a joined clip the sound of one part overlaps that of the next by a packet.
#[tokio::test(flavor = "multi_thread")]
async fn a_joined_clip_keeps_its_sound_without_a_hole() {
    let stage = Stage::new().await;
    let twice = format!("-stream_loop 1 -i {} -c copy", test_video().display());
    let clip = stage.make_clip("joined.mp4", &twice).await;
    let media = stage.upload(&clip).await;
    assert_eq!(stage.finish(&stage.worker(), media).await.state, "ready");
    let published = Published::of(&stage, media).await;
    let [pictures, sound] = [
        &published.renditions[0],
        published.renditions.last().unwrap(),
    ];
    assert_eq!(sound.name, "audio");
    let difference = sound.duration_us().abs_diff(pictures.duration_us());
    assert!(
        difference < 100_000,
        "sound and pictures differ by {difference} µs"
    );
    let samples = published.decode_raw("-vn -f s16le -ac 1 -ar 48000").await;
    let is_silent = |sample: &[u8]| i16::from_le_bytes([sample[0], sample[1]]).abs() <= 1;
    let longest_silence = samples
        .chunks_exact(2)
        .scan(0_u32, |run, sample| {
            *run = if is_silent(sample) { *run + 1 } else { 0 };
            Some(*run)
        })
        .max();
    assert!(
        longest_silence < Some(48_000 / 4),
        "{longest_silence:?} samples of silence"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_poster_is_a_picture_and_every_object_has_a_row() {
    let stage = Stage::new().await;
    let media = stage.upload(&test_video()).await;
    let ended = stage.finish(&stage.worker(), media).await;
    let poster = std::fs::read(stage.set_folder(media).await.join(ended.poster.unwrap())).unwrap();
    assert!(poster.starts_with(&[0xff, 0xd8, 0xff]) && poster.ends_with(&[0xff, 0xd9]));
    let mut connection = stage.database.pool.acquire().await.unwrap();
    let named = shared::media::store::list_named_objects(&mut connection, media)
        .await
        .unwrap();
    let stored = stage.objects(media).await;
    assert_eq!(stored.len(), named.len());
    assert!(
        stored.iter().all(|object| named.contains(object)),
        "{stored:?}"
    );
}

/// 25 s, so that there are several segments.
#[tokio::test(flavor = "multi_thread")]
async fn every_segment_starts_with_a_keyframe_and_all_rungs_are_cut_alike() {
    let stage = Stage::new().await;
    let source =
        "-f lavfi -i testsrc2=s=640x480:r=30000/1001:d=25 -pix_fmt yuv420p -preset ultrafast";
    let clip = stage.make_clip("long.mp4", source).await;
    let media = stage.upload(&clip).await;
    assert_eq!(stage.finish(&stage.worker(), media).await.state, "ready");
    let published = Published::of(&stage, media).await;
    assert_eq!(
        published.names(),
        ["480p", "360p"],
        "silent, so without sound"
    );
    published.decode().await;
    let cuts: Vec<Vec<_>> = published
        .videos()
        .map(|rendition| {
            rendition
                .segments
                .iter()
                .map(|segment| segment.duration_us)
                .collect()
        })
        .collect();
    assert_eq!(cuts[0], cuts[1]);
    assert_eq!(cuts[0].len(), 6, "the tail of a second joined the last one");
    assert!(cuts[0].iter().all(|micros| *micros < 6_000_000));
    assert_eq!(cuts[0][0], 4_004_000);
    let first = published.videos().next().unwrap();
    for index in 0..first.segments.len() {
        let report = published.probe_segment(first, index).await;
        let frames = &report["packets_and_frames"];
        let is_frame = |entry: &&Value| entry["type"] == "frame";
        let frame = frames.as_array().unwrap().iter().find(is_frame).unwrap();
        assert_eq!(
            (&frame["key_frame"], &frame["pict_type"]),
            (&1.into(), &"I".into()),
            "{index}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_rung_is_larger_than_its_source_however_odd_that_is() {
    let stage = Stage::new().await;
    let worker = stage.worker();
    let base = "-f lavfi -i testsrc2=r=25:d=1:s=";
    for (name, arguments, expected) in [
        ("odd.mp4", format!("{base}98x50 -pix_fmt yuv420p"), (98, 50)),
        (
            "portrait.webm",
            format!("{base}360x640 -c:v libvpx -deadline realtime"),
            (360, 640),
        ),
        (
            "wide.mkv",
            format!("{base}426x180 -vf setsar=2 -pix_fmt yuv420p"),
            (852, 180),
        ),
        (
            "slow.avi",
            format!("{base}320x240 -r 1 -c:v mpeg4"),
            (320, 240),
        ),
        (
            "late.ts",
            format!("{base}320x240 -pix_fmt yuv420p -output_ts_offset 999"),
            (320, 240),
        ),
        (
            "tiny.mkv",
            "-f lavfi -i color=s=16x16:d=1 -vf format=gray,crop=1:1:0:0 -c:v ffv1".to_owned(),
            (2, 2),
        ),
    ] {
        let media = stage.upload(&stage.make_clip(name, &arguments).await).await;
        let ended = stage.finish(&worker, media).await;
        assert_eq!(ended.error_code, None, "{name}");
        assert_eq!(
            (ended.width, ended.height),
            (Some(expected.0), Some(expected.1)),
            "{name}"
        );
        let published = Published::of(&stage, media).await;
        published.decode().await;
        let video = published.videos().next().unwrap();
        assert_eq!(published.first_decode_time(video), 0, "{name}");
        let duration_ms = ended.duration_ms.unwrap();
        assert!(
            (800..=2100).contains(&duration_ms),
            "{name}: {duration_ms} ms"
        );
    }
}

/// A flash and a tone, both at one second. Frames are counted: ffmpeg's own timestamps of negative
/// composition offsets are late by two frames.
#[tokio::test(flavor = "multi_thread")]
async fn sound_and_pictures_stay_together_within_20_ms() {
    let stage = Stage::new().await;
    let source = "-f lavfi -i color=black:s=320x240:r=50:d=3 \
        -f lavfi -i aevalsrc='if(between(t,1,2),0.8*sin(6283*t),0)':d=3:s=48000 \
        -vf drawbox=c=white:t=fill:enable='between(t,1,2)' -pix_fmt yuv420p";
    let media = stage
        .upload(&stage.make_clip("clap.mp4", source).await)
        .await;
    assert_eq!(stage.finish(&stage.worker(), media).await.state, "ready");
    let published = Published::of(&stage, media).await;
    let pictures = published
        .decode_raw("-map 0:v:0 -fps_mode passthrough -f rawvideo -pix_fmt gray")
        .await;
    let sound = published.decode_raw("-map 0:a:0 -f s16le -ac 1").await;
    let flash = pictures
        .chunks(320 * 240)
        .position(|frame| frame[320 * 120 + 160] > 128)
        .unwrap();
    let is_loud = |sample: &[u8]| i16::from_le_bytes([sample[0], sample[1]]).abs() > 3000;
    let tone = sound.chunks(2).position(is_loud).unwrap();
    assert_eq!(flash, 50, "the picture of the first second");
    assert!(
        tone.abs_diff(48_000) < 960,
        "the tone comes at sample {tone}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn sound_that_ends_early_goes_on_as_silence_to_the_end_of_the_pictures() {
    let stage = Stage::new().await;
    let source = "-f lavfi -i testsrc2=d=6:s=320x240 -f lavfi -i sine=d=2 -map 0 -map 1 \
        -pix_fmt yuv420p";
    let media = stage
        .upload(&stage.make_clip("early.mp4", source).await)
        .await;
    assert_eq!(
        stage.finish(&stage.worker(), media).await.duration_ms,
        Some(6000)
    );
    let published = Published::of(&stage, media).await;
    published.decode().await;
    assert_eq!(published.names(), ["240p", "audio"]);
    let lengths: Vec<_> = published
        .renditions
        .iter()
        .map(shared::media::Rendition::duration_us)
        .collect();
    assert!(lengths[0].abs_diff(lengths[1]) < 100_000, "{lengths:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_video_that_lies_on_its_side_is_turned_once() {
    let stage = Stage::new().await;
    // White on the left, black on the right.
    let flat = "-f lavfi -i color=black:s=320x240:d=1 -vf drawbox=w=160:c=white:t=fill \
        -pix_fmt yuv420p";
    let flat = stage.make_clip("flat.mp4", flat).await;
    let turn = format!("-i {} -c copy -metadata:s:v rotate=90", flat.display());
    let media = stage
        .upload(&stage.make_clip("turned.mp4", &turn).await)
        .await;
    let ended = stage.finish(&stage.worker(), media).await;
    assert_eq!((ended.width, ended.height), (Some(240), Some(320)));
    let poster = stage.set_folder(media).await.join(ended.poster.unwrap());
    let picture = stage.folder.path().join("poster.gray");
    let words = format!("-v error -i {} -f rawvideo -pix_fmt gray", poster.display());
    let words = words
        .split(' ')
        .chain([picture.to_str().unwrap()])
        .map(str::to_owned);
    run("ffmpeg", &words.collect::<Vec<_>>()).await;
    let pixels = std::fs::read(picture).unwrap();
    assert_eq!(pixels.len(), 240 * 320);
    let (top, bottom) = (pixels[10 * 240 + 120], pixels[310 * 240 + 120]);
    assert!(
        bottom > 200 && top < 50,
        "as ffprobe says, a quarter turn counterclockwise: {top} {bottom}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_about_the_camera_is_not_published() {
    let stage = Stage::new().await;
    let source = "-f lavfi -i testsrc2=d=1:s=320x240 -pix_fmt yuv420p -movflags use_metadata_tags \
        -metadata location=+48.2082+016.3738/ -metadata title=holiday";
    let media = stage
        .upload(&stage.make_clip("tagged.mp4", source).await)
        .await;
    assert_eq!(stage.finish(&stage.worker(), media).await.state, "ready");
    let folder = stage.set_folder(media).await;
    for object in stage.objects(media).await {
        let bytes = std::fs::read(folder.join(&object)).unwrap();
        for secret in [&b"+48.2082"[..], b"holiday"] {
            assert!(
                !bytes.windows(secret.len()).any(|window| window == secret),
                "{object}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_is_told_while_the_work_goes_on_and_is_gone_at_its_end() {
    let stage = Stage::new().await;
    let id = stage.upload(&test_video()).await;
    let board = ProgressBoard::new(test_redis()).with_long_timeout();
    let mut worker = stage.worker();
    worker.handler.progress = board.clone();
    // Stopped until it was seen: progress is written once a second, and encoding may be quicker.
    let seen = async {
        let encoder = wait_for("ffmpeg", async || find_encoder(stage.store.root())).await;
        kill_process(encoder, Signal::STOP).unwrap();
        let seen = wait_for("progress of the encoding", async || {
            let found = board.find_many(&[id]).await[0]?;
            (found.stage == media::Stage::Encoding).then_some(found)
        });
        let seen = seen.await;
        kill_process(encoder, Signal::CONT).unwrap();
        seen
    };
    let (seen, ended) = tokio::join!(seen, stage.finish(&worker, id));
    assert!(
        seen.percent.is_some_and(|percent| percent < 100.0),
        "{seen:?}"
    );
    assert_eq!(ended.state, "ready");
    assert_eq!(board.find_many(&[id]).await, [None]);
}
