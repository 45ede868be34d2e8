//! One picture of a file: its frames, and how they are shown.

use std::borrow::Cow;

use shared::media::{
    FailureCode,
    image::{PictureError, PictureFormat},
};

use super::{
    boxes::Reader,
    container::{Container, Item},
    refusal::{malformed, unsupported},
};

/// A frame or a grid of frames.
pub struct Layer<'a> {
    pub format: PictureFormat,
    /// Before it is turned and mirrored.
    pub size: (u32, u32),
    pub tile_size: (u32, u32),
    /// Tiles per row.
    pub columns: u32,
    /// Row by row.
    pub tiles: Vec<Tile<'a>>,
    pub color: Color<'a>,
    /// Clockwise, before it is mirrored from left to right.
    pub quarter_turns: u8,
    pub is_mirrored: bool,
}

/// A coded frame.
pub struct Tile<'a> {
    /// The decoder's configuration.
    pub config: &'a [u8],
    pub bytes: Cow<'a, [u8]>,
}

/// What the file says about colours.
#[derive(Clone, Copy, Default)]
pub struct Color<'a> {
    /// An ICC profile.
    pub profile: Option<&'a [u8]>,
    /// Code points of ITU-T H.273.
    pub primaries: Option<u8>,
    pub matrix: Option<u8>,
    pub is_full_range: Option<bool>,
}

/// A grid's description (ISO/IEC 23008-12, section 6.6.2.3).
struct Grid {
    rows: u32,
    columns: u32,
    size: (u32, u32),
}

impl<'a> Layer<'a> {
    pub fn of(
        container: &'a Container<'a>,
        id: u32,
        format: PictureFormat,
    ) -> Result<Self, PictureError> {
        let item = container
            .item(id)
            .ok_or_else(|| malformed("an item is missing"))?;
        let own = [id];
        let (grid, parts) = if &item.kind == b"grid" {
            let bytes = container.bytes(item).ok_or_else(cut)?;
            let grid = Grid::parse(&bytes).ok_or_else(|| malformed("no grid"))?;
            (Some(grid), container.parts(id))
        } else {
            (None, &own[..])
        };
        let (columns, rows) = grid
            .as_ref()
            .map_or((1, 1), |grid| (grid.columns, grid.rows));
        if parts.len() != columns as usize * rows as usize {
            return Err(malformed("a grid with too few or too many tiles"));
        }
        let (mut tiles, mut bytes) = (Vec::new(), 0);
        for part in parts {
            let tile = Tile::of(container, *part, format)?;
            bytes += tile.bytes.len();
            // Tiles may overlap in the file: without a limit, a small one could have many bytes.
            if bytes > container.file.len() {
                return Err(malformed("tiles with the same bytes"));
            }
            tiles.push(tile);
        }
        let first = parts
            .first()
            .and_then(|part| container.item(*part))
            .unwrap_or(item);
        let tile_size = size_of(first).ok_or_else(|| malformed("no size"))?;
        let size = grid.map_or(tile_size, |grid| grid.size);
        if size.0 > tile_size.0.saturating_mul(columns) || size.1 > tile_size.1.saturating_mul(rows)
        {
            return Err(malformed("a grid that is larger than its tiles"));
        }
        let (quarter_turns, is_mirrored) = direction(item);
        Ok(Self {
            format,
            size,
            tile_size,
            columns,
            tiles,
            color: Color::of(item).or(Color::of(first)),
            quarter_turns,
            is_mirrored,
        })
    }
}

impl Layer<'_> {
    /// The memory for one decoded tile in colours.
    pub fn tile_bytes(&self) -> u64 {
        u64::from(self.tile_size.0) * u64::from(self.tile_size.1) * 3
    }
}

impl<'a> Tile<'a> {
    fn of(
        container: &'a Container<'a>,
        id: u32,
        format: PictureFormat,
    ) -> Result<Self, PictureError> {
        let item = container
            .item(id)
            .ok_or_else(|| malformed("a tile is missing"))?;
        let config = match (&item.kind, format) {
            (b"hvc1", PictureFormat::Heic) => item.property(*b"hvcC"),
            (b"av01", PictureFormat::Avif) => item.property(*b"av1C"),
            _ => {
                let kind = item.kind.escape_ascii();
                return Err(unsupported(format, format!("an item of type {kind}")));
            }
        };
        Ok(Self {
            config: config.ok_or_else(|| malformed("no configuration"))?,
            bytes: container.bytes(item).ok_or_else(cut)?,
        })
    }
}

impl<'a> Color<'a> {
    fn of(item: &'a Item<'a>) -> Self {
        let mut color = Self::default();
        for (name, content) in &item.properties {
            match (name, content) {
                (
                    b"colr",
                    [
                        b'n',
                        b'c',
                        b'l',
                        b'x',
                        _,
                        primaries,
                        _,
                        _,
                        _,
                        matrix,
                        range,
                        ..,
                    ],
                ) => {
                    color.primaries = Some(*primaries);
                    color.matrix = Some(*matrix);
                    color.is_full_range = Some(range & 0x80 != 0);
                }
                (
                    b"colr",
                    [b'p', b'r', b'o', b'f', profile @ ..] | [b'r', b'I', b'C', b'C', profile @ ..],
                ) => {
                    color.profile = Some(profile);
                }
                _ => {}
            }
        }
        color
    }

    fn or(self, other: Self) -> Self {
        Self {
            profile: self.profile.or(other.profile),
            primaries: self.primaries.or(other.primaries),
            matrix: self.matrix.or(other.matrix),
            is_full_range: self.is_full_range.or(other.is_full_range),
        }
    }
}

impl Grid {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        let is_wide = reader.number(2)? & 1 == 1;
        let rows = u32::try_from(reader.number(1)? + 1).ok()?;
        let columns = u32::try_from(reader.number(1)? + 1).ok()?;
        let size = (reader.id(is_wide)?, reader.id(is_wide)?);
        Some(Self {
            rows,
            columns,
            size,
        })
    }
}

fn size_of(item: &Item<'_>) -> Option<(u32, u32)> {
    let mut reader = Reader(item.property(*b"ispe")?);
    reader.version()?;
    Some((reader.id(true)?, reader.id(true)?))
}

/// The quarter turns clockwise, and whether the turned picture is mirrored from left to right. The
/// properties apply in the order of the file.
fn direction(item: &Item<'_>) -> (u8, bool) {
    let (mut turns, mut is_mirrored) = (0, false);
    for (name, content) in &item.properties {
        let value = content.first().copied().unwrap_or_default();
        match name {
            // Counted anticlockwise.
            b"irot" if is_mirrored => turns += value & 3,
            b"irot" => turns += 4 - (value & 3),
            // From top to bottom, which is the other direction and a half turn.
            b"imir" if value & 1 == 0 => (turns, is_mirrored) = (turns + 2, !is_mirrored),
            b"imir" => is_mirrored = !is_mirrored,
            _ => {}
        }
        turns %= 4;
    }
    (turns, is_mirrored)
}

fn cut() -> PictureError {
    PictureError::new(FailureCode::Truncated, "the file ends before its picture")
}
