//! The names of published files.
//!
//! Object names contain eight hex digits of the lease token of the attempt that wrote them. A
//! second attempt therefore never overwrites the objects of the first, and no served object is ever
//! overwritten. Playlists have names but are not files; [`PublishedFile::parse`] distinguishes
//! them.

use uuid::Uuid;

use super::image::PictureFormat;

/// The name of the master playlist of a set.
pub const MASTER_PLAYLIST: &str = "master.m3u8";
/// The name of the audio rendition.
pub const AUDIO_RENDITION: &str = "audio";
/// Longer names are not ours.
const MAX_NAME_LENGTH: usize = 128;

/// Creates the object names of one attempt at one set.
#[derive(Clone, Debug)]
pub struct ObjectNames {
    token: String,
}

impl ObjectNames {
    /// The names for the holder of `lease_token`. They contain its last eight hex digits, because
    /// the first ones of a version 7 id are a clock.
    pub fn new(lease_token: Uuid) -> Self {
        let hex = lease_token.simple().to_string();
        let token = hex
            .get(hex.len().saturating_sub(8)..)
            .unwrap_or_default()
            .to_owned();
        Self { token }
    }

    /// The eight hex digits that all these names contain.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// `720p-<token>-init.mp4`
    pub fn init(&self, rendition: &str) -> String {
        format!("{rendition}-{}-init.mp4", self.token)
    }

    /// `720p-<token>-00001.m4s`; numbers count from 1.
    pub fn segment(&self, rendition: &str, number: u32) -> String {
        format!("{rendition}-{}-{number:05}.m4s", self.token)
    }

    /// `poster-<token>.jpg`
    pub fn poster(&self) -> String {
        format!("poster-{}.jpg", self.token)
    }

    /// `small-<token>.jpg`, a variant of a picture.
    pub fn variant(&self, name: &str, format: PictureFormat) -> String {
        format!("{name}-{}.{}", self.token, format.extension())
    }

    /// Whether `object` is a name of this attempt.
    pub fn owns(&self, object: &str) -> bool {
        token_of(object) == Some(&self.token)
    }
}

/// The eight hex digits in an object's name, if it has the form of one.
pub fn token_of(object: &str) -> Option<&str> {
    let stem = object.split('.').next()?;
    let token = stem.split('-').nth(1)?;
    let is_hex = token.len() == 8 && token.bytes().all(|b| b.is_ascii_hexdigit());
    is_hex.then_some(token)
}

/// What a name within a set refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublishedFile<'a> {
    /// The master playlist, rendered by [`super::render_master`].
    MasterPlaylist,
    /// The playlist of the rendition with this name, rendered by [`super::render_rendition`].
    RenditionPlaylist(&'a str),
    /// An object of the set, served as it is.
    Object(&'a str, ContentType),
}

impl<'a> PublishedFile<'a> {
    /// Parses the last segment of a URL. `None` for every name that this module would not create:
    /// no path separators, no dot except before the extension, no unknown type.
    pub fn parse(file: &'a str) -> Option<Self> {
        if file == MASTER_PLAYLIST {
            return Some(Self::MasterPlaylist);
        }
        let (stem, extension) = file.split_once('.')?;
        let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if stem.is_empty() || file.len() > MAX_NAME_LENGTH || !stem.bytes().all(is_plain) {
            return None;
        }
        if extension == "m3u8" {
            return Some(Self::RenditionPlaylist(stem));
        }
        ContentType::of_extension(extension).map(|content_type| Self::Object(file, content_type))
    }

    /// The media type of the answer.
    pub fn content_type(self) -> ContentType {
        match self {
            Self::MasterPlaylist | Self::RenditionPlaylist(_) => ContentType::Playlist,
            Self::Object(_, content_type) => content_type,
        }
    }
}

/// The media types of the files of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentType {
    /// `application/vnd.apple.mpegurl`
    Playlist,
    /// `video/mp4`: an initialisation section
    Init,
    /// `video/iso.segment`
    Segment,
    /// `image/jpeg`
    Jpeg,
    /// `image/png`
    Png,
}

impl ContentType {
    /// The value of `Content-Type`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Playlist => "application/vnd.apple.mpegurl",
            Self::Init => "video/mp4",
            Self::Segment => "video/iso.segment",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }

    fn of_extension(extension: &str) -> Option<Self> {
        match extension {
            "mp4" => Some(Self::Init),
            "m4s" => Some(Self::Segment),
            "jpg" => Some(Self::Jpeg),
            "png" => Some(Self::Png),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> ObjectNames {
        ObjectNames::new(Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_dead_beef))
    }

    #[test]
    fn objects_are_named_by_rendition_token_and_number() {
        let names = names();
        assert_eq!(names.init("720p"), "720p-deadbeef-init.mp4");
        assert_eq!(names.segment("audio", 7), "audio-deadbeef-00007.m4s");
        assert_eq!(names.poster(), "poster-deadbeef.jpg");
    }

    #[test]
    fn an_attempt_knows_its_own_objects() {
        let names = names();
        for object in [
            names.init("audio"),
            names.segment("360p", 123_456),
            names.poster(),
        ] {
            assert!(names.owns(&object), "{object}");
            assert!(!ObjectNames::new(Uuid::nil()).owns(&object), "{object}");
        }
        assert!(!names.owns("720p-nothexes-init.mp4"));
        assert!(!names.owns("deadbeef"));
    }

    #[test]
    fn made_names_parse_back_to_what_they_are() {
        let names = names();
        let (init, segment, poster) =
            (names.init("720p"), names.segment("720p", 1), names.poster());
        let (thumb, large) = (
            names.variant("thumb", PictureFormat::Jpeg),
            names.variant("large", PictureFormat::Png),
        );
        for (name, content_type) in [
            (&init, ContentType::Init),
            (&segment, ContentType::Segment),
            (&poster, ContentType::Jpeg),
            (&thumb, ContentType::Jpeg),
            (&large, ContentType::Png),
        ] {
            let parsed = PublishedFile::parse(name);
            assert_eq!(
                parsed,
                Some(PublishedFile::Object(name.as_str(), content_type))
            );
        }
        assert_eq!(
            PublishedFile::parse("master.m3u8"),
            Some(PublishedFile::MasterPlaylist)
        );
        let playlist = PublishedFile::parse("audio.m3u8");
        assert_eq!(playlist, Some(PublishedFile::RenditionPlaylist("audio")));
    }

    #[test]
    fn names_that_we_would_not_make_are_refused() {
        let long = format!("{}.m4s", "a".repeat(200));
        for name in [
            "", ".", "..", "../x.m4s", "a/b.m4s", "a.b.m4s", "A.m4s", "x.html", ".m4s", &long,
        ] {
            assert_eq!(PublishedFile::parse(name), None, "{name}");
        }
    }
}
