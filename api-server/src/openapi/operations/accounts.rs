//! Signing up and in, and what one changes of oneself.

use crate::accounts::model::{Me, NewUser, PasswordChange};
use crate::openapi::operation::{Operation, operation};
use crate::profiles::model::{PictureChoice, ProfilePatch};
use crate::sessions::model::{Refresh, Session, SignIn, Tokens};

pub fn accounts() -> Vec<Operation> {
    vec![
        operation(
            "create_user",
            "Sign up",
            "Makes an account, with an avatar where a form has a file `picture`; it gives no tokens.",
        )
        .takes::<NewUser>()
        .or_form::<NewUser>()
        .creates::<Me>()
        .refuses(&[(409, "email_taken"), (409, "username_taken"), (503, "busy")]),
        operation(
            "get_me",
            "One's own account",
            "One's profile with what only oneself sees: the e-mail address and the role.",
        )
        .for_caller()
        .answers::<Me>(),
        operation(
            "update_me",
            "Change one's profile",
            "A merge patch: what is absent stays. An account that becomes private shows its public \
             posts to its followers only.",
        )
        .for_caller()
        .patches::<ProfilePatch>()
        .answers::<Me>(),
        operation(
            "update_password",
            "Change one's password",
            "Ends all one's other sessions. A wrong current password counts as a failed sign-in.",
        )
        .for_caller()
        .takes::<PasswordChange>()
        .refuses(&[(403, "wrong_password"), (429, "too_many_attempts")]),
        takes_picture(
            "update_avatar",
            "Show another avatar",
            "A form with a file `picture`, or the id of an upload of one's own that is ready. The \
             avatar before is deleted.",
        ),
        operation(
            "delete_avatar",
            "Show the default avatar",
            "Deletes the avatar; 204 where there was none too.",
        )
        .for_caller(),
        takes_picture(
            "update_cover",
            "Show another cover",
            "A form with a file `picture`, or the id of an upload of one's own that is ready. The \
             cover before is deleted.",
        ),
        operation(
            "delete_cover",
            "Show the default cover",
            "Deletes the cover; 204 where there was none too.",
        )
        .for_caller(),
    ]
}

fn takes_picture(id: &'static str, summary: &'static str, description: &'static str) -> Operation {
    operation(id, summary, description)
        .for_caller()
        .takes::<PictureChoice>()
        .or_form::<PictureChoice>()
        .refuses(&[(409, "media_in_use"), (409, "media_not_ready")])
}

pub fn sessions() -> Vec<Operation> {
    vec![
        operation(
            "create_session",
            "Sign in",
            "Failed attempts slow the next ones, also those with the right password: 429 with \
             `Retry-After`.",
        )
        .takes::<SignIn>()
        .creates::<Tokens>()
        .refuses(&[
            (401, "invalid_credentials"),
            (403, "suspended"),
            (429, "too_many_attempts"),
        ]),
        operation(
            "refresh_session",
            "New tokens for the refresh token",
            "A refresh token is for one use. One that comes back much later is taken for stolen and \
             ends the session.",
        )
        .takes::<Refresh>()
        .answers::<Tokens>()
        .refuses(&[
            (401, "refresh_token_invalid"),
            (401, "session_ended"),
            (401, "suspended"),
        ]),
        operation(
            "list_sessions",
            "Where one is signed in",
            "One's live sessions, the newest first; `current` marks the one that asks.",
        )
        .for_caller()
        .lists::<Session>(),
        operation(
            "delete_current_session",
            "Sign out",
            "Ends the session of the token: neither it nor its refresh token is taken any more.",
        )
        .for_caller(),
        operation(
            "delete_session",
            "End one of one's sessions",
            "404 for somebody else's and for one that is over.",
        )
        .for_caller(),
        operation(
            "delete_all_sessions",
            "Sign out everywhere",
            "Ends all one's sessions, the one that asks too.",
        )
        .for_caller(),
    ]
}
