//! Tests with files whose frames ffmpeg encodes; the boxes around them are written here. The files
//! in `tests/pictures` are by libheif.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use image::{DynamicImage, GenericImageView};
use proptest::prelude::*;
use shared::media::image::{MAX_PIXELS, Picture, PictureError, PictureFormat};

use super::{boxes::Name, container::Container, layer::Layer, *};

const HEIC: &[u8] = include_bytes!("../../../tests/pictures/photo.heic");
const AVIF: &[u8] = include_bytes!("../../../tests/pictures/photo.avif");
const RED: [u8; 3] = [220, 30, 30];
const BLUE: [u8; 3] = [30, 30, 220];
const YELLOW: [u8; 3] = [230, 230, 40];
const GREEN: [u8; 3] = [30, 120, 60];
/// sRGB, the matrix of BT.709, all values.
const NCLX: &[u8] = b"nclx\0\x01\0\x0d\0\x01\x80";

#[derive(Default)]
struct TestItem {
    kind: Name,
    bytes: Vec<u8>,
    properties: Vec<Vec<u8>>,
    parts: Vec<u16>,
    opacity_of: Option<u16>,
}

fn number(number: usize) -> [u8; 4] {
    u32::try_from(number).unwrap().to_be_bytes()
}

fn short(number: usize) -> [u8; 2] {
    u16::try_from(number).unwrap().to_be_bytes()
}

fn named(name: Name, content: &[u8]) -> Vec<u8> {
    [&number(content.len() + 8)[..], &name, content].concat()
}

fn sized((width, height): (u32, u32)) -> Vec<u8> {
    let content = [[0; 4], width.to_be_bytes(), height.to_be_bytes()].concat();
    named(*b"ispe", &content)
}

/// A file whose items have the ids 1, 2, …; the first is the primary one.
fn heif(brand: Name, items: &[TestItem]) -> Vec<u8> {
    let count = short(items.len());
    let (mut kinds, mut places) = (vec![0, 0, 0, 0], vec![0, 0, 0, 0, 0x44, 0]);
    kinds.extend(count);
    places.extend(count);
    let (mut all, mut assigned) = (Vec::new(), [&[0; 4][..], &number(items.len())].concat());
    let (mut references, mut data) = (vec![0; 4], Vec::new());
    let mut property_count = 0;
    for (id, item) in (1..).zip(items) {
        let entry = [&[2, 0, 0, 0][..], &short(id), &[0, 0], &item.kind, &[0]].concat();
        kinds.extend(named(*b"infe", &entry));
        let place = [
            &short(id)[..],
            &[0, 0, 0, 1],
            &number(data.len()),
            &number(item.bytes.len()),
        ];
        places.extend(place.concat());
        data.extend(&item.bytes);
        assigned.extend(short(id));
        assigned.push(u8::try_from(item.properties.len()).unwrap());
        for property in &item.properties {
            property_count += 1;
            assigned.push(0x80 | property_count);
            all.extend(property);
        }
        if !item.parts.is_empty() {
            let parts = item.parts.iter().flat_map(|part| part.to_be_bytes());
            let to = [
                &short(id)[..],
                &short(item.parts.len()),
                &parts.collect::<Vec<_>>(),
            ];
            references.extend(named(*b"dimg", &to.concat()));
        }
        if let Some(of) = item.opacity_of {
            let to = [short(id), short(1), of.to_be_bytes()].concat();
            references.extend(named(*b"auxl", &to));
        }
    }
    let properties = [named(*b"ipco", &all), named(*b"ipma", &assigned)].concat();
    let boxes = |places: &[u8]| {
        let meta = [
            vec![0; 4],
            named(*b"pitm", &[0, 0, 0, 0, 0, 1]),
            named(*b"iloc", places),
            named(*b"iinf", &kinds),
            named(*b"iprp", &properties),
            named(*b"iref", &references),
        ];
        let brands = [&brand[..], &[0; 4], b"mif1"].concat();
        [named(*b"ftyp", &brands), named(*b"meta", &meta.concat())].concat()
    };
    // The data begins behind the boxes and the header of its own.
    let begin = boxes(&places).len() + 8;
    for entry in places[8..].chunks_mut(14) {
        let offset = u32::from_be_bytes(entry[6..10].try_into().unwrap()) as usize;
        entry[6..10].copy_from_slice(&number(begin + offset));
    }
    [boxes(&places), named(*b"mdat", &data)].concat()
}

/// ffmpeg's output for one frame of these pixels.
fn encoded(pixels: &DynamicImage, arguments: &[&str]) -> Vec<u8> {
    let format = if pixels.color().has_color() {
        "rgb24"
    } else {
        "gray"
    };
    let size = format!("{}x{}", pixels.width(), pixels.height());
    let mut child = Command::new("ffmpeg")
        .args([
            "-v", "error", "-f", "rawvideo", "-pix_fmt", format, "-s", &size, "-i", "-",
        ])
        .args(["-vf", "scale=out_color_matrix=bt709:out_range=full"])
        .args([
            "-pix_fmt",
            if format == "gray" { format } else { "yuv444p" },
        ])
        .args(arguments)
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(pixels.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    output.stdout
}

/// The configuration and the frame, as in a HEIC file.
fn hevc(pixels: &DynamicImage) -> (Vec<u8>, Vec<u8>) {
    let parameters = "log-level=error:crf=8";
    let stream = encoded(
        pixels,
        &[
            "-c:v",
            "libx265",
            "-preset",
            "ultrafast",
            "-x265-params",
            parameters,
            "-f",
            "hevc",
        ],
    );
    let starts: Vec<_> = (0..stream.len())
        .filter(|at| stream[*at..].starts_with(&[0, 0, 1]))
        .collect();
    let (mut config, mut frame, mut count) = (vec![3; 22], Vec::new(), 0);
    config.push(0);
    for (index, start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(stream.len());
        let unit = &stream[start + 3..end];
        let unit = unit
            .strip_suffix(&[0])
            .filter(|_| end < stream.len())
            .unwrap_or(unit);
        let kind = unit[0] >> 1 & 0x3f;
        match kind {
            32..=34 => {
                count += 1;
                config.extend([&[kind, 0, 1], &short(unit.len())[..], unit].concat());
            }
            0..=31 => frame.extend([&number(unit.len())[..], unit].concat()),
            _ => {}
        }
    }
    config[22] = count;
    (named(*b"hvcC", &config), frame)
}

fn av1(pixels: &DynamicImage) -> (Vec<u8>, Vec<u8>) {
    let arguments = [
        "-c:v",
        "libaom-av1",
        "-cpu-used",
        "8",
        "-crf",
        "8",
        "-f",
        "ivf",
    ];
    let stream = encoded(pixels, &arguments);
    // Behind the headers of the stream and the frame, and the temporal delimiter.
    (named(*b"av1C", &[0x81, 0, 0, 0]), stream[46..].to_vec())
}

fn plain(size: (u32, u32), color: [u8; 3]) -> DynamicImage {
    image::RgbImage::from_pixel(size.0, size.1, image::Rgb(color)).into()
}

fn tile(size: (u32, u32), color: [u8; 3]) -> TestItem {
    let (config, bytes) = hevc(&plain(size, color));
    TestItem {
        kind: *b"hvc1",
        bytes,
        properties: vec![sized(size), config],
        ..TestItem::default()
    }
}

/// Four tiles of 128 by 128 pixels for a picture of 200 by 250.
fn grid(properties: Vec<Vec<u8>>) -> Vec<u8> {
    let mut items = vec![TestItem {
        kind: *b"grid",
        bytes: vec![0, 0, 1, 1, 0, 200, 0, 250],
        properties: [vec![sized((200, 250)), named(*b"colr", NCLX)], properties].concat(),
        parts: vec![2, 3, 4, 5],
        ..TestItem::default()
    }];
    items.extend([RED, BLUE, YELLOW, GREEN].map(|color| tile((128, 128), color)));
    heif(*b"heic", &items)
}

fn make(file: &[u8]) -> Result<Picture, PictureError> {
    let format = PictureFormat::detect(file).unwrap();
    let decoder = Decoder {
        ffmpeg: Path::new("ffmpeg"),
        max_pixels: MAX_PIXELS,
    };
    make_heif(file, format, decoder)
}

fn code(file: &[u8]) -> &'static str {
    make(file).unwrap_err().code.name()
}

/// The last variant, which is as large as the picture.
fn seen(picture: &Picture) -> DynamicImage {
    let variant = picture.variants.last().unwrap();
    image::load_from_memory(&variant.bytes).unwrap()
}

/// The colours of the quarters: top left, top right, bottom left, bottom right.
fn quarters(image: &DynamicImage) -> [[u8; 3]; 4] {
    let (width, height) = image.dimensions();
    [(1, 1), (3, 1), (1, 3), (3, 3)].map(|(x, y)| {
        let [r, g, b, _] = image.get_pixel(width * x / 4, height * y / 4).0;
        [r, g, b]
    })
}

fn assert_near(found: [[u8; 3]; 4], expected: [[u8; 3]; 4]) {
    let mut pairs = found.as_flattened().iter().zip(expected.as_flattened());
    let is_near = pairs.all(|(a, b)| a.abs_diff(*b) <= 10);
    assert!(is_near, "{found:?}, not {expected:?}");
}

#[test]
fn files_of_another_encoder_are_read_in_their_colours() {
    for (file, format) in [(HEIC, PictureFormat::Heic), (AVIF, PictureFormat::Avif)] {
        let picture = make(file).unwrap();
        assert_eq!(
            (picture.format, picture.width, picture.height),
            (format, 800, 600)
        );
        assert_near(quarters(&seen(&picture)), [RED, BLUE, YELLOW, GREEN]);
    }
}

#[test]
fn the_tiles_of_a_grid_are_joined_turned_and_mirrored() {
    let turned = |angle: u8| named(*b"irot", &[angle]);
    let mirrored = |axis: u8| named(*b"imir", &[axis]);
    for (properties, size, expected) in [
        (vec![], (200, 250), [RED, BLUE, YELLOW, GREEN]),
        (vec![turned(1)], (250, 200), [BLUE, GREEN, RED, YELLOW]),
        (vec![turned(3)], (250, 200), [YELLOW, RED, GREEN, BLUE]),
        (vec![mirrored(0)], (200, 250), [YELLOW, GREEN, RED, BLUE]),
        (vec![mirrored(1)], (200, 250), [BLUE, RED, GREEN, YELLOW]),
        (
            vec![turned(1), mirrored(1)],
            (250, 200),
            [GREEN, BLUE, YELLOW, RED],
        ),
        (
            vec![mirrored(1), turned(1)],
            (250, 200),
            [RED, YELLOW, BLUE, GREEN],
        ),
    ] {
        let picture = make(&grid(properties)).unwrap();
        assert_eq!((picture.width, picture.height), size);
        assert_near(quarters(&seen(&picture)), expected);
    }
}

#[test]
fn wide_colours_are_converted_by_code_point_or_profile() {
    let (config, bytes) = hevc(&plain((64, 64), [200, 100, 100]));
    let icc = moxcms_p3();
    for color in [
        b"nclx\0\x0c\0\x0d\0\x01\x80".to_vec(),
        [&b"prof"[..], &icc].concat(),
    ] {
        let item = TestItem {
            kind: *b"hvc1",
            bytes: bytes.clone(),
            properties: vec![
                sized((64, 64)),
                config.clone(),
                named(*b"colr", NCLX),
                named(*b"colr", &color),
            ],
            ..TestItem::default()
        };
        let picture = make(&heif(*b"heic", &[item])).unwrap();
        assert_near(quarters(&seen(&picture)), [[215, 93, 97]; 4]);
    }
}

/// Display P3 as libheif's test suite stores it is large; a matrix profile is enough.
fn moxcms_p3() -> Vec<u8> {
    moxcms::ColorProfile::new_display_p3().encode().unwrap()
}

#[test]
fn the_opacity_of_an_avif_is_kept() {
    let half =
        image::GrayImage::from_fn(64, 64, |x, _| image::Luma([if x < 32 { 0 } else { 255 }]));
    let ((config, bytes), (alpha_config, alpha)) = (av1(&plain((64, 64), RED)), av1(&half.into()));
    let name = b"\0\0\0\0urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0";
    let items = [
        TestItem {
            kind: *b"av01",
            bytes,
            properties: vec![sized((64, 64)), config, named(*b"colr", NCLX)],
            ..TestItem::default()
        },
        TestItem {
            kind: *b"av01",
            bytes: alpha,
            properties: vec![sized((64, 64)), alpha_config, named(*b"auxC", name)],
            opacity_of: Some(1),
            ..TestItem::default()
        },
    ];
    let picture = make(&heif(*b"avif", &items)).unwrap();
    let image = seen(&picture);
    assert_eq!(picture.variants[0].format, PictureFormat::Png);
    assert!(image.get_pixel(8, 32).0[3] < 8 && image.get_pixel(56, 32).0[3] > 247);
    assert!(image.get_pixel(56, 32).0[0].abs_diff(RED[0]) <= 10);
}

#[test]
fn a_file_that_cannot_be_decoded_has_a_code() {
    assert_eq!(code(&HEIC[..HEIC.len() / 2]), "truncated");
    assert_eq!(code(&AVIF[..AVIF.len() - 300]), "truncated");
    assert_eq!(code(&HEIC[..40]), "not_media");
    let other = TestItem {
        kind: *b"jpeg",
        properties: vec![sized((8, 8))],
        ..TestItem::default()
    };
    assert_eq!(code(&heif(*b"heic", &[other])), "unsupported_heic");
    let zeros = |kind: Name, config: Name, size| TestItem {
        kind,
        bytes: vec![0; 100],
        properties: vec![sized(size), named(config, &[0; 23])],
        ..TestItem::default()
    };
    let empty = zeros(*b"hvc1", *b"hvcC", (8, 8));
    assert_eq!(code(&heif(*b"heic", &[empty])), "not_media");
    let empty = zeros(*b"av01", *b"av1C", (8, 8));
    assert_eq!(code(&heif(*b"avif", &[empty])), "not_media");
    let huge = zeros(*b"hvc1", *b"hvcC", (60_000, 60_000));
    assert_eq!(code(&heif(*b"heic", &[huge])), "too_many_pixels");
    // Each tile is the whole file.
    let (file, mut items) = (1_000, vec![zeros(*b"grid", *b"free", (8, 8))]);
    items[0].bytes = vec![0, 0, 0, 1, 0, 8, 0, 8];
    items[0].parts = vec![2, 2];
    items.push(zeros(*b"hvc1", *b"hvcC", (8, 8)));
    items[1].bytes = vec![0; file];
    assert_eq!(code(&heif(*b"heic", &items)), "not_media");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn damaged_lists_are_read_or_refused_and_nothing_else(
        which in 0..2,
        damage in prop::collection::vec((0_usize..400, any::<u8>()), 1..8),
    ) {
        let (mut file, format) = match which {
            0 => (HEIC.to_vec(), PictureFormat::Heic),
            _ => (AVIF.to_vec(), PictureFormat::Avif),
        };
        for (at, byte) in damage {
            file[at] = byte;
        }
        if let Some(container) = Container::parse(&file) {
            let layer = Layer::of(&container, container.primary, format);
            if let Ok(layer) = layer {
                prop_assert!(stream::write(&layer, &mut Vec::new()).is_ok() || !layer.tiles.is_empty());
            }
        }
    }
}
