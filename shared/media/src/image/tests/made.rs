//! Generates valid and broken pictures for tests.

use std::io::Cursor;

use image::codecs::gif::GifEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{DynamicImage, Frame, ImageEncoder as _, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

pub const RED: [u8; 3] = [220, 20, 30];
pub const BLUE: [u8; 3] = [10, 40, 200];

/// Red in the top left quarter, blue elsewhere.
pub fn cornered(width: u32, height: u32) -> DynamicImage {
    let color = |x, y| {
        Rgb(if x < width / 2 && y < height / 2 {
            RED
        } else {
            BLUE
        })
    };
    RgbImage::from_fn(width, height, color).into()
}

/// The left half is transparent.
pub fn half_clear(width: u32, height: u32) -> DynamicImage {
    let color = |x, _| Rgba([220, 20, 30, if x < width / 2 { 0 } else { 255 }]);
    RgbaImage::from_fn(width, height, color).into()
}

pub fn written(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

pub fn jpeg(image: &DynamicImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, 95);
    image.write_with_encoder(encoder).unwrap();
    bytes
}

pub fn png(image: &DynamicImage) -> Vec<u8> {
    written(image, ImageFormat::Png)
}

pub fn webp(image: &DynamicImage) -> Vec<u8> {
    written(&image.to_rgba8().into(), ImageFormat::WebP)
}

/// An animation.
pub fn gif(frames: &[DynamicImage]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new(&mut bytes);
    for frame in frames {
        encoder.encode_frame(Frame::new(frame.to_rgba8())).unwrap();
    }
    drop(encoder);
    bytes
}

/// A WebP whose only frame is part of an animation.
pub fn animated_webp(image: &DynamicImage) -> Vec<u8> {
    let still = webp(image);
    let [width, height] = [image.width() - 1, image.height() - 1].map(u32::to_le_bytes);
    let mut frame = [[0; 3], [0; 3], three(width), three(height), [100, 0, 0]].concat();
    frame.push(0);
    frame.extend_from_slice(&still[12..]);
    let canvas = [&[0x12, 0, 0, 0], &three(width)[..], &three(height)].concat();
    let chunks = [
        riff(*b"VP8X", &canvas),
        riff(*b"ANIM", &[0; 6]),
        riff(*b"ANMF", &frame),
    ];
    riff(*b"RIFF", &[b"WEBP".to_vec(), chunks.concat()].concat())
}

fn three(bytes: [u8; 4]) -> [u8; 3] {
    [bytes[0], bytes[1], bytes[2]]
}

fn riff(name: [u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap().to_le_bytes();
    let padding = vec![0; data.len() % 2];
    [&name[..], &length, data, &padding].concat()
}

/// A JPEG with a segment of this marker right after its start.
pub fn with_segment(jpeg: &[u8], marker: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xff, marker], &length, data, &jpeg[2..]].concat()
}

/// An EXIF segment with an orientation and a location.
pub fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        let (tag, kind) = (tag.to_be_bytes(), kind.to_be_bytes());
        [&tag[..], &kind, &count.to_be_bytes(), &value].concat()
    };
    let exif = [
        b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x02".to_vec(),
        entry(0x0112, 3, 1, [0, orientation, 0, 0]),
        entry(0x8825, 4, 1, [0, 0, 0, 38]),
        vec![0; 4],
        b"\0\x01".to_vec(),
        entry(0x0001, 2, 14, [0, 0, 0, 56]),
        vec![0; 4],
        b"GPS-48.8584,N\0".to_vec(),
    ];
    with_segment(jpeg, 0xe1, &exif.concat())
}

/// A PNG of one pixel that declares another size, with a valid checksum.
pub fn png_claiming(width: u32, height: u32) -> Vec<u8> {
    with_size(png(&cornered(1, 1)), width, height)
}

/// The same with 16 bits for each of four channels.
pub fn deep_png_claiming(width: u32, height: u32) -> Vec<u8> {
    with_size(png(&cornered(1, 1).to_rgba16().into()), width, height)
}

fn with_size(mut png: Vec<u8>, width: u32, height: u32) -> Vec<u8> {
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    let checksum = crc32(&png[12..29]).to_be_bytes();
    png[29..33].copy_from_slice(&checksum);
    png
}

/// A JPEG that declares another size.
pub fn jpeg_claiming(width: u16, height: u16) -> Vec<u8> {
    let mut jpeg = jpeg(&cornered(16, 16));
    let frame = jpeg.windows(2).position(|at| at == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    jpeg[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    jpeg
}

/// A GIF that declares another size.
pub fn gif_claiming(width: u16, height: u16) -> Vec<u8> {
    let mut gif = gif(&[cornered(4, 4)]);
    gif[6..8].copy_from_slice(&width.to_le_bytes());
    gif[8..10].copy_from_slice(&height.to_le_bytes());
    gif
}

/// A lossy WebP of one pixel whose only frame declares 16,383 by 16,383 pixels.
pub fn webp_hiding_a_large_frame() -> Vec<u8> {
    let frame = [
        0x10, 0, 0, 0x9d, 0x01, 0x2a, 0xff, 0x3f, 0xff, 0x3f, 0, 0, 0, 0,
    ];
    let chunks = [riff(*b"VP8X", &[0; 10]), riff(*b"VP8 ", &frame)];
    riff(*b"RIFF", &[b"WEBP".to_vec(), chunks.concat()].concat())
}

/// A PNG with a chunk before its pixels that unpacks to a gigabyte of zeros.
pub fn png_packing_a_gigabyte(chunk: [u8; 4]) -> Vec<u8> {
    let header: &[u8] = match &chunk {
        b"iTXt" => b"Comment\0\x01\0\0\0",
        _ => b"Comment\0\0",
    };
    let data = [header, &packed_gigabyte()].concat();
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    let named = [&chunk[..], &data].concat();
    let checksum = crc32(&named).to_be_bytes();
    let png = png(&cornered(8, 8));
    [&png[..33], &length, &named, &checksum, &png[33..]].concat()
}

/// RFC 1950 and 1951: one zero, then copies of it, 258 at a time, in the fixed codes. Eight copies
/// take 13 bytes.
fn packed_gigabyte() -> Vec<u8> {
    const EIGHTS: usize = 520_000;
    let copy = "11000101_00000";
    let begin = bits(&format!("1_10_00110000_{copy}"));
    let eight = bits(&copy.repeat(8));
    let length = u32::try_from(1 + 258 + EIGHTS * 8 * 258).unwrap();
    let checksum = ((length % 65_521) << 16 | 1).to_be_bytes();
    [
        &[0x78, 0x01][..],
        &begin,
        &eight.repeat(EIGHTS),
        &[0],
        &checksum,
    ]
    .concat()
}

/// The first bit is the lowest of the first byte.
fn bits(text: &str) -> Vec<u8> {
    let bits: Vec<u8> = text.bytes().filter(|bit| *bit != b'_').collect();
    let byte = |bits: &[u8]| bits.iter().rev().fold(0, |byte, bit| byte << 1 | (bit & 1));
    bits.chunks(8).map(byte).collect()
}

/// A JPEG with an ICC profile in one segment.
pub fn with_profile(jpeg: &[u8], profile: &[u8]) -> Vec<u8> {
    with_segment(jpeg, 0xe2, &[b"ICC_PROFILE\0\x01\x01", profile].concat())
}

pub fn jpeg_with_profile(image: &DynamicImage, profile: &[u8]) -> Vec<u8> {
    with_profile(&jpeg(image), profile)
}

pub fn png_with_profile(image: &DynamicImage, profile: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = PngEncoder::new(&mut bytes);
    encoder.set_icc_profile(profile.to_vec()).unwrap();
    image.write_with_encoder(encoder).unwrap();
    bytes
}

pub fn webp_with_profile(image: &DynamicImage, profile: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = WebPEncoder::new_lossless(&mut bytes);
    encoder.set_icc_profile(profile.to_vec()).unwrap();
    image.write_with_encoder(encoder).unwrap();
    bytes
}

/// ICC.1:2010, section 10.10: a `lut8Type` from four inks to Lab. All of the first ink is green,
/// none of it is white, and the other inks change nothing.
pub fn printer_profile() -> Vec<u8> {
    const WHITE: [u8; 3] = [255, 128, 128];
    const GREEN: [u8; 3] = [202, 55, 202];
    let unit: [u32; 9] = [1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 16];
    let curve: Vec<u8> = (0..=u8::MAX).collect();
    let nodes = [[WHITE; 8], [GREEN; 8]].concat();
    let lut = [
        b"mft1\0\0\0\0\x04\x03\x02\0".to_vec(),
        unit.map(u32::to_be_bytes).concat(),
        curve.repeat(4),
        nodes.concat(),
        curve.repeat(3),
    ]
    .concat();
    let number = |number: usize| u32::try_from(number).unwrap().to_be_bytes();
    let mut header = vec![0; 128];
    header[..4].copy_from_slice(&number(144 + lut.len()));
    header[8..24].copy_from_slice(b"\x04\0\0\0prtrCMYKLab ");
    header[36..40].copy_from_slice(b"acsp");
    header[68..80].copy_from_slice(b"\0\0\xf6\xd6\0\x01\0\0\0\0\xd3\x2d");
    let tag = [&b"A2B0"[..], &number(144), &number(lut.len())].concat();
    [header, number(1).to_vec(), tag, lut].concat()
}

/// A JPEG of 8 by 8 pixels in CMYK, with Adobe's marker.
pub fn ink_jpeg(inks: [u8; 4]) -> Vec<u8> {
    adobe_jpeg(0, inks)
}

/// The same with luma and chroma instead of the first three inks.
pub fn ycck_jpeg(levels: [u8; 4]) -> Vec<u8> {
    adobe_jpeg(2, levels)
}

fn adobe_jpeg(transformation: u8, inks: [u8; 4]) -> Vec<u8> {
    let frame = [&[0xff, 0xc0, 0, 20][..], &frame(&[1, 2, 3, 4])].concat();
    let mark = [&b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0"[..], &[transformation]].concat();
    let blocks: String = inks.map(|ink| format!("{}0", level(ink))).concat();
    let scan = scan(&[1, 2, 3, 4], (0, 63), &blocks);
    [&jpeg_begin()[..], &mark, &frame, &scan, &[0xff, 0xd9]].concat()
}

/// A progressive grey JPEG of 8 by 8 pixels with two scans.
pub fn progressive_jpeg(grey: u8) -> Vec<u8> {
    let frame = [&[0xff, 0xc2, 0, 11][..], &frame(&[1])].concat();
    let passes = [scan(&[1], (0, 0), &level(grey)), scan(&[1], (1, 63), "0")].concat();
    [&jpeg_begin()[..], &frame, &passes, &[0xff, 0xd9]].concat()
}

/// T.81, B.2: quantisation steps of 8, and one or two codes per table.
fn jpeg_begin() -> Vec<u8> {
    let steps = [&[0xff, 0xdb, 0, 67, 0][..], &[8; 64]].concat();
    // `0`: same as before. `10`: seven bits follow.
    let mut levels = [&[0xff, 0xc4, 0, 21, 0, 1, 1][..], &[0; 14]].concat();
    levels.extend([0, 7]);
    // `0`: end of block.
    let mut ends = [&[0xff, 0xc4, 0, 20, 0x10, 1][..], &[0; 15]].concat();
    ends.push(0);
    [&[0xff, 0xd8][..], &steps, &levels, &ends].concat()
}

fn frame(components: &[u8]) -> Vec<u8> {
    let count = u8::try_from(components.len()).unwrap();
    let each = components.iter().flat_map(|id| [*id, 0x11, 0]);
    [8, 0, 8, 0, 8, count].into_iter().chain(each).collect()
}

fn scan(components: &[u8], (from, to): (u8, u8), blocks: &str) -> Vec<u8> {
    let count = u8::try_from(components.len()).unwrap();
    let mut scan = vec![0xff, 0xda, 0, 6 + 2 * count, count];
    scan.extend(components.iter().flat_map(|id| [*id, 0]));
    scan.extend([from, to, 0]);
    let padded = format!(
        "{blocks:1<width$}",
        width = blocks.len().next_multiple_of(8)
    );
    for bits in padded.as_bytes().chunks(8) {
        let byte = bits.iter().fold(0, |byte, bit| byte << 1 | (bit & 1));
        scan.push(byte);
        if byte == 0xff {
            scan.push(0);
        }
    }
    scan
}

/// The code of a block's DC level, which is far from the middle.
fn level(level: u8) -> String {
    let value = i16::from(level) - 128;
    assert!((64..128).contains(&value.abs()), "{level}");
    let value = if value < 0 { value + 127 } else { value };
    format!("10{value:07b}")
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        let shift = |crc: u32, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        (0..8).fold(crc ^ u32::from(*byte), shift)
    };
    !bytes.iter().fold(!0, step)
}
