//! Decodes the frames of a layer by ffmpeg and joins them.

use std::{
    io::{self, BufWriter, Read},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
};

use shared::media::{FailureCode, image::PictureError};

use super::{layer::Layer, refusal::unsupported, stream};

/// How much of ffmpeg's standard error is kept.
const MAX_ERROR_BYTES: u64 = 4096;

/// What decoding may use.
#[derive(Clone, Copy)]
pub struct Decoder<'a> {
    /// ffmpeg, looked up in `PATH` unless absolute.
    pub ffmpeg: &'a Path,
    /// The most pixels of a picture.
    pub max_pixels: u64,
}

/// What a layer shows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Red, green and blue.
    Colors,
    /// One value per pixel.
    Opacity,
}

impl Kind {
    fn channels(self) -> usize {
        match self {
            Self::Colors => 3,
            Self::Opacity => 1,
        }
    }

    fn pixel_format(self) -> &'static str {
        match self {
            Self::Colors => "rgb24",
            Self::Opacity => "gray",
        }
    }
}

/// The pixels of a layer, row by row.
pub fn decode(
    layer: &Layer<'_>,
    kind: Kind,
    decoder: Decoder<'_>,
) -> Result<Vec<u8>, PictureError> {
    let mut child = start(layer, kind, decoder)
        .map_err(|error| unsupported(layer.format, format!("ffmpeg: {error}")))?;
    let joined = thread::scope(|scope| {
        let (stdin, stderr) = (child.stdin.take(), child.stderr.take());
        // If ffmpeg ends early, the rest is not written; what it read decides.
        scope.spawn(move || stdin.map(|pipe| stream::write(layer, &mut BufWriter::new(pipe))));
        let errors = scope.spawn(move || {
            let mut errors = Vec::new();
            if let Some(mut pipe) = stderr {
                // A failed read leaves the text shorter, which only an operator would notice.
                let _ = pipe.by_ref().take(MAX_ERROR_BYTES).read_to_end(&mut errors);
                let _ = io::copy(&mut pipe, &mut io::sink());
            }
            String::from_utf8_lossy(&errors).into_owned()
        });
        let joined = join(layer, kind, &mut child);
        (joined, errors.join().unwrap_or_default())
    });
    let (joined, errors) = joined;
    let status = child.wait();
    match joined {
        Some(pixels) if status.is_ok_and(|status| status.success()) => Ok(pixels),
        _ => Err(explain(layer, errors)),
    }
}

fn start(layer: &Layer<'_>, kind: Kind, decoder: Decoder<'_>) -> io::Result<Child> {
    let (width, height) = layer.tile_size;
    let mut scale = format!("scale={width}:{height}:flags=bicubic+accurate_rnd+full_chroma_int");
    if let Some(matrix) = layer.color.matrix.and_then(matrix_name) {
        scale.push_str(":in_color_matrix=");
        scale.push_str(matrix);
    }
    if let Some(is_full) = layer.color.is_full_range {
        scale.push_str(if is_full {
            ":in_range=full"
        } else {
            ":in_range=limited"
        });
    }
    if kind == Kind::Opacity {
        scale.push_str(":out_range=full");
    }
    Command::new(decoder.ffmpeg)
        .args(["-hide_banner", "-v", "error", "-threads", "1"])
        .args([
            "-protocol_whitelist",
            "pipe",
            "-f",
            stream::demuxer(layer.format),
        ])
        .args(["-max_pixels", &decoder.max_pixels.to_string()])
        .args(["-i", "pipe:0", "-map", "0:v:0", "-vf", &scale])
        .args(["-fps_mode", "passthrough", "-pix_fmt", kind.pixel_format()])
        .args(["-f", "rawvideo", "pipe:1"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
}

/// ffmpeg's name for a matrix of ITU-T H.273.
fn matrix_name(code: u8) -> Option<&'static str> {
    match code {
        1 => Some("bt709"),
        4 => Some("fcc"),
        5 | 6 => Some("smpte170m"),
        7 => Some("smpte240m"),
        9 | 10 => Some("bt2020"),
        _ => None,
    }
}

/// Reads the frames and copies each to its place; `None` if one is missing.
fn join(layer: &Layer<'_>, kind: Kind, child: &mut Child) -> Option<Vec<u8>> {
    let mut stdout = child.stdout.take()?;
    let channels = kind.channels();
    let [width, height] = [layer.size.0, layer.size.1].map(|side| side as usize);
    let [tile_width, tile_height] =
        [layer.tile_size.0, layer.tile_size.1].map(|side| side as usize);
    let (row_bytes, tile_row_bytes) = (width * channels, tile_width * channels);
    let mut joined = vec![0; row_bytes * height];
    let mut tile = vec![0; tile_row_bytes * tile_height];
    for index in 0..layer.tiles.len() {
        stdout.read_exact(&mut tile).ok()?;
        let (column, row) = (
            index % layer.columns as usize,
            index / layer.columns as usize,
        );
        let left = column * tile_row_bytes;
        let rows = joined.chunks_exact_mut(row_bytes).skip(row * tile_height);
        for (to, from) in rows.zip(tile.chunks_exact(tile_row_bytes)) {
            let to = to.get_mut(left..).unwrap_or_default();
            let shown = to.len().min(from.len());
            to.get_mut(..shown)?.copy_from_slice(from.get(..shown)?);
        }
    }
    // Nothing should follow.
    (stdout.read(&mut [0]).ok()? == 0).then_some(joined)
}

fn explain(layer: &Layer<'_>, errors: String) -> PictureError {
    let has = |text: &str| errors.contains(text);
    let code = if has("max pixel count") {
        FailureCode::TooManyPixels
    } else if has("Cannot allocate memory") {
        FailureCode::OutOfMemory
    } else if has("Unknown input format") || has("not found") {
        return unsupported(layer.format, errors);
    } else {
        FailureCode::NotMedia
    };
    PictureError::new(code, errors)
}
