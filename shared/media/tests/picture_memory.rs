//! Measures the memory of converting pictures close to the limits. The allocator counts for the
//! whole process, so this is a program of one test.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test's own steps must work"
)]

use std::io::Cursor;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::codecs::webp::WebPEncoder;
use image::{ColorType, DynamicImage, ImageEncoder as _, ImageFormat};
use media_core::FailureCode;
use media_core::image::{MAX_MEMORY_BYTES, MAX_PIXELS, PictureError, make_picture};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// A picture of another colour in each row, so that nothing is equal by chance.
fn pixels(width: u32, height: u32, color: ColorType) -> Vec<u8> {
    let row_bytes = width as usize * usize::from(color.bytes_per_pixel());
    let mut pixels = vec![0; row_bytes * height as usize];
    for (row, y) in pixels.chunks_mut(row_bytes).zip(0_u32..) {
        row.fill(y.to_le_bytes()[0]);
    }
    pixels
}

/// ITU-T T.81, annex B: a picture of one colour, in three components of the full size. Each block
/// is two bits: the level of the block before, and nothing else.
fn jpeg(width: u16, height: u16) -> Vec<u8> {
    let steps = [&[0xff, 0xdb, 0, 67, 0][..], &[8; 64]].concat();
    let one_code = |class: u8| [&[0xff, 0xc4, 0, 20, class, 1][..], &[0; 16]].concat();
    let [h1, h0] = height.to_be_bytes();
    let [w1, w0] = width.to_be_bytes();
    let frame = [
        0xff, 0xc0, 0, 17, 8, h1, h0, w1, w0, 3, 1, 17, 0, 2, 17, 0, 3, 17, 0,
    ];
    let scan = [0xff, 0xda, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 63, 0];
    let blocks = usize::from(width).div_ceil(8) * usize::from(height).div_ceil(8) * 3;
    let bits = vec![0; (2 * blocks).div_ceil(8)];
    let begin = [&[0xff, 0xd8][..], &steps, &one_code(0), &one_code(0x10)].concat();
    [&begin[..], &frame, &scan, &bits, &[0xff, 0xd9]].concat()
}

fn png(width: u32, height: u32, color: ColorType) -> Vec<u8> {
    let pixels = pixels(width, height, color);
    let mut bytes = Vec::new();
    let (compression, filter) = (CompressionType::Fast, FilterType::Up);
    let encoder = PngEncoder::new_with_quality(&mut bytes, compression, filter);
    encoder
        .write_image(&pixels, width, height, color.into())
        .unwrap();
    bytes
}

fn webp(width: u32, height: u32, color: ColorType) -> Vec<u8> {
    let mut bytes = Vec::new();
    WebPEncoder::new_lossless(&mut bytes)
        .write_image(&pixels(width, height, color), width, height, color.into())
        .unwrap();
    bytes
}

/// The PNG specification, section 5.5: the checksum of a chunk's name and data.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
    !bytes
        .iter()
        .fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

/// A PNG of one pixel whose header declares more.
fn png_that_declares(width: u32, height: u32, color: ColorType) -> Vec<u8> {
    let mut bytes = png(1, 1, color);
    // The header's chunk follows eight bytes of signature and four of length.
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let checksum = crc32(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&checksum.to_be_bytes());
    bytes
}

/// A WebP of one pixel whose header declares more.
fn webp_that_declares(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = webp(1, 1, ColorType::Rgb8);
    // After the headers of the file and the chunk, and the signature: 14 bits each, less one.
    let sides = (width - 1) | (height - 1) << 14;
    bytes[21..25].copy_from_slice(&sides.to_le_bytes());
    bytes
}

fn gif(side: u32) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let image = DynamicImage::new_rgb8(side, side);
    image.write_to(&mut bytes, ImageFormat::Gif).unwrap();
    bytes.into_inner()
}

/// Converts the picture; how many bytes were allocated at the same time, and the result.
fn measure(bytes: &[u8]) -> (u64, Result<(), PictureError>) {
    ALLOCATOR.reset_peak_usage();
    let before = ALLOCATOR.current_usage();
    let made = make_picture(bytes, MAX_PIXELS).map(drop);
    ((ALLOCATOR.peak_usage() - before) as u64, made)
}

#[test]
fn pictures_at_the_limits_need_less_memory_than_the_bound_and_those_beyond_almost_none() {
    for (name, bytes) in [
        ("a photograph of 108 million pixels", jpeg(12_000, 9_000)),
        (
            "a deep, transparent PNG",
            png(6_000, 6_000, ColorType::Rgba16),
        ),
        ("a transparent WebP", webp(6_000, 6_000, ColorType::Rgba8)),
        ("a GIF", gif(1_500)),
        ("a column", png(1, 65_535, ColorType::Rgba8)),
        ("a row", jpeg(65_535, 1)),
    ] {
        let (peak, made) = measure(&bytes);
        println!("{name}: {} MB of memory", peak / 1_000_000);
        assert!(made.is_ok(), "{name}: {made:?}");
        assert!(peak < MAX_MEMORY_BYTES, "{name}: {peak} bytes");
    }
    for (name, bytes) in [
        ("a long column", png_that_declares(1, 65_536, ColorType::L8)),
        (
            "a deep PNG",
            png_that_declares(7_000, 6_000, ColorType::Rgba16),
        ),
        ("a large WebP", webp_that_declares(8_000, 8_000)),
    ] {
        let (peak, made) = measure(&bytes);
        let code = made.map_err(|error| error.code);
        assert_eq!(code, Err(FailureCode::TooManyPixels), "{name}");
        assert!(peak < 1 << 20, "{name}: {peak} bytes");
    }
}
