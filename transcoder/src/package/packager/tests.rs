use proptest::prelude::*;

use super::super::fragment::Sample;
use super::*;

const RULE: CutRule = CutRule {
    numerator: 4,
    denominator: 1,
};
const VIDEO_SCALE: u32 = 12_800;
const FRAME: u32 = 512;

fn full_box(out: &mut Vec<u8>, kind: Kind, body: &[u8]) {
    write_box(out, kind, |out| {
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(body);
    });
}

fn sample_entry(out: &mut Vec<u8>, is_video: bool) {
    if is_video {
        write_box(out, *b"avc1", |out| {
            let mut fixed = [0; 78];
            fixed[24..28].copy_from_slice(&[5, 0, 2, 208]);
            out.extend_from_slice(&fixed);
            write_box(out, *b"avcC", |out| {
                out.extend_from_slice(&[1, 0x64, 0, 0x1f, 0xff]);
            });
        });
    } else {
        write_box(out, *b"mp4a", |out| {
            out.extend_from_slice(&[0; 28]);
            let decoder = [&[4, 17, 0x40][..], &[0; 12], &[5, 2, 0x11, 0x90]].concat();
            let stream = [&[3, 0x80, 0x80, 22, 0, 1, 0][..], &decoder].concat();
            full_box(out, *b"esds", &stream);
        });
    }
}

fn moov(out: &mut Vec<u8>, timescale: u32, is_video: bool) {
    write_box(out, *b"moov", |out| {
        write_box(out, *b"trak", |out| {
            write_box(out, *b"mdia", |out| {
                let mdhd = [&[0; 8][..], &timescale.to_be_bytes(), &[0; 8]].concat();
                full_box(out, *b"mdhd", &mdhd);
                write_box(out, *b"minf", |out| {
                    write_box(out, *b"stbl", |out| {
                        let mut entry = vec![0, 0, 0, 1];
                        sample_entry(&mut entry, is_video);
                        full_box(out, *b"stsd", &entry);
                    });
                });
            });
        });
        let trex: Vec<u8> = [1u32, 1, 0, 0, 0]
            .iter()
            .flat_map(|w| w.to_be_bytes())
            .collect();
        write_box(out, *b"mvex", |out| full_box(out, *b"trex", &trex));
    });
}

fn fragment(decode_time: u64, count: usize, duration: u32, first_flags: u32) -> Fragment {
    let sample = |index: usize| Sample {
        duration,
        size: 3,
        flags: if index == 0 { first_flags } else { 0x0101_0000 },
        composition_offset: if index % 2 == 1 { -512 } else { 0 },
    };
    let samples = (0..count).map(sample).collect();
    Fragment {
        decode_time,
        samples,
        data: Bytes::from(vec![7; count * 3]),
    }
}

/// `groups` groups of pictures of 50 frames, 25 a second, from `origin` on, then `tail` frames.
fn video_stream(origin: u64, groups: u64, tail: usize) -> Vec<u8> {
    let mut out = Vec::new();
    write_box(&mut out, *b"ftyp", |out| {
        out.extend_from_slice(b"iso5\0\0\0\0iso5");
    });
    moov(&mut out, VIDEO_SCALE, true);
    let group_ticks = u64::from(FRAME) * 50;
    for index in 0..groups {
        let group = fragment(origin + index * group_ticks, 50, FRAME, 0x0200_0000);
        write_fragment(&mut out, 1, 9, &[group]);
    }
    if tail > 0 {
        let group = fragment(origin + groups * group_ticks, tail, FRAME, 0x0200_0000);
        write_fragment(&mut out, 1, 9, &[group]);
    }
    out
}

fn audio_stream(frames: usize) -> Vec<u8> {
    let mut out = Vec::new();
    moov(&mut out, 48_000, false);
    for start in (0..frames).step_by(47) {
        let count = (frames - start).min(47);
        let mut part = fragment(start as u64 * 1024, count, 1024, 0x0200_0000);
        part.samples
            .iter_mut()
            .for_each(|s| (s.flags, s.composition_offset) = (0x0200_0000, 0));
        write_fragment(&mut out, 1, 9, &[part]);
    }
    out
}

fn package(bytes: &[u8], chunk: usize) -> Result<(Vec<Output>, TrackInfo), PackageError> {
    let mut packager = Packager::new(RULE);
    let mut outputs = Vec::new();
    for chunk in bytes.chunks(chunk) {
        outputs.extend(packager.push(chunk)?);
    }
    let (rest, info) = packager.finish()?;
    outputs.extend(rest);
    Ok((outputs, info))
}

fn segments(bytes: &[u8]) -> (Vec<PackagedSegment>, TrackInfo) {
    let (outputs, info) = package(bytes, 1000).unwrap();
    let mut outputs = outputs.into_iter();
    assert!(matches!(outputs.next(), Some(Output::Init(init)) if !init.is_empty()));
    let segment = |output| match output {
        Output::Segment(segment) => segment,
        Output::Init(_) => panic!("a second init section"),
    };
    (outputs.map(segment).collect(), info)
}

fn durations_us(segments: &[PackagedSegment]) -> Vec<u64> {
    segments.iter().map(|segment| segment.duration_us).collect()
}

/// Reads a segment back: its fragments, in order.
fn read_back(info: &TrackInfo, segment: &PackagedSegment) -> Vec<Fragment> {
    let mut stream = BoxStream::default();
    stream.push(&segment.bytes);
    let (mut fragments, mut moof) = (Vec::new(), None);
    while let Some((kind, body)) = stream.next_box().unwrap() {
        match &kind {
            b"moof" => moof = Some(body),
            b"mdat" => fragments.push(Fragment::parse(info, &moof.take().unwrap(), body).unwrap()),
            other => panic!("{other:?} in a segment"),
        }
    }
    fragments
}

#[test]
fn video_is_cut_every_two_groups_and_keeps_one_moof_per_group() {
    let (segments, info) = segments(&video_stream(0, 5, 0));
    assert_eq!(durations_us(&segments), [4_000_000, 4_000_000, 2_000_000]);
    assert_eq!(
        (info.codecs.as_str(), info.dimensions),
        ("avc1.64001f", Some((1280, 720)))
    );
    assert_eq!(read_back(&info, &segments[0]).len(), 2);
    assert!(read_back(&info, &segments[1])[0].samples[0].is_sync());
}

#[test]
fn a_short_last_segment_joins_the_one_before_it() {
    let (segments, _) = segments(&video_stream(0, 4, 49));
    assert_eq!(durations_us(&segments), [4_000_000, 5_960_000]);
}

#[test]
fn a_clip_of_one_frame_is_one_segment() {
    let (segments, _) = segments(&video_stream(0, 0, 1));
    assert_eq!(durations_us(&segments), [40_000]);
}

#[test]
fn a_track_that_starts_late_is_moved_to_zero() {
    let (segments, info) = segments(&video_stream(1024, 2, 0));
    let first = &read_back(&info, &segments[0])[0];
    assert_eq!(
        (first.decode_time, first.samples[0].composition_offset),
        (0, 0)
    );
}

#[test]
fn audio_is_cut_at_the_frame_nearest_to_the_boundary() {
    let (segments, info) = segments(&audio_stream(500));
    assert_eq!(info.codecs, "mp4a.40.2");
    let frames: Vec<_> = segments
        .iter()
        .map(|s| {
            read_back(&info, s)
                .iter()
                .map(|f| f.samples.len())
                .sum::<usize>()
        })
        .collect();
    assert_eq!(frames, [187, 188, 125], "4 s are 187.5 frames, 8 s are 375");
    let starts: Vec<_> = segments
        .iter()
        .map(|s| read_back(&info, s)[0].decode_time)
        .collect();
    assert_eq!(starts, [0, 187 * 1024, 375 * 1024]);
    assert_eq!(
        durations_us(&segments).iter().sum::<u64>(),
        info.micros(500 * 1024)
    );
}

#[test]
fn a_gap_between_fragments_is_refused() {
    let mut bytes = video_stream(0, 1, 0);
    let late = fragment(50 * u64::from(FRAME) + 1, 50, FRAME, 0x0200_0000);
    write_fragment(&mut bytes, 1, 2, &[late]);
    let error = package(&bytes, 512).unwrap_err();
    assert_eq!(error, PackageError::Unexpected("a gap between fragments"));
}

#[test]
fn a_group_without_a_keyframe_is_refused() {
    let mut bytes = video_stream(0, 0, 0);
    write_fragment(&mut bytes, 1, 1, &[fragment(0, 50, FRAME, 0x0101_0000)]);
    assert!(matches!(
        package(&bytes, 512),
        Err(PackageError::Unexpected(_))
    ));
}

#[test]
fn a_stream_that_ends_inside_a_box_or_before_its_first_sample_is_incomplete() {
    let bytes = video_stream(0, 1, 0);
    for length in [0, 4, 20, bytes.len() - 1] {
        assert_eq!(
            package(&bytes[..length], 512).unwrap_err(),
            PackageError::Ended,
            "{length}"
        );
    }
    assert_eq!(
        package(&video_stream(0, 0, 0), 512).unwrap_err(),
        PackageError::Ended
    );
}

#[test]
fn a_box_with_a_declared_size_of_gigabytes_is_refused_before_it_is_read() {
    let mut packager = Packager::new(RULE);
    let header = [
        &1u32.to_be_bytes()[..],
        b"mdat",
        &(1u64 << 40).to_be_bytes(),
    ]
    .concat();
    assert!(matches!(
        packager.push(&header),
        Err(PackageError::TooLarge { .. })
    ));
}

proptest! {
    #[test]
    fn the_size_of_the_chunks_does_not_matter(chunk in 1usize..5000, groups in 1u64..6, tail in 0usize..50) {
        let bytes = video_stream(0, groups, tail);
        let (outputs, _) = package(&bytes, chunk).unwrap();
        let (whole, _) = package(&bytes, bytes.len()).unwrap();
        prop_assert_eq!(format!("{outputs:?}"), format!("{whole:?}"));
    }

    #[test]
    fn every_sample_comes_out_once_and_no_segment_is_longer_than_the_target(
        groups in 0u64..12, tail in 0usize..50, origin in 0u64..100_000,
    ) {
        prop_assume!(groups > 0 || tail > 0);
        let (segments, info) = segments(&video_stream(origin, groups, tail));
        let fragments: Vec<_> = segments.iter().flat_map(|s| read_back(&info, s)).collect();
        let samples: usize = fragments.iter().map(|f| f.samples.len()).sum();
        prop_assert_eq!(samples, usize::try_from(groups).unwrap() * 50 + tail);
        let mut end = 0;
        for fragment in &fragments {
            prop_assert_eq!(fragment.decode_time, end);
            end += fragment.duration();
        }
        prop_assert_eq!(durations_us(&segments).iter().sum::<u64>(), info.micros(end));
        prop_assert!(durations_us(&segments).iter().all(|us| *us < 6_000_000));
    }

    #[test]
    fn damaged_streams_never_panic(
        flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(), audio in any::<bool>(),
    ) {
        let mut bytes = if audio { audio_stream(100) } else { video_stream(0, 2, 3) };
        for (place, value) in flips {
            let at = place.index(bytes.len());
            bytes[at] = value;
        }
        bytes.truncate(cut.index(bytes.len()) + 1);
        let _ = package(&bytes, 700);
    }

    #[test]
    fn noise_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let _ = package(&bytes, 100);
        let _ = TrackInfo::parse(&bytes);
    }
}
