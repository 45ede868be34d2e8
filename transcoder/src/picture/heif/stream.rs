//! Elementary streams that ffmpeg reads from a pipe.

use std::io::{self, Write};

use shared::media::image::PictureFormat;

use super::{
    boxes::Reader,
    layer::{Layer, Tile},
};

/// Before each unit of HEVC (ITU-T H.265, annex B).
const START_CODE: &[u8] = b"\0\0\0\x01";
/// An empty temporal delimiter, before each frame of AV1.
const TEMPORAL_DELIMITER: &[u8] = b"\x12\0";

/// The name of the stream's format.
pub fn demuxer(format: PictureFormat) -> &'static str {
    match format {
        PictureFormat::Avif => "ivf",
        _ => "hevc",
    }
}

/// Writes the tiles, one frame after the other.
pub fn write(layer: &Layer<'_>, to: &mut impl Write) -> io::Result<()> {
    if layer.format == PictureFormat::Avif {
        to.write_all(&ivf_header(layer))?;
        for (number, tile) in (0_u64..).zip(&layer.tiles) {
            write_av1(tile, number, to)?;
        }
        return Ok(());
    }
    for tile in &layer.tiles {
        write_hevc(tile, to).unwrap_or_else(|| Err(io::Error::from(io::ErrorKind::InvalidData)))?;
    }
    Ok(())
}

fn ivf_header(layer: &Layer<'_>) -> Vec<u8> {
    let side = |side: u32| u16::try_from(side).unwrap_or(u16::MAX).to_le_bytes();
    let (width, height) = layer.tile_size;
    let begin = b"DKIF\0\0\x20\0AV01";
    // 25 frames in each second; their number is unknown.
    let end = b"\x19\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0";
    [&begin[..], &side(width), &side(height), end].concat()
}

/// The configuration has a sequence header after its first four bytes, which the frame may lack.
fn write_av1(tile: &Tile<'_>, number: u64, to: &mut impl Write) -> io::Result<()> {
    let units = tile.config.get(4..).unwrap_or_default();
    let length = TEMPORAL_DELIMITER.len() + units.len() + tile.bytes.len();
    let length = u32::try_from(length).map_err(io::Error::other)?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(&number.to_le_bytes())?;
    to.write_all(TEMPORAL_DELIMITER)?;
    to.write_all(units)?;
    to.write_all(&tile.bytes)
}

/// Parameter sets (ISO/IEC 14496-15, section 8.3.3.1), then the units of the frame. `None` if they
/// are malformed.
fn write_hevc(tile: &Tile<'_>, to: &mut impl Write) -> Option<io::Result<()>> {
    let mut config = Reader(tile.config);
    let length_size = usize::from(config.bytes(22)?.last()? & 3) + 1;
    for _ in 0..config.number(1)? {
        config.bytes(1)?;
        for _ in 0..config.number(2)? {
            let length = config.count(2)?;
            if let Err(error) = write_unit(config.bytes(length)?, to) {
                return Some(Err(error));
            }
        }
    }
    let mut units = Reader(&tile.bytes);
    while !units.0.is_empty() {
        let length = units.count(length_size)?;
        if let Err(error) = write_unit(units.bytes(length)?, to) {
            return Some(Err(error));
        }
    }
    Some(Ok(()))
}

fn write_unit(unit: &[u8], to: &mut impl Write) -> io::Result<()> {
    to.write_all(START_CODE)?;
    to.write_all(unit)
}
