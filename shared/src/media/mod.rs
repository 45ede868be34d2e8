//! Published media: its states, the names of its objects, its rows and the playlists made from them.
//!
//! Everything here is pure except [`store`] and [`progress`]. How media is encoded is the
//! transcoder's business, who may see it is decided by the API; this module is the language in which
//! the two speak.

pub mod grants;
pub mod image;
pub mod keys;
pub mod playlist;
pub mod progress;
pub mod rendition;
pub mod state;
pub mod store;

pub use grants::{Grant, Grants};
pub use keys::{ContentType, ObjectNames, PublishedFile};
pub use playlist::{PlaylistError, TARGET_DURATION_S, render_master, render_rendition};
pub use progress::{Progress, ProgressBoard, Stage};
pub use rendition::{FrameRate, Rendition, RenditionKind, Segment, VideoShape};
pub use state::{FailureCode, MediaKind, MediaState};
