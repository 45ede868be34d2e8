//! Every operation of the API in a line or two: whom it answers, what it takes and gives. The
//! method and the address stand in the route table, under the same operation id.

use super::operation::{Operation, operation};
use crate::accounts::model::{Me, NewUser, PasswordChange};
use crate::comments::model::{Comment, CommentPatch, NewComment};
use crate::instance::Instance;
use crate::media::model::Media;
use crate::posts::model::{NewPost, Post, PostPatch};
use crate::profiles::model::{PictureChoice, ProfilePatch, User};
use crate::sessions::model::{Refresh, Session, SignIn, Tokens};
use crate::uploads::model::Upload;

/// Operations that belong together.
pub struct Group {
    pub tag: &'static str,
    pub about: &'static str,
    pub operations: Vec<Operation>,
}

/// All of them, in the order in which a newcomer reads.
pub fn all() -> Vec<Group> {
    let group = |tag, about, operations| Group {
        tag,
        about,
        operations,
    };
    vec![
        group(
            "accounts",
            "Signing up, and what one sees of oneself.",
            accounts(),
        ),
        group(
            "sessions",
            "Signing in, staying signed in, signing out.",
            sessions(),
        ),
        group("people", "What people see of each other.", people()),
        group("posts", "Posts and what hangs on them.", posts()),
        group(
            "comments",
            "What people answer to posts and to each other.",
            comments(),
        ),
        group("reading", "Feeds and search.", reading()),
        group("media", "Videos and pictures.", media()),
        group("instance", "This installation.", instance()),
    ]
}

fn accounts() -> Vec<Operation> {
    let takes_picture = |id, summary| {
        operation(id, summary)
            .for_caller()
            .takes::<PictureChoice>()
            .or_form::<PictureChoice>()
            .refuses(&[409])
    };
    vec![
        operation("create_user", "Sign up")
            .takes::<NewUser>()
            .or_form::<NewUser>()
            .creates::<Me>()
            .refuses(&[409]),
        operation("get_me", "One's own account")
            .for_caller()
            .answers::<Me>(),
        operation("update_me", "Change one's profile")
            .for_caller()
            .patches::<ProfilePatch>()
            .answers::<Me>(),
        operation(
            "update_password",
            "Change one's password, and end all one's other sessions",
        )
        .for_caller()
        .takes::<PasswordChange>()
        .refuses(&[403]),
        takes_picture("update_avatar", "Show another avatar"),
        operation("delete_avatar", "Show the default avatar").for_caller(),
        takes_picture("update_cover", "Show another cover"),
        operation("delete_cover", "Show the default cover").for_caller(),
    ]
}

fn sessions() -> Vec<Operation> {
    vec![
        operation("create_session", "Sign in")
            .takes::<SignIn>()
            .creates::<Tokens>()
            .refuses(&[401, 403]),
        operation("refresh_session", "New tokens for the refresh token")
            .takes::<Refresh>()
            .answers::<Tokens>()
            .refuses(&[401]),
        operation("list_sessions", "Where one is signed in, newest first")
            .for_caller()
            .lists::<Session>(),
        operation("delete_current_session", "Sign out").for_caller(),
        operation("delete_session", "End one of one's sessions").for_caller(),
        operation(
            "delete_all_sessions",
            "End all one's sessions, this one too",
        )
        .for_caller(),
    ]
}

fn people() -> Vec<Operation> {
    let on_another = |id, summary| operation(id, summary).for_caller().refuses(&[422]);
    vec![
        operation("get_user", "A user")
            .for_viewer()
            .answers::<User>(),
        operation("list_user_posts", "A user's posts, newest first")
            .for_viewer()
            .lists::<Post>(),
        operation("list_followers", "Who follows a user")
            .for_caller()
            .lists::<User>(),
        operation("list_following", "Whom a user follows")
            .for_caller()
            .lists::<User>(),
        on_another(
            "follow_user",
            "Follow, or ask a private account to be let in",
        ),
        on_another(
            "unfollow_user",
            "Follow no longer, or take the request back",
        ),
        operation("list_follow_requests", "Who asks to follow one")
            .for_caller()
            .lists::<User>(),
        operation("accept_follow_request", "Let someone follow one").for_caller(),
        operation("decline_follow_request", "Do not let someone follow one").for_caller(),
        on_another("block_user", "Block: each is unseen by the other"),
        on_another("unblock_user", "Block no longer"),
        operation("list_blocks", "Whom one blocks")
            .for_caller()
            .lists::<User>(),
        on_another("mute_user", "Mute: out of one's feeds and search"),
        on_another("unmute_user", "Mute no longer"),
        operation("list_mutes", "Whom one mutes")
            .for_caller()
            .lists::<User>(),
    ]
}

fn posts() -> Vec<Operation> {
    vec![
        operation("create_post", "Post something")
            .for_caller()
            .takes::<NewPost>()
            .creates::<Post>(),
        operation("get_post", "A post")
            .for_viewer()
            .answers::<Post>(),
        operation("update_post", "Edit a post; `media` is the whole new list")
            .for_caller()
            .patches::<PostPatch>()
            .answers::<Post>()
            .refuses(&[403, 409]),
        operation("delete_post", "Delete a post")
            .for_caller()
            .refuses(&[403]),
        operation("like_post", "Like a post").for_caller(),
        operation("unlike_post", "Like a post no longer").for_caller(),
        operation("list_post_likes", "Who likes a post, newest first")
            .for_caller()
            .lists::<User>(),
    ]
}

fn comments() -> Vec<Operation> {
    vec![
        operation(
            "list_post_comments",
            "What answers a post or one of its comments, oldest first, with the oldest replies",
        )
        .for_viewer()
        .asks("parent_id")
        .lists::<Comment>(),
        operation("create_comment", "Answer a post or one of its comments")
            .for_caller()
            .takes::<NewComment>()
            .creates::<Comment>(),
        operation("get_comment", "A comment")
            .for_viewer()
            .answers::<Comment>(),
        operation("update_comment", "Change what one's comment says")
            .for_caller()
            .patches::<CommentPatch>()
            .answers::<Comment>()
            .refuses(&[403]),
        operation(
            "delete_comment",
            "Delete a comment; what answers it stays where it is",
        )
        .for_caller()
        .refuses(&[403]),
        operation("like_comment", "Like a comment").for_caller(),
        operation("unlike_comment", "Like a comment no longer").for_caller(),
    ]
}

fn reading() -> Vec<Operation> {
    vec![
        operation("list_public_posts", "Everyone's public posts, newest first")
            .for_viewer()
            .lists::<Post>(),
        operation(
            "list_home_posts",
            "One's own posts and those of whom one follows",
        )
        .for_caller()
        .lists::<Post>(),
        operation("search", "Posts by their words, or people by their names")
            .for_caller()
            .lists_either::<Post, User>()
            .asks("q")
            .asks("kind"),
    ]
}

fn media() -> Vec<Operation> {
    vec![
        operation("get_media", "A media")
            .for_viewer()
            .answers::<Media>(),
        operation("get_upload", "How far an upload of one's own is")
            .for_caller()
            .answers::<Upload>(),
        operation("delete_media", "Delete a media that hangs on nothing")
            .for_caller()
            .refuses(&[403]),
    ]
}

fn instance() -> Vec<Operation> {
    vec![
        operation("get_instance", "What this installation is and allows")
            .for_viewer()
            .answers::<Instance>(),
    ]
}
