//! Feeds and search, media, and the installation.

use crate::instance::Instance;
use crate::media::model::Media;
use crate::openapi::operation::{Operation, operation};
use crate::posts::model::Post;
use crate::profiles::model::User;
use crate::uploads::model::Upload;

pub fn reading() -> Vec<Operation> {
    vec![
        operation(
            "list_public_posts",
            "Everyone's public posts",
            "The newest first, without those of whom the viewer mutes or is blocked by.",
        )
        .for_viewer()
        .lists::<Post>(),
        operation(
            "list_home_posts",
            "One's own posts and those of whom one follows",
            "The newest first, without those of whom one mutes.",
        )
        .for_caller()
        .lists::<Post>(),
        operation(
            "search",
            "Posts by their words, or people by their names",
            "Posts are public ones that have all the words, the newest first. Of people whoever has \
             exactly that username comes first.",
        )
        .for_caller()
        .lists_either::<Post, User>()
        .asks("q")
        .asks("kind"),
    ]
}

pub fn media() -> Vec<Operation> {
    vec![
        operation(
            "get_media",
            "A media",
            "Its state and addresses; its progress and the cause of a failure for its owner only.",
        )
        .for_viewer()
        .answers::<Media>(),
        operation(
            "get_upload",
            "How far an upload of one's own is",
            "Asked from beside, which does not disturb a running append.",
        )
        .for_caller()
        .answers::<Upload>(),
        operation(
            "delete_media",
            "Delete a media that hangs on nothing",
            "403 while it hangs on a post or a profile: change that instead.",
        )
        .for_caller()
        .refuses(&[(403, "forbidden"), (403, "media_attached")]),
    ]
}

pub fn instance() -> Vec<Operation> {
    vec![
        operation(
            "get_instance",
            "What this installation is and allows",
            "Where uploads go, the longest texts, and how much a post holds.",
        )
        .for_viewer()
        .answers::<Instance>(),
    ]
}
