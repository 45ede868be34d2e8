//! Posts, and the comments and likes on them.

use crate::comments::model::{Comment, CommentPatch, NewComment};
use crate::openapi::operation::{Operation, operation};
use crate::openapi::refusals::Codes;
use crate::posts::model::{NewPost, Post, PostPatch};
use crate::profiles::model::User;

const FORBIDDEN: Codes = &[(403, "forbidden")];
const MEDIA_IN_USE: Codes = &[(409, "media_in_use")];

pub fn posts() -> Vec<Operation> {
    vec![
        operation(
            "create_post",
            "Post something",
            "A post has a text or media. It is there at once, whatever the state of its media.",
        )
        .for_caller()
        .takes::<NewPost>()
        .creates::<Post>()
        .refuses(MEDIA_IN_USE),
        operation("get_post", "A post", "404 for who may not see it.")
            .for_viewer()
            .answers::<Post>(),
        operation(
            "update_post",
            "Edit a post",
            "A merge patch by its author: `media` is the whole new list, and what it leaves out is \
             deleted.",
        )
        .for_caller()
        .patches::<PostPatch>()
        .answers::<Post>()
        .refuses(FORBIDDEN)
        .refuses(MEDIA_IN_USE),
        operation(
            "delete_post",
            "Delete a post",
            "By its author or an admin, with its media and comments. It is unseen at once.",
        )
        .for_caller()
        .refuses(FORBIDDEN),
        operation("like_post", "Like a post", "204 also when it is liked.").for_caller(),
        operation(
            "unlike_post",
            "Like a post no longer",
            "204 also when it was not liked.",
        )
        .for_caller(),
        operation(
            "list_post_likes",
            "Who likes a post",
            "The newest like first.",
        )
        .for_caller()
        .lists::<User>(),
    ]
}

pub fn comments() -> Vec<Operation> {
    vec![
        operation(
            "list_post_comments",
            "What answers a post or one of its comments",
            "The oldest first, each with its oldest replies and these with theirs.",
        )
        .for_viewer()
        .asks("parent_id")
        .lists::<Comment>(),
        operation(
            "create_comment",
            "Answer a post or one of its comments",
            "Whoever sees a post may comment on it.",
        )
        .for_caller()
        .takes::<NewComment>()
        .creates::<Comment>(),
        operation(
            "get_comment",
            "A comment",
            "With its oldest replies and these with theirs.",
        )
        .for_viewer()
        .answers::<Comment>(),
        operation(
            "update_comment",
            "Change what one's comment says",
            "By its author only.",
        )
        .for_caller()
        .patches::<CommentPatch>()
        .answers::<Comment>()
        .refuses(FORBIDDEN),
        operation(
            "delete_comment",
            "Delete a comment",
            "By its author, the post's author or an admin; what answers it stays where it is.",
        )
        .for_caller()
        .refuses(FORBIDDEN),
        operation(
            "like_comment",
            "Like a comment",
            "204 also when it is liked.",
        )
        .for_caller(),
        operation(
            "unlike_comment",
            "Like a comment no longer",
            "204 also when it was not liked.",
        )
        .for_caller(),
    ]
}
