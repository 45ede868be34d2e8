//! What people are to each other.

use crate::openapi::operation::{Operation, operation};
use crate::openapi::refusals::Codes;
use crate::posts::model::Post;
use crate::profiles::model::User;

const OWN_ACCOUNT: Codes = &[(422, "own_account")];

pub fn all() -> Vec<Operation> {
    let mut all = profiles();
    all.extend(follows());
    all.extend(blocks_and_mutes());
    all
}

fn profiles() -> Vec<Operation> {
    vec![
        operation(
            "get_user",
            "A user",
            "The profile, also of a private account; 404 where either blocks the other.",
        )
        .for_viewer()
        .answers::<User>(),
        operation(
            "list_user_posts",
            "A user's posts",
            "The newest first, as far as the viewer may see them.",
        )
        .for_viewer()
        .lists::<Post>(),
        operation(
            "list_followers",
            "Who follows a user",
            "The newest first; of a private account for its followers only.",
        )
        .for_caller()
        .lists::<User>(),
        operation(
            "list_following",
            "Whom a user follows",
            "The newest first; of a private account for its followers only.",
        )
        .for_caller()
        .lists::<User>(),
    ]
}

fn follows() -> Vec<Operation> {
    vec![
        operation(
            "follow_user",
            "Follow someone",
            "A private account is asked: `viewer.follow_requested` is true until it decides.",
        )
        .for_caller()
        .refuses(OWN_ACCOUNT),
        operation(
            "unfollow_user",
            "Follow someone no longer",
            "Takes a request back too.",
        )
        .for_caller(),
        operation(
            "list_follow_requests",
            "Who asks to follow one",
            "The newest first.",
        )
        .for_caller()
        .lists::<User>(),
        operation(
            "accept_follow_request",
            "Let someone follow one",
            "204 also for who follows already; 404 for who has not asked.",
        )
        .for_caller(),
        operation(
            "decline_follow_request",
            "Do not let someone follow one",
            "They are not told, and may ask again.",
        )
        .for_caller(),
    ]
}

fn blocks_and_mutes() -> Vec<Operation> {
    vec![
        operation(
            "block_user",
            "Block someone",
            "Each is unseen by the other, and follows end both ways.",
        )
        .for_caller()
        .refuses(OWN_ACCOUNT),
        operation(
            "unblock_user",
            "Block someone no longer",
            "What the block ended stays ended.",
        )
        .for_caller(),
        operation("list_blocks", "Whom one blocks", "The newest block first.")
            .for_caller()
            .lists::<User>(),
        operation(
            "mute_user",
            "Mute someone",
            "Out of one's feeds and search; their profile and comments stay. They are not told.",
        )
        .for_caller()
        .refuses(OWN_ACCOUNT),
        operation(
            "unmute_user",
            "Mute someone no longer",
            "204 also for who was not muted.",
        )
        .for_caller(),
        operation("list_mutes", "Whom one mutes", "The newest mute first.")
            .for_caller()
            .lists::<User>(),
    ]
}
