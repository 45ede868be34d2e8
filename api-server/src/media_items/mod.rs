//! Single media items, whose visibility is that of the post or the profile that uses them.
//!
//! `GET DELETE /media/{id}`

mod actions;
mod rights;

use self::actions::{delete_media, get_media};
use crate::routes::{Route, Tag, for_caller, for_viewer};

/// The routes of this domain.
pub fn routes() -> Vec<Route> {
    const MEDIA: &str = "/media/{id}";
    Tag::Media.of([
        Route::get(MEDIA, for_viewer!(get_media)).described(
            "Read the state and URLs of a media item",
            "Only the owner sees the progress and the reason for a failure.",
        ),
        Route::delete(MEDIA, for_caller!(delete_media))
            .described(
                "Delete an unattached media item",
                "403 while a post or a profile uses it: change the post or the profile instead.",
            )
            .refuses(&[(403, "forbidden"), (403, "media_attached")]),
    ])
}
