//! What a client must know of this installation before anyone has signed in.
//!
//! `GET /instance`

use std::sync::Arc;

use serde::Serialize;
use shared::auth::Principal;
use utoipa::ToSchema;

use crate::app::App;
use crate::comments::model::CommentText;
use crate::http::{ApiResult, MAX_PAGE_ITEMS, Reply, Request, ok};
use crate::posts::model::{AltText, MediaList, PostText};
use crate::profiles::model::Bio;
use crate::routes::{Route, Tag, for_viewer};

/// An installation.
#[derive(Serialize, ToSchema)]
pub struct Instance<'a> {
    /// The program.
    name: &'static str,
    /// The program's.
    version: &'static str,
    /// What is uploaded, and where to.
    uploads: Uploads<'a>,
    /// The bounds of what is sent.
    limits: Limits,
    /// What this version can do beyond the core.
    features: [&'static str; 0],
}

/// What uploads are told.
#[derive(Serialize, ToSchema)]
pub struct Uploads<'a> {
    /// Where tus clients upload.
    url: &'a str,
    /// The largest upload.
    max_bytes: u64,
    /// Media types that are taken, such as `video/*`.
    accept: &'a [String],
}

/// Bounds, in characters (Unicode scalar values) or things.
#[derive(Serialize, ToSchema)]
pub struct Limits {
    /// The longest text of a post.
    post_text_chars: usize,
    /// The most media of a post.
    post_media: usize,
    /// The longest text of a comment.
    comment_text_chars: usize,
    /// The longest text for those who cannot see a media.
    alt_chars: usize,
    /// The longest bio.
    bio_chars: usize,
    /// The most items of a page.
    page_items: usize,
}

/// The routes of this domain.
pub fn routes() -> Vec<Route> {
    Tag::Instance.of([
        Route::get("/instance", "get_instance", for_viewer(get_instance))
            .described(
                "Read what this installation is and allows",
                "Where uploads go, the longest texts, and how many media a post holds.",
            )
            .answers::<Instance>(),
    ])
}

async fn get_instance(app: Arc<App>, _: Option<Principal>, _: Request) -> ApiResult<Reply> {
    ok(&Instance {
        name: "Pawl",
        version: env!("CARGO_PKG_VERSION"),
        uploads: Uploads {
            url: &app.uploads.url,
            max_bytes: app.uploads.max_bytes,
            accept: &app.uploads.accept,
        },
        limits: Limits {
            post_text_chars: PostText::MOST,
            post_media: MediaList::MOST,
            comment_text_chars: CommentText::MOST,
            alt_chars: AltText::MOST,
            bio_chars: Bio::MOST,
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
