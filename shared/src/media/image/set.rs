//! Writes a picture from memory to the store and prepares its rows.

use std::io;

use super::Picture;
use crate::ids::{MediaId, SetId};
use crate::media::ObjectNames;
use crate::storage::{Store, sync_dir, write_durably};

/// A picture whose variants are objects in the store, with the values for its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureSet {
    /// The set that the objects are in.
    pub set: SetId,
    /// Width in pixels, after the orientation is applied.
    pub width: u32,
    /// Height in pixels, after the orientation is applied.
    pub height: u32,
    /// See [`Picture::blurhash`].
    pub blurhash: String,
    /// Smallest first.
    pub variants: Vec<StoredVariant>,
}

/// One size of a stored picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredVariant {
    /// One of [`super::SIZES`].
    pub name: String,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// The name of its object within the set.
    pub object: String,
}

impl PictureSet {
    fn of(picture: &Picture, set: SetId, names: &ObjectNames) -> Self {
        let variants = picture.variants.iter().map(|variant| StoredVariant {
            name: variant.name.to_owned(),
            width: variant.width,
            height: variant.height,
            object: names.variant(variant.name, variant.format),
        });
        Self {
            set,
            width: picture.width,
            height: picture.height,
            blurhash: picture.blurhash.clone(),
            variants: variants.collect(),
        }
    }
}

/// Writes a picture's variants into a new set. They and their names are durable on return. They are
/// invisible until a row names them. Blocks.
pub fn write_set(store: &Store, media: MediaId, picture: &Picture) -> io::Result<PictureSet> {
    let set = SetId::generate();
    let stored = PictureSet::of(picture, set, &ObjectNames::new(set.0));
    let folder = store.set(media, set);
    std::fs::create_dir_all(&folder)?;
    for (variant, stored) in picture.variants.iter().zip(&stored.variants) {
        write_durably(&folder.join(&stored.object), &variant.bytes)?;
    }
    let media_folder = store.media(media);
    sync_dir(&media_folder)?;
    media_folder.parent().map_or(Ok(()), sync_dir)?;
    Ok(stored)
}
