//! The text and the media of a post.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::{Deref, RangeInclusive};

use serde_json::value::RawValue;
use shared::ids::MediaId;
use shared::media::{MAX_ALT_CHARS, MAX_MEDIA_PER_POST};
use utoipa::openapi::schema::ArrayBuilder;
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::http::{At, Faults, FromJson, MayBeEmpty, Text, TextRule, from_json, read_items};

/// The text of a post, which may be empty if there are media.
pub type PostText = Text<PostTextRule>;
/// The alternative text of a media item.
pub type AltText = Text<AltTextRule>;

pub struct PostTextRule;
pub struct AltTextRule;

impl TextRule for PostTextRule {
    const NAME: &'static str = "PostText";
    const CHARS: RangeInclusive<usize> = 0..=5000;
    const EXAMPLE: Option<&'static str> = Some("Hello");
}

impl MayBeEmpty for PostTextRule {}

impl TextRule for AltTextRule {
    const NAME: &'static str = "AltText";
    const CHARS: RangeInclusive<usize> = 0..=MAX_ALT_CHARS;
    const EXAMPLE: Option<&'static str> = Some("A bird over a roof");
}

/// A media item to attach to a post.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPostMedia {
    /// The id of the upload, which is also the media item's.
    pub upload_id: MediaId,
    /// The alternative text; null or absent keeps the one of the upload.
    pub alt: Option<AltText>,
}

from_json! { NewPostMedia { upload_id, alt } }

/// The media to attach to a post, in order and without duplicates.
#[derive(Default)]
pub struct MediaList(Vec<NewPostMedia>);

impl MediaList {
    /// The maximum number of media items of a post.
    pub const MAX_ITEMS: usize = MAX_MEDIA_PER_POST;
}

impl Deref for MediaList {
    type Target = [NewPostMedia];

    fn deref(&self) -> &[NewPostMedia] {
        &self.0
    }
}

impl FromJson for MediaList {
    fn from_json(json: &RawValue, at: At<'_>, faults: &mut Faults) -> Option<Self> {
        let media: Vec<Option<NewPostMedia>> = read_items(json, at, faults)?;
        let is_short = media.len() <= Self::MAX_ITEMS;
        if !is_short {
            let detail = format!("attach at most {} media items", Self::MAX_ITEMS);
            faults.add(at, "too_many", detail);
        }
        let mut seen = HashSet::new();
        let mut are_different = true;
        for (position, media) in media.iter().enumerate() {
            let id = media.as_ref().map(|media| media.upload_id);
            if id.is_some_and(|id| !seen.insert(id)) {
                are_different = false;
                let at = At::Item(&at, position);
                let at = At::Member(&at, "upload_id");
                faults.add(at, "duplicate", "the same media item occurs twice");
            }
        }
        let media: Option<_> = media.into_iter().collect();
        media.filter(|_| is_short && are_different).map(Self)
    }
}

impl PartialSchema for MediaList {
    fn schema() -> RefOr<Schema> {
        let media = Ref::from_schema_name(NewPostMedia::name());
        ArrayBuilder::new()
            .items(RefOr::Ref(media))
            .max_items(Some(Self::MAX_ITEMS))
            .into()
    }
}

impl ToSchema for MediaList {
    fn name() -> Cow<'static, str> {
        "MediaList".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((NewPostMedia::name().into(), NewPostMedia::schema()));
        NewPostMedia::schemas(schemas);
    }
}
