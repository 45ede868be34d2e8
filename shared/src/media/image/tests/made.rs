//! Pictures made for tests, whole and broken.

use std::io::Cursor;

use image::codecs::gif::GifEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, Frame, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

pub const RED: [u8; 3] = [220, 20, 30];
pub const BLUE: [u8; 3] = [10, 40, 200];

/// Red in its top left quarter, blue elsewhere.
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

/// The left half can be seen through.
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

/// Frames in a row.
pub fn gif(frames: &[DynamicImage]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new(&mut bytes);
    for frame in frames {
        encoder.encode_frame(Frame::new(frame.to_rgba8())).unwrap();
    }
    drop(encoder);
    bytes
}

/// A WebP whose only frame stands in an animation.
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

/// A JPEG with a segment of that marker right after its beginning.
pub fn with_segment(jpeg: &[u8], marker: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xff, marker], &length, data, &jpeg[2..]].concat()
}

/// An EXIF segment: how to turn the picture, and where it was taken.
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

/// A PNG of one pixel that claims to be of another size, with a checksum that is right.
pub fn png_claiming(width: u32, height: u32) -> Vec<u8> {
    let mut png = png(&cornered(1, 1));
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    let checksum = crc32(&png[12..29]).to_be_bytes();
    png[29..33].copy_from_slice(&checksum);
    png
}

/// A JPEG that claims to be of another size.
pub fn jpeg_claiming(width: u16, height: u16) -> Vec<u8> {
    let mut jpeg = jpeg(&cornered(16, 16));
    let frame = jpeg.windows(2).position(|at| at == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    jpeg[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    jpeg
}

/// A GIF that claims to be of another size.
pub fn gif_claiming(width: u16, height: u16) -> Vec<u8> {
    let mut gif = gif(&[cornered(4, 4)]);
    gif[6..8].copy_from_slice(&width.to_le_bytes());
    gif[8..10].copy_from_slice(&height.to_le_bytes());
    gif
}

/// A lossy WebP of one pixel, whose only frame claims to have 16,383 by 16,383.
pub fn webp_hiding_a_large_frame() -> Vec<u8> {
    let frame = [
        0x10, 0, 0, 0x9d, 0x01, 0x2a, 0xff, 0x3f, 0xff, 0x3f, 0, 0, 0, 0,
    ];
    let chunks = [riff(*b"VP8X", &[0; 10]), riff(*b"VP8 ", &frame)];
    riff(*b"RIFF", &[b"WEBP".to_vec(), chunks.concat()].concat())
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        let shift = |crc: u32, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        (0..8).fold(crc ^ u32::from(*byte), shift)
    };
    !bytes.iter().fold(!0, step)
}
