use super::super::rendition::FrameRate;
use super::*;

fn segment(number: u32, duration_us: u64) -> Segment {
    Segment {
        object: format!("x-00000000-{number:05}.m4s"),
        duration_us,
        size_bytes: 1000,
    }
}

fn video(name: &str, height: u32, bandwidth_bps: u64) -> Rendition {
    let frame_rate = FrameRate {
        numerator: 30_000,
        denominator: 1001,
    };
    Rendition {
        name: name.to_owned(),
        kind: RenditionKind::Video,
        video: Some(VideoShape {
            width: height * 16 / 9,
            height,
            frame_rate,
        }),
        bandwidth_bps,
        average_bandwidth_bps: bandwidth_bps / 2,
        codecs: "avc1.64001f".to_owned(),
        init_object: format!("{name}-00000000-init.mp4"),
        segments: vec![segment(1, 4_004_000), segment(2, 1_001_033)],
    }
}

fn audio() -> Rendition {
    Rendition {
        name: "audio".to_owned(),
        kind: RenditionKind::Audio,
        video: None,
        bandwidth_bps: 130_000,
        average_bandwidth_bps: 128_000,
        codecs: "mp4a.40.2".to_owned(),
        init_object: "audio-00000000-init.mp4".to_owned(),
        segments: vec![segment(1, 4_010_667)],
    }
}

#[test]
fn a_master_playlist_lists_sound_then_variants() {
    let text = render_master(&[audio(), video("720p", 720, 1_500_000)]).unwrap();
    let expected = "\
#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"Original\",LANGUAGE=\"und\",DEFAULT=YES,\
AUTOSELECT=YES,CHANNELS=\"2\",URI=\"audio.m3u8\"
#EXT-X-STREAM-INF:BANDWIDTH=1630000,AVERAGE-BANDWIDTH=878000,CODECS=\"avc1.64001f,mp4a.40.2\",\
RESOLUTION=1280x720,FRAME-RATE=29.970,AUDIO=\"audio\"
720p.m3u8
";
    assert_eq!(text, expected);
}

#[test]
fn players_start_with_the_best_variant_up_to_two_megabits() {
    let rows = [
        video("360p", 360, 700_000),
        video("1080p", 1080, 6_000_000),
        video("480p", 480, 1_400_000),
        video("720p", 720, 3_000_000),
    ];
    let text = render_master(&rows).unwrap();
    let order: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(order, ["480p.m3u8", "1080p.m3u8", "720p.m3u8", "360p.m3u8"]);
}

#[test]
fn when_all_variants_are_heavy_players_start_with_the_lightest() {
    let text = render_master(&[
        video("1080p", 1080, 6_000_000),
        video("720p", 720, 3_000_000),
    ])
    .unwrap();
    let first = text.lines().find(|line| !line.starts_with('#'));
    assert_eq!(first, Some("720p.m3u8"));
}

#[test]
fn a_silent_video_has_no_audio_group() {
    let text = render_master(&[video("360p", 360, 700_000)]).unwrap();
    assert!(!text.contains("AUDIO"), "{text}");
    assert!(text.contains("CODECS=\"avc1.64001f\""), "{text}");
}

#[test]
fn sound_alone_is_a_variant_of_its_own() {
    let text = render_master(&[audio()]).unwrap();
    assert!(text.contains("BANDWIDTH=130000,"), "{text}");
    assert!(text.ends_with("\naudio.m3u8\n"), "{text}");
}

#[test]
fn an_empty_set_has_no_playlist() {
    assert_eq!(render_master(&[]), Err(PlaylistError::NothingToPlay));
    let mut empty = audio();
    empty.segments.clear();
    assert_eq!(render_rendition(&empty), Err(PlaylistError::NothingToPlay));
}

#[test]
fn a_rendition_playlist_is_whole_and_exact() {
    let text = render_rendition(&video("720p", 720, 1_500_000)).unwrap();
    let expected = "\
#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-TARGETDURATION:6
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-MAP:URI=\"720p-00000000-init.mp4\"
#EXTINF:4.004000,
x-00000000-00001.m4s
#EXTINF:1.001033,
x-00000000-00002.m4s
#EXT-X-ENDLIST
";
    assert_eq!(text, expected);
}
