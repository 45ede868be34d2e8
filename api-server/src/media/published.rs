//! Published sets in memory: their playlists, rendered once from rows, and the names of their
//! objects. A set never changes, so entries never become stale; they are only evicted.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use headers::ETag;
use quick_cache::sync::Cache;
use shared::ids::{MediaId, SetId};
use shared::media::{Rendition, keys, render_master, render_rendition};

/// The number of bytes of a playlist's digest in its tag.
const TAG_BYTES: usize = 12;
/// How many sets the cache holds. The set of a four-hour film takes about 3 MB.
const MAX_SETS: usize = 64;

/// The recently requested sets.
pub struct PublishedSets(Cache<(MediaId, SetId), Arc<PublishedSet>>);

/// A small file that is served from memory.
#[derive(Debug, Clone)]
pub struct Content {
    pub bytes: Bytes,
    /// A strong entity tag.
    pub etag: ETag,
}

/// The content of a set.
pub struct PublishedSet {
    playlists: HashMap<String, Content>,
    objects: HashSet<String>,
}

impl Default for PublishedSets {
    fn default() -> Self {
        Self(Cache::new(MAX_SETS))
    }
}

impl PublishedSets {
    pub fn get(&self, media_id: MediaId, set_id: SetId) -> Option<Arc<PublishedSet>> {
        self.0.get(&(media_id, set_id))
    }

    /// Stores the set and returns it for sharing.
    pub fn insert(&self, media_id: MediaId, set_id: SetId, set: PublishedSet) -> Arc<PublishedSet> {
        let set = Arc::new(set);
        self.0.insert((media_id, set_id), Arc::clone(&set));
        set
    }
}

impl Content {
    /// A text with its digest as the tag.
    fn of(text: String) -> Option<Self> {
        let digest = digest::digest(&digest::SHA256, text.as_bytes());
        let tag = URL_SAFE_NO_PAD.encode(digest.as_ref().get(..TAG_BYTES)?);
        let etag = format!("\"{tag}\"").parse().ok()?;
        Some(Self {
            bytes: Bytes::from(text),
            etag,
        })
    }
}

impl PublishedSet {
    /// The playlist with this file name.
    pub fn playlist(&self, file: &str) -> Option<Content> {
        self.playlists.get(file).cloned()
    }

    /// Whether a rendition names the object.
    pub fn has_object(&self, object: &str) -> bool {
        self.objects.contains(object)
    }

    /// The set of these renditions; `None` without objects.
    pub fn of(renditions: Vec<Rendition>) -> Option<Self> {
        let mut playlists = HashMap::new();
        // Pictures have no playlist.
        if let Ok(master) = render_master(&renditions) {
            playlists.insert(keys::MASTER_PLAYLIST.to_owned(), Content::of(master)?);
        }
        let mut objects = HashSet::new();
        for rendition in renditions {
            if let Ok(playlist) = render_rendition(&rendition) {
                playlists.insert(format!("{}.m3u8", rendition.name), Content::of(playlist)?);
            }
            objects.insert(rendition.init_object);
            objects.extend(rendition.segments.into_iter().map(|segment| segment.object));
        }
        (!objects.is_empty()).then_some(Self { playlists, objects })
    }
}
