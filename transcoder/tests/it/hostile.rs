//! Bad files: each ends `failed` with a code, soon, and reaches no other file and no network.

use std::fmt::Write;

use shared::ids::{MediaId, UploadId};
use tokio::net::TcpListener;

use crate::stage::{Stage, test_video};

async fn code_of(stage: &Stage, media: MediaId) -> String {
    let ended = stage.finish(&stage.worker(), media).await;
    assert_eq!(ended.state, "failed");
    assert_eq!(
        stage.objects(media).await,
        [""; 0],
        "nothing is left in the store"
    );
    assert_eq!(stage.job(media).await.0, "failed");
    ended.error_code.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_no_video_fail_with_a_code() {
    let stage = Stage::new().await;
    let video = std::fs::read(test_video()).unwrap();
    let half = video.len() / 2;
    for (bytes, code) in [
        (&b""[..], "empty"),
        (
            b"Call me Ishmael. Some years ago, never mind how long precisely",
            "not_media",
        ),
        (&[0; 4096], "not_media"),
        (&video[..half], "truncated"),
        (&video[half..], "not_media"),
    ] {
        let media = stage.upload_bytes(bytes).await;
        assert_eq!(code_of(&stage, media).await, code);
    }
    assert_eq!(stage.events().await, ["media.failed"; 5]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_video_whose_second_half_is_missing_is_truncated() {
    let stage = Stage::new().await;
    let copy = format!("-i {} -c copy -movflags +faststart", test_video().display());
    let faststart = std::fs::read(stage.make_clip("faststart.mp4", &copy).await).unwrap();
    let media = stage.upload_bytes(&faststart[..faststart.len() / 2]).await;
    assert_eq!(code_of(&stage, media).await, "truncated");
}

#[tokio::test(flavor = "multi_thread")]
async fn sound_alone_even_with_a_cover_is_no_video() {
    let stage = Stage::new().await;
    let sound = "-f lavfi -i sine=d=1 -c:a aac";
    let media = stage
        .upload(&stage.make_clip("sound.mp4", sound).await)
        .await;
    assert_eq!(code_of(&stage, media).await, "no_video");
    let cover = "-f lavfi -i sine=d=1 -f lavfi -i color=s=64x64:r=1:d=1 -frames:v 1 -map 0 -map 1 \
        -c:v mjpeg -disposition:v attached_pic -pix_fmt yuvj420p";
    let media = stage
        .upload(&stage.make_clip("cover.mp3", cover).await)
        .await;
    assert_eq!(code_of(&stage, media).await, "no_video");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_ask_for_too_much_are_refused_before_they_cost_anything() {
    let stage = Stage::new().await;
    let many = "-f lavfi -i testsrc2=d=1:s=64x64 -f lavfi -i sine=d=1 -map 0".to_owned()
        + &" -map 1".repeat(16);
    let media = stage
        .upload(&stage.make_clip("many.mkv", &many).await)
        .await;
    assert_eq!(code_of(&stage, media).await, "too_many_streams");
    let media = stage.upload_bytes(&gif_bomb(16_000)).await;
    assert_eq!(code_of(&stage, media).await, "too_many_pixels");
    let long = "-f lavfi -i testsrc2=s=64x64:r=1:d=2 -vf setpts=N*72000/TB -fps_mode passthrough";
    let media = stage.upload(&stage.make_clip("long.mkv", long).await).await;
    assert_eq!(code_of(&stage, media).await, "too_long");
}

#[tokio::test(flavor = "multi_thread")]
async fn playlists_and_manifests_reach_no_file_and_no_network() {
    let stage = Stage::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/clip.mp4", listener.local_addr().unwrap());
    let secret = stage.upload(&test_video()).await;
    stage.finish(&stage.worker(), secret).await;
    let path = stage.store.source(UploadId::from(secret));
    let path = path.to_str().unwrap();
    let relative = path.rsplit('/').next().unwrap();
    for target in [path, &format!("file:{path}"), relative, &url] {
        for text in disguises(target) {
            let media = stage.upload_bytes(text.as_bytes()).await;
            assert_eq!(code_of(&stage, media).await, "not_media", "{text}");
        }
    }
    let connection = futures_util::FutureExt::now_or_never(listener.accept());
    assert!(
        connection.is_none(),
        "somebody followed an address out of a file"
    );
}

/// Ways to say "read that other file" which ffmpeg knows.
fn disguises(target: &str) -> [String; 5] {
    let extinf = "#EXT-X-TARGETDURATION:5\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:5,";
    [
        format!("#EXTM3U\n{extinf}\n{target}\n#EXT-X-ENDLIST\n"),
        format!("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{target}\n"),
        format!("ffconcat version 1.0\nfile '{target}'\n"),
        format!(
            "<?xml version=\"1.0\"?>\n<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\" \
             mediaPresentationDuration=\"PT5S\"><Period><AdaptationSet mimeType=\"video/mp4\">\
             <Representation id=\"1\" bandwidth=\"1\"><BaseURL>{target}</BaseURL>\
             <SegmentList><SegmentURL media=\"{target}\"/></SegmentList></Representation>\
             </AdaptationSet></Period></MPD>"
        ),
        format!("v=0\no=- 0 0 IN IP4 127.0.0.1\ns={target}\nm=video 5004 RTP/AVP 96\n"),
    ]
}

/// A picture of `side` × `side` in a few hundred bytes.
fn gif_bomb(side: u16) -> Vec<u8> {
    let mut gif = b"GIF89a".to_vec();
    for _ in 0..2 {
        gif.extend_from_slice(&side.to_le_bytes());
    }
    gif.extend_from_slice(&[0x80, 0, 0, 0, 0, 0, 255, 255, 255]);
    gif.extend_from_slice(&[0x2c, 0, 0, 0, 0]);
    for _ in 0..2 {
        gif.extend_from_slice(&side.to_le_bytes());
    }
    gif.extend_from_slice(&[0, 2, 2, 0x4c, 1, 0, 0x3b]);
    gif
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_videos_end_one_way_or_the_other() {
    let stage = Stage::new().await;
    let video = std::fs::read(test_video()).unwrap();
    let mut told = String::new();
    for step in [101, 997, 9973] {
        let mut damaged = video.clone();
        damaged
            .iter_mut()
            .step_by(step)
            .for_each(|byte| *byte ^= 0x55);
        let media = stage.upload_bytes(&damaged).await;
        let ended = stage.finish(&stage.worker(), media).await;
        write!(told, "{step}: {} {:?}; ", ended.state, ended.error_code).unwrap();
        assert!(
            ["ready", "failed"].contains(&ended.state.as_str()),
            "{told}"
        );
    }
}
