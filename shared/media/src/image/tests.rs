//! Tests pictures through the whole module.

mod made;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{DynamicImage, GenericImageView, ImageFormat, RgbImage, RgbaImage};
use made::{BLUE, RED, cornered, gif, half_clear, jpeg, png, webp, with_exif, with_segment};
use moxcms::ColorProfile;
use proptest::prelude::*;

use super::*;
use crate::FailureCode;

fn make(bytes: &[u8]) -> Picture {
    make_picture(bytes, MAX_PIXELS).unwrap()
}

fn refusal(bytes: &[u8]) -> FailureCode {
    make_picture(bytes, MAX_PIXELS).unwrap_err().code
}

fn seen(variant: &PictureVariant) -> DynamicImage {
    let format = match variant.format {
        PictureFormat::Jpeg => ImageFormat::Jpeg,
        PictureFormat::Png => ImageFormat::Png,
        other => panic!("a variant in {other:?}"),
    };
    let image = image::load_from_memory_with_format(&variant.bytes, format).unwrap();
    assert_eq!(image.dimensions(), (variant.width, variant.height));
    image
}

/// Whether the colour at a position is close to this one.
fn is_about(image: &DynamicImage, (x, y): (u32, u32), color: [u8; 3]) -> bool {
    let there = image.get_pixel(x, y).0;
    color.iter().zip(there).all(|(a, b)| a.abs_diff(b) < 24)
}

#[test]
fn every_format_becomes_variants_of_the_same_picture() {
    let picture = cornered(800, 400);
    let sources = [
        (PictureFormat::Jpeg, jpeg(&picture)),
        (PictureFormat::Png, png(&picture)),
        (PictureFormat::Webp, webp(&picture)),
        (PictureFormat::Webp, made::animated_webp(&picture)),
        (
            PictureFormat::Gif,
            gif(&[picture, cornered(800, 400).rotate180()]),
        ),
    ];
    for (format, bytes) in sources {
        let made = make(&bytes);
        assert_eq!((made.format, made.width, made.height), (format, 800, 400));
        let shapes: Vec<_> = made
            .variants
            .iter()
            .map(|v| (v.name, v.width, v.height))
            .collect();
        let expected = [
            ("thumb", 320, 160),
            ("small", 640, 320),
            ("medium", 800, 400),
        ];
        assert_eq!(shapes, expected, "{format:?}");
        for variant in &made.variants {
            let image = seen(variant);
            let (width, height) = image.dimensions();
            assert_eq!(variant.format, PictureFormat::Jpeg);
            assert!(is_about(&image, (width / 4, height / 4), RED), "{format:?}");
            assert!(
                is_about(&image, (width * 3 / 4, height / 4), BLUE),
                "{format:?}"
            );
        }
        assert!((20..40).contains(&made.blurhash.len()), "{}", made.blurhash);
    }
}

#[test]
fn each_of_the_eight_orientations_is_turned_upright() {
    let stored = jpeg(&cornered(640, 320));
    // EXIF 2.32, tag 274: the position of the first stored row and column.
    let corners = [
        (1, false, "top left"),
        (2, false, "top right"),
        (3, false, "bottom right"),
        (4, false, "bottom left"),
        (5, true, "top left"),
        (6, true, "top right"),
        (7, true, "bottom right"),
        (8, true, "bottom left"),
    ];
    for (orientation, is_turned, corner) in corners {
        let made = make(&with_exif(&stored, orientation));
        let size = if is_turned { (320, 640) } else { (640, 320) };
        assert_eq!((made.width, made.height), size, "{orientation}");
        for variant in &made.variants {
            let image = seen(variant);
            let (width, height) = image.dimensions();
            assert_eq!(width < height, is_turned, "{orientation}");
            for (place, x, y) in [
                ("top left", 1, 1),
                ("top right", 3, 1),
                ("bottom left", 1, 3),
                ("bottom right", 3, 3),
            ] {
                let color = if place == corner { RED } else { BLUE };
                let at = (width * x / 4, height * y / 4);
                assert!(is_about(&image, at, color), "{orientation}: {place}");
            }
        }
    }
}

#[test]
fn what_can_be_seen_through_stays_so_and_nothing_hidden_bleeds_out() {
    for bytes in [png(&half_clear(1000, 500)), webp(&half_clear(1000, 500))] {
        for variant in make(&bytes).variants {
            let image = seen(&variant);
            let (width, height) = image.dimensions();
            assert_eq!(variant.format, PictureFormat::Png);
            assert_eq!(image.get_pixel(width / 4, height / 2).0[3], 0);
            assert_eq!(
                image.get_pixel(width * 3 / 4, height / 2).0,
                [220, 20, 30, 255]
            );
        }
    }
    let opaque = DynamicImage::from(cornered(400, 400).to_rgba8());
    let made = make(&png(&opaque));
    assert!(
        made.variants
            .iter()
            .all(|v| v.format == PictureFormat::Jpeg)
    );
}

#[test]
fn deep_and_grey_pictures_are_read() {
    let picture = cornered(400, 200);
    let deep = [
        png(&DynamicImage::from(picture.to_rgb16())),
        png(&DynamicImage::from(picture.to_rgba16())),
    ];
    for bytes in deep {
        let made = make(&bytes);
        assert!(is_about(&seen(&made.variants[0]), (40, 40), RED));
    }
    let grey = DynamicImage::from(picture.to_luma8());
    for bytes in [
        jpeg(&grey),
        png(&grey),
        png(&DynamicImage::from(picture.to_luma16())),
    ] {
        let pixel = seen(&make(&bytes).variants[0]).get_pixel(40, 40).0;
        assert!(pixel[0] == pixel[1] && pixel[1] == pixel[2], "{pixel:?}");
    }
    let clear_grey = DynamicImage::from(half_clear(400, 200).to_luma_alpha16());
    let made = make(&png(&clear_grey));
    assert_eq!(seen(&made.variants[0]).get_pixel(40, 40).0[3], 0);
}

#[test]
fn nothing_of_the_source_but_its_pixels_survives() {
    let secret = b"<x:xmpmeta>taken at home</x:xmpmeta>";
    let mut source = with_exif(&jpeg(&cornered(64, 64)), 6);
    source = with_segment(
        &source,
        0xe1,
        &[b"http://ns.adobe.com/xap/1.0/\0", &secret[..]].concat(),
    );
    source = with_segment(&source, 0xfe, b"a comment by someone");
    source = with_segment(&source, 0xe2, b"ICC_PROFILE\0\x01\x01not a profile");
    source.extend_from_slice(b"and a trailer");
    for variant in make(&source).variants {
        for trace in ["GPS", "Exif", "home", "comment", "ICC_PROFILE", "trailer"] {
            let is_there = variant
                .bytes
                .windows(trace.len())
                .any(|at| at == trace.as_bytes());
            assert!(!is_there, "{trace}");
        }
    }
}

#[test]
fn what_is_no_picture_is_refused_whatever_it_begins_like() {
    let texts: [&[u8]; 6] = [
        b"<html><script>alert(1)</script>",
        b"\xff\xd8\xff<html>",
        b"\x89PNG\r\n\x1a\n<html>",
        b"GIF89a<script>alert(1)</script>",
        b"RIFF\0\0\0\0WEBP",
        b"BM\0\0\0\0",
    ];
    for text in texts {
        let code = refusal(text);
        let is_refused = matches!(
            code,
            // Letters in the place of a size make a large one.
            FailureCode::NotMedia | FailureCode::Truncated | FailureCode::TooManyPixels
        );
        assert!(is_refused, "{code} for {}", text.escape_ascii());
    }
    assert_eq!(refusal(b""), FailureCode::Empty);
    let heic = b"\0\0\0\x10ftypheic\0\0\0\0";
    assert_eq!(refusal(heic), FailureCode::UnsupportedHeic);
}

#[test]
fn bytes_that_resemble_another_format_are_neither_a_fault_nor_kept() {
    let picture = jpeg(&cornered(64, 64));
    let behind = |what: &[u8]| [&picture[..], what].concat();
    let noise = RgbImage::from_fn(64, 64, |x, y| {
        image::Rgb(*[b"PK\x05", b"\x06<s", b"cri", b"pt>"][(x + y) as usize % 4])
    });
    let mut raw = Vec::new();
    let encoder = PngEncoder::new_with_quality(
        &mut raw,
        CompressionType::Uncompressed,
        FilterType::NoFilter,
    );
    noise.write_with_encoder(encoder).unwrap();
    let has_script = raw.windows(8).any(|at| at == b"<script>");
    assert!(has_script, "the pixels are stored as they are");
    for source in [
        raw,
        behind(b"<html><body onload=alert(1)>"),
        behind(b"\n<?php system($_GET[0]); ?>"),
        behind(b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
        // A phone appends a short video to its picture.
        behind(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"),
        with_segment(&picture, 0xfe, b"--><SCRIPT>alert(1)</SCRIPT>"),
        with_segment(&picture, 0xfe, b"%PDF-1.7"),
        [&png(&cornered(8, 8))[..], b"<script>"].concat(),
        [&gif(&[cornered(8, 8)])[..], b"<!DOCTYPE html>"].concat(),
    ] {
        for variant in make(&source).variants {
            for trace in [
                &b"<s"[..],
                b"<S",
                b"<h",
                b"<?p",
                b"PK\x05\x06",
                b"%PDF",
                b"ftyp",
            ] {
                let is_there = variant.bytes.windows(trace.len()).any(|at| at == trace);
                assert!(!is_there, "{}", trace.escape_ascii());
            }
        }
    }
}

#[test]
fn pixels_are_counted_before_they_are_decoded() {
    for bomb in [
        made::png_claiming(30_000, 30_000),
        made::png_claiming(36_000_001, 1),
        made::jpeg_claiming(65_500, 65_500),
        made::gif_claiming(65_535, 65_535),
        made::webp_hiding_a_large_frame(),
        // A line of few pixels, for each of which the scaling would need memory.
        made::png_claiming(65_536, 1),
        made::png_claiming(1, 65_536),
        // Fewer pixels than the limit, but 12 bytes for each of them.
        made::deep_png_claiming(8000, 8000),
    ] {
        assert_eq!(refusal(&bomb), FailureCode::TooManyPixels);
    }
    assert_eq!(
        make_picture(&png(&cornered(101, 100)), 10_000)
            .unwrap_err()
            .code,
        FailureCode::TooManyPixels
    );
    make_picture(&png(&cornered(100, 100)), 10_000).unwrap();
}

#[test]
fn a_picture_cut_short_is_truncated_wherever_it_is_cut() {
    let picture = cornered(300, 200);
    for whole in [
        jpeg(&picture),
        png(&picture),
        webp(&picture),
        gif(&[picture]),
    ] {
        for part in [2, 4, 8] {
            let cut = &whole[..whole.len() - whole.len() / part];
            assert_eq!(
                refusal(cut),
                FailureCode::Truncated,
                "{part} of {}",
                whole.len()
            );
        }
    }
}

#[test]
fn jpegs_of_print_and_in_passes_are_read() {
    for (bytes, color) in [
        // Adobe stores inverted ink values.
        (made::ink_jpeg([228, 28, 28, 255 - 28]), [200, 24, 24]),
        (made::progressive_jpeg(228), [228, 228, 228]),
    ] {
        let made = make(&bytes);
        assert_eq!((made.width, made.height), (8, 8));
        let image = seen(&made.variants[0]);
        let there = image.get_pixel(4, 4).0;
        assert!(is_about(&image, (4, 4), color), "{there:?}");
    }
}

#[test]
fn a_jpeg_whose_end_marker_alone_is_missing_is_the_same_picture() {
    let picture = cornered(300, 200);
    let encoded = [
        jpeg(&picture),
        jpeg(&picture.grayscale()),
        made::progressive_jpeg(228),
        made::ink_jpeg([228, 28, 28, 255 - 28]),
    ];
    for whole in encoded {
        let expected = make(&whole);
        for missing in [1, 2] {
            let made = make(&whole[..whole.len() - missing]);
            for (variant, expected) in made.variants.iter().zip(&expected.variants) {
                assert!(variant.bytes == expected.bytes, "{}", variant.name);
            }
        }
        let cut = &whole[..whole.len() - 4];
        assert_eq!(refusal(cut), FailureCode::Truncated, "{}", whole.len());
    }
}

/// Display P3, Adobe RGB and a gray of gamma 1.8; the expected values are by the formulas of CSS
/// Color 4, section 10.
#[test]
fn colours_are_converted_by_the_profile() {
    let (p3, adobe) = (
        ColorProfile::new_display_p3().encode().unwrap(),
        ColorProfile::new_adobe_rgb().encode().unwrap(),
    );
    let gray = ColorProfile::new_gray_with_gamma(1.8).encode().unwrap();
    let of = |color: [u8; 3]| DynamicImage::from(RgbImage::from_pixel(400, 400, image::Rgb(color)));
    for (profile, stored, expected) in [
        (&p3, [200, 100, 100], [215, 93, 97]),
        (&adobe, [100, 150, 100], [66, 151, 97]),
        (&p3, [90, 90, 90], [90, 90, 90]),
    ] {
        let encoded = [
            made::jpeg_with_profile(&of(stored), profile),
            made::png_with_profile(&of(stored), profile),
            made::webp_with_profile(&of(stored), profile),
        ];
        for bytes in encoded {
            for variant in make(&bytes).variants {
                let there = seen(&variant).get_pixel(40, 40).0;
                let is_near = there.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= 3);
                assert!(is_near, "{there:?} for {stored:?}, not {expected:?}");
            }
        }
    }
    let clear = DynamicImage::from(RgbaImage::from_pixel(
        8,
        8,
        image::Rgba([200, 100, 100, 128]),
    ));
    let made = make(&made::png_with_profile(&clear, &p3));
    let there = seen(&made.variants[0]).get_pixel(4, 4).0;
    assert!(there[0].abs_diff(215) <= 3 && there[3] == 128, "{there:?}");
    let made = make(&made::png_with_profile(&of([100; 3]).grayscale(), &gray));
    let there = seen(&made.variants[0]).get_pixel(4, 4).0;
    assert!(there[0].abs_diff(119) <= 3, "{there:?}");
}

#[test]
fn a_profile_for_other_channels_or_without_sense_is_ignored() {
    let gray = ColorProfile::new_gray_with_gamma(1.8).encode().unwrap();
    let p3 = ColorProfile::new_display_p3().encode().unwrap();
    for profile in [&gray[..], &p3[..100], &p3[..p3.len() / 2], b"", &[0; 200]] {
        let made = make(&made::png_with_profile(&cornered(100, 100), profile));
        let there = seen(&made.variants[0]).get_pixel(20, 20).0;
        assert!(
            there.iter().zip(RED).all(|(a, b)| a.abs_diff(b) <= 3),
            "{there:?}"
        );
    }
}

/// The printer's profile says that its cyan is green, and that its other inks leave no trace.
#[test]
fn inks_are_converted_by_the_profile_of_their_printer() {
    let profile = made::printer_profile();
    for (bytes, expected) in [
        (made::ink_jpeg([28, 28, 228, 228]), [75, 231, 59]),
        (made::ycck_jpeg([200, 64, 192, 228]), [0, 228, 3]),
    ] {
        let profiled = made::with_profile(&bytes, &profile);
        let image = seen(&make(&profiled).variants[0]);
        let there = image.get_pixel(4, 4).0;
        assert!(is_about(&image, (4, 4), expected), "{there:?}");
    }
}

/// Runs in a process that has too little memory for the unpacked data.
#[test]
fn what_a_png_packs_beside_its_pixels_is_not_unpacked_without_bound() {
    const CHILD: &str = "PAWL_TEST_LITTLE_MEMORY";
    const NAME: &str = "what_a_png_packs_beside_its_pixels_is_not_unpacked_without_bound";
    if std::env::var_os(CHILD).is_some() {
        for chunk in [*b"iCCP", *b"zTXt", *b"iTXt"] {
            let bomb = made::png_packing_a_gigabyte(chunk);
            assert!(bomb.len() < 8 << 20, "{}", bomb.len());
            match make_picture(&bomb, MAX_PIXELS) {
                Ok(picture) => assert_eq!((picture.width, picture.height), (8, 8)),
                Err(error) => assert_eq!(error.code, FailureCode::TooManyPixels),
            }
        }
        return;
    }
    let ended = std::process::Command::new("sh")
        .args([
            "-c",
            "ulimit -v 524288 && exec \"$0\" \"$1\" --test-threads 1",
        ])
        .arg(std::env::current_exe().unwrap())
        .arg(NAME)
        .env(CHILD, "1")
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&ended.stdout);
    assert!(ended.status.success(), "{told}");
    assert!(told.contains("1 passed"), "{told}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn damaged_pictures_are_made_or_refused_and_nothing_else(
        which in 0_usize..6,
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let picture = cornered(48, 32);
        let mut bytes = match which {
            0 => with_exif(&jpeg(&picture), 6),
            1 => png(&picture),
            2 => webp(&half_clear(48, 32)),
            3 => made::animated_webp(&picture),
            4 => png(&DynamicImage::from(picture.to_rgba16())),
            _ => gif(&[picture.clone(), picture]),
        };
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(picture) = make_picture(&bytes, 1_000_000) {
            prop_assert!(!picture.variants.is_empty());
        }
    }
}
