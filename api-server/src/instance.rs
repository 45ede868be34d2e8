//! What clients need to know about this server before a user signs in.
//!
//! `GET /instance`

use serde::Serialize;
use shared::auth::Principal;
use shared::media::image::{MAX_PIXELS, MAX_SIDE, PictureFormat};
use utoipa::ToSchema;

use crate::app::App;
use crate::comments::model::CommentText;
use crate::http::{ApiResult, MAX_PAGE_ITEMS, MAX_PICTURE_BYTES};
use crate::posts::model::{AltText, MediaList, PostText};
use crate::profiles::model::Bio;
use crate::routes::{Resource, Route, Tag, for_viewer};

/// This server.
#[derive(Serialize, ToSchema)]
pub struct Instance {
    /// The name of the software.
    name: &'static str,
    /// The version of the software.
    version: &'static str,
    /// Where to upload, and what is accepted.
    uploads: Uploads,
    /// Which pictures a form may contain.
    pictures: Pictures,
    /// The maximum sizes of content.
    limits: Limits,
    /// Optional features that this version supports.
    features: [&'static str; 0],
}

impl Resource for Instance {}

/// The terms of uploads.
#[derive(Serialize, ToSchema)]
pub struct Uploads {
    /// The URL at which tus clients create uploads.
    url: String,
    /// The maximum size of an upload.
    max_bytes: u64,
    /// Accepted media types, such as `video/*`.
    accept: Vec<String>,
}

/// The terms of pictures that are sent in a form, such as an avatar. A picture that is uploaded has
/// the terms of uploads.
#[derive(Serialize, ToSchema)]
pub struct Pictures {
    /// The maximum size of the file.
    max_bytes: usize,
    /// The maximum number of pixels. A picture whose conversion needs too much memory has fewer.
    max_pixels: u64,
    /// The maximum width and height, in pixels.
    max_side: u32,
    /// The media types of the accepted formats. The bytes of the file decide, not its declared
    /// type.
    accept: [&'static str; 4],
}

/// Maximum sizes, in characters (Unicode code points of normalized texts) or items.
#[derive(Serialize, ToSchema)]
pub struct Limits {
    /// The maximum length of a post's text.
    post_text_chars: usize,
    /// The maximum number of media items of a post.
    post_media: usize,
    /// The maximum length of a comment's text.
    comment_text_chars: usize,
    /// The maximum length of an alternative text.
    alt_chars: usize,
    /// The maximum length of a bio.
    bio_chars: usize,
    /// The maximum number of items per page.
    page_items: usize,
}

/// The routes of this domain.
pub fn routes() -> Vec<Route> {
    Tag::Instance.of([
        Route::get("/instance", for_viewer!(get_instance)).described(
            "Read the settings of this installation",
            "The URL for uploads, the terms of uploads and pictures, the maximum lengths of texts, \
                 and the number of media items that a post may have.",
        ),
    ])
}

async fn get_instance(app: &App, _: Option<&Principal>) -> ApiResult<Instance> {
    Ok(Instance {
        name: "Pawl",
        version: env!("CARGO_PKG_VERSION"),
        uploads: Uploads {
            url: app.uploads.url.clone(),
            max_bytes: app.uploads.max_bytes,
            accept: app.uploads.accept.clone(),
        },
        pictures: Pictures {
            max_bytes: MAX_PICTURE_BYTES,
            max_pixels: MAX_PIXELS,
            max_side: MAX_SIDE,
            accept: PictureFormat::DECODED.map(PictureFormat::media_type),
        },
        limits: Limits {
            post_text_chars: PostText::MAX_CHARS,
            post_media: MediaList::MAX_ITEMS,
            comment_text_chars: CommentText::MAX_CHARS,
            alt_chars: AltText::MAX_CHARS,
            bio_chars: Bio::MAX_CHARS,
            page_items: MAX_PAGE_ITEMS,
        },
        features: [],
    })
}

#[cfg(all(test, feature = "testing"))]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[tokio::test]
    async fn the_instance_tells_where_uploads_go_and_what_the_limits_are() {
        let test = TestApp::start().await;
        let answer = test.anon().get("/instance").await;
        assert_eq!(answer.status, 200);
        let expected = json!({
            "name": "Pawl",
            "version": env!("CARGO_PKG_VERSION"),
            "uploads": {
                "url": "http://127.0.0.1:1080/files/",
                "max_bytes": 8_589_934_592_u64,
                "accept": ["video/*"],
            },
            "pictures": {
                "max_bytes": 10_485_760,
                "max_pixels": 120_000_000,
                "max_side": 65_535,
                "accept": ["image/jpeg", "image/png", "image/webp", "image/gif"],
            },
            "limits": {
                "post_text_chars": 5000,
                "post_media": 20,
                "comment_text_chars": 2000,
                "alt_chars": 1500,
                "bio_chars": 500,
                "page_items": 100,
            },
            "features": [],
        });
        assert_eq!(answer.json(), expected);
    }
}
