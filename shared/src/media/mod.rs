//! Published media: its states, the names of its objects, its rows, and its playlists.
//!
//! Everything here is pure except [`store`] and [`progress`]. The transcoder encodes media, and the
//! API decides who may see it; this module contains what both need.

pub mod grants;
pub mod image;
pub mod keys;
pub mod playlist;
pub mod progress;
pub mod rendition;
pub mod state;
pub mod store;

pub use grants::{FileOfMedia, Grant, Grants};
pub use keys::{ContentType, ObjectNames, PublishedFile};
pub use media_core::FailureCode;
pub use playlist::{PlaylistError, TARGET_DURATION_S, render_master, render_rendition};
pub use progress::{Progress, ProgressBoard, Stage};
pub use rendition::{FrameRate, Rendition, RenditionKind, Segment, VideoShape};
pub use state::{MAX_ALT_CHARS, MAX_MEDIA_PER_POST, MediaKind, MediaState};
