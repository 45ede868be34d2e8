//! The items of a HEIF file, their properties and their bytes (ISO/IEC 14496-12, section 8.11).

use std::{borrow::Cow, collections::BTreeMap};

use super::boxes::{Name, Reader, boxes};

/// The largest grid of a phone has some hundred tiles.
const MAX_ITEMS: usize = 4096;
/// The names of auxiliary pictures that are opacities (ISO/IEC 23000-22, section 7.3.5.2).
const OPACITIES: [&[u8]; 2] = [
    b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0",
    b"urn:mpeg:hevc:2015:auxid:1\0",
];

/// The items of a file.
pub struct Container<'a> {
    /// The id of the primary item.
    pub primary: u32,
    items: BTreeMap<u32, Item<'a>>,
    references: Vec<Reference>,
    pub file: &'a [u8],
    /// The bytes of items that are in the list itself.
    inner: &'a [u8],
}

/// An item.
#[derive(Default)]
pub struct Item<'a> {
    pub kind: Name,
    pub properties: Vec<(Name, &'a [u8])>,
    is_inner: bool,
    /// Offset and length.
    extents: Vec<(usize, usize)>,
}

struct Reference {
    kind: Name,
    from: u32,
    to: Vec<u32>,
}

impl Item<'_> {
    /// The first property with this name.
    pub fn property(&self, name: Name) -> Option<&[u8]> {
        let mut properties = self.properties.iter();
        properties
            .find(|(known, _)| *known == name)
            .map(|(_, content)| *content)
    }
}

impl<'a> Container<'a> {
    pub fn parse(file: &'a [u8]) -> Option<Self> {
        let (_, meta) = boxes(file).find(|(name, _)| name == b"meta")?;
        let mut container = Self {
            primary: 0,
            items: BTreeMap::new(),
            references: Vec::new(),
            file,
            inner: &[],
        };
        for (name, content) in boxes(meta.get(4..)?) {
            match &name {
                b"pitm" => container.primary = parse_primary(content)?,
                b"iinf" => container.parse_kinds(content)?,
                b"iloc" => container.parse_places(content)?,
                b"iprp" => container.parse_properties(content)?,
                b"iref" => container.parse_references(content)?,
                b"idat" => container.inner = content,
                _ => {}
            }
        }
        Some(container)
    }

    pub fn item(&self, id: u32) -> Option<&Item<'a>> {
        self.items.get(&id)
    }

    /// The items that the item `from` is made of.
    pub fn parts(&self, from: u32) -> &[u32] {
        let mut references = self.references.iter();
        let parts = references.find(|found| &found.kind == b"dimg" && found.from == from);
        parts.map_or(&[], |found| &found.to)
    }

    /// The opacity of the item `of`.
    pub fn opacity_of(&self, of: u32) -> Option<u32> {
        let is_opacity = |found: &&Reference| {
            let kind = self
                .item(found.from)
                .and_then(|item| item.property(*b"auxC"));
            let name = kind.and_then(|kind| kind.get(4..)).unwrap_or_default();
            &found.kind == b"auxl"
                && found.to.contains(&of)
                && OPACITIES.iter().any(|opacity| name.starts_with(opacity))
        };
        self.references
            .iter()
            .find(is_opacity)
            .map(|found| found.from)
    }

    /// The bytes of an item; `None` if the file ends before them.
    pub fn bytes(&self, item: &Item<'a>) -> Option<Cow<'a, [u8]>> {
        let source = if item.is_inner { self.inner } else { self.file };
        let extent = |(offset, length): &(usize, usize)| match length {
            0 => source.get(*offset..),
            length => source.get(*offset..offset.checked_add(*length)?),
        };
        match &item.extents[..] {
            [only] => extent(only).map(Cow::Borrowed),
            // Extents may overlap: without a limit, a small file could have many bytes.
            extents => {
                let parts = extents.iter().map(extent).collect::<Option<Vec<_>>>()?;
                let length = parts.iter().map(|part| part.len()).sum::<usize>();
                (length <= source.len()).then(|| Cow::Owned(parts.concat()))
            }
        }
    }

    fn parse_kinds(&mut self, content: &'a [u8]) -> Option<()> {
        let mut reader = Reader(content);
        let (version, _) = reader.version()?;
        reader.count(if version == 0 { 2 } else { 4 })?;
        for (_, entry) in boxes(reader.0).take(MAX_ITEMS) {
            let mut entry = Reader(entry);
            let (version, _) = entry.version()?;
            let id = entry.id(version >= 3)?;
            entry.bytes(2)?;
            self.items.entry(id).or_default().kind = entry.name()?;
        }
        Some(())
    }

    fn parse_places(&mut self, content: &'a [u8]) -> Option<()> {
        let mut reader = Reader(content);
        let (version, _) = reader.version()?;
        let sizes = reader.number(2)?;
        let [offset_size, length_size, base_size, index_size] =
            [12, 8, 4, 0].map(|shift| (sizes >> shift & 15) as usize);
        let count = reader.id(version == 2)? as usize;
        for _ in 0..count.min(MAX_ITEMS) {
            let id = reader.id(version == 2)?;
            let method = if version > 0 {
                reader.number(2)? & 15
            } else {
                0
            };
            reader.bytes(2)?;
            let base = reader.count(base_size)?;
            let mut extents = Vec::new();
            for _ in 0..reader.count(2)? {
                if version > 0 {
                    reader.bytes(index_size)?;
                }
                let (offset, length) = (reader.count(offset_size)?, reader.count(length_size)?);
                extents.push((base.checked_add(offset)?, length));
            }
            let item = self.items.entry(id).or_default();
            (item.is_inner, item.extents) = (method == 1, extents);
        }
        Some(())
    }

    fn parse_properties(&mut self, content: &'a [u8]) -> Option<()> {
        let mut all = Vec::new();
        for (name, content) in boxes(content) {
            match &name {
                b"ipco" => all = boxes(content).collect(),
                b"ipma" => self.assign_properties(content, &all)?,
                _ => {}
            }
        }
        Some(())
    }

    fn assign_properties(&mut self, content: &'a [u8], all: &[(Name, &'a [u8])]) -> Option<()> {
        let mut reader = Reader(content);
        let (version, flags) = reader.version()?;
        let index_size = if flags & 1 == 1 { 2 } else { 1 };
        for _ in 0..reader.count(4)?.min(MAX_ITEMS) {
            let id = reader.id(version >= 1)?;
            let item = self.items.entry(id).or_default();
            for _ in 0..reader.count(1)? {
                // The highest bit says that the property is essential.
                let index = reader.count(index_size)? & if index_size == 2 { 0x7fff } else { 0x7f };
                let property = index.checked_sub(1).and_then(|index| all.get(index));
                item.properties.extend(property);
            }
        }
        Some(())
    }

    fn parse_references(&mut self, content: &'a [u8]) -> Option<()> {
        let mut reader = Reader(content);
        let (version, _) = reader.version()?;
        for (kind, content) in boxes(reader.0).take(MAX_ITEMS) {
            let mut reader = Reader(content);
            let from = reader.id(version >= 1)?;
            let count = reader.count(2)?.min(MAX_ITEMS);
            let to = (0..count).map(|_| reader.id(version >= 1));
            let to = to.collect::<Option<_>>()?;
            self.references.push(Reference { kind, from, to });
        }
        Some(())
    }
}

fn parse_primary(content: &[u8]) -> Option<u32> {
    let mut reader = Reader(content);
    let (version, _) = reader.version()?;
    reader.id(version >= 1)
}
