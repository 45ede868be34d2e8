//! The tables of all codes, by the alphabet. A line added here shows in `docs/errors.md`, which a
//! test of the package `system-tests` renews (`cargo test -p system-tests --test arrows codes`).

use super::{FieldCode, ProblemCode};

macro_rules! problems {
    ($($name:ident [$($status:literal),+] $advice:literal;)*) => {
        /// The member `code` of a problem: its name, its statuses, what it means or what to do.
        pub const PROBLEMS: &[ProblemCode] = &[$(ProblemCode {
            name: stringify!($name),
            statuses: &[$($status),+],
            advice: $advice,
        }),*];
    };
}

macro_rules! fields {
    ($($name:ident $advice:literal;)*) => {
        /// The member `code` of what stands in `errors`: its name, and what is wrong.
        pub const FIELDS: &[FieldCode] = &[$(FieldCode {
            name: stringify!($name),
            advice: $advice,
        }),*];
    };
}

problems! {
    alt_not_text [422] "`alt` in the upload's metadata is text in UTF-8 without NUL.";
    alt_too_long [422] "`alt` in the upload's metadata has too many characters.";
    beyond_upload_length [413]
        "The body has more bytes than the upload has room for: ask for its offset by HEAD.";
    body_broken [400] "The body broke off or is malformed: send the rest again.";
    body_incomplete [400] "The body ended before its end: send it again.";
    body_too_large [413] "The body is larger than this address takes.";
    body_too_slow [408, 503]
        "The body came too slowly. An upload keeps what came: go on from its offset.";
    busy [503] "Too many wait for the same: try again after `Retry-After`.";
    completed_upload [403] "The upload is complete; delete its media instead.";
    draft_not_spoken [412] "Uploads are spoken as tus 1.0.0: send `Tus-Resumable: 1.0.0`.";
    duplicate_header [400] "A header that may be sent once was sent more often.";
    email_taken [409] "There is an account with this e-mail address.";
    extension_not_offered [400] "`Tus-Extension` does not list what the request needs.";
    forbidden [403] "You see it, and it is not yours to change.";
    gone [410] "What this key made was deleted since.";
    header_too_large [431] "All headers together are larger than the server takes (32 KiB, if nobody set it).";
    idempotency_key_in_use [409]
        "The request with this key is still running: try again in a second.";
    idempotency_key_reused [422] "This key was sent with another body: take a new key.";
    internal_error [500] "The fault is ours. The log has the cause under `request_id`.";
    invalid_credentials [401] "The login or the password is wrong; which of them is not told.";
    invalid_cursor [422]
        "Cursors come from `next_cursor` of the same list, and are sent as they came.";
    invalid_fields [422] "`errors` says which fields, and what is wrong with each.";
    invalid_idempotency_key [400]
        "`Idempotency-Key` is 1 to 255 visible ASCII characters, sent once.";
    malformed_form [400] "The body is no multipart form.";
    malformed_header [400] "A header is not what its grammar says.";
    malformed_json [400] "The body is not JSON in UTF-8.";
    malformed_metadata [400] "`Upload-Metadata` is not what tus says.";
    malformed_query [400] "The query is not percent-encoded UTF-8.";
    malformed_request [400] "This is not HTTP/1.1: a line of the request's head cannot be read.";
    media_attached [403] "A media that hangs on a post or a profile goes with it, or by being left out of it.";
    media_in_use [409] "The media hangs on something already: upload it again for another use.";
    media_not_ready [409] "The media is not ready: wait until it is.";
    method_not_allowed [405] "`Allow` says which methods this address takes.";
    mismatching_upload_offset [409]
        "`Upload-Offset` is not where the upload ends: ask by HEAD, and go on from there.";
    missing_header [400] "A header that the request needs is not there.";
    no_space [507] "The store is full. What was acknowledged stays.";
    not_found [404] "It is not there, or not for you.";
    own_account [422] "Nobody follows, blocks or mutes themselves.";
    post_full [422] "The post has as many media as it may have.";
    post_not_found [404] "`post_id` in the upload's metadata names no post of yours.";
    post_not_yours [403] "`post_id` in the upload's metadata names someone else's post.";
    precondition_failed [412] "The file has changed since you had it.";
    range_not_satisfiable [416] "The file has no such bytes; `Content-Range` tells its size.";
    rate_limited [429]
        "Too many requests: wait for `Retry-After`. `RateLimit` tells how many are left.";
    refresh_token_invalid [401] "Sign in again.";
    session_ended [401] "The session was signed out or revoked: sign in again.";
    suspended [401, 403] "The account is suspended.";
    token_expired [401] "Refresh the session, then send the request again.";
    token_invalid [401] "This is no access token of ours, or its key was revoked: refresh once, else sign in again.";
    token_missing [401] "Send `Authorization: Bearer` with an access token.";
    too_many_attempts [429]
        "Too many attempts to sign in to this account have failed: wait for `Retry-After`.";
    too_many_parts [400] "The form has too many parts.";
    type_not_accepted [422]
        "Files of the declared type are not taken here; `/instance` lists those that are.";
    unauthorized [401] "Send `Authorization: Bearer` with an access token.";
    unavailable [503] "Something is away for the moment: try again after `Retry-After`.";
    unsupported_content_type [415] "Bytes are sent as `application/offset+octet-stream`.";
    unsupported_media_type [415] "The body is of a type that this address does not take.";
    unsupported_version [412] "Send `Tus-Resumable: 1.0.0`.";
    upload_gone [410] "The upload will never be finished: begin a new one.";
    upload_locked [423] "Another request writes this upload: try again in a second.";
    upload_not_found [404] "There is no such upload, or it is someone else's.";
    upload_too_large [413] "`/instance` tells the largest upload.";
    uri_too_long [414] "The address is longer than the server takes.";
    username_taken [409] "Somebody has this username; case makes no difference.";
    wrong_host [421] "The server does not serve this host: the operator's `PAWL_ALLOWED_HOSTS`.";
    wrong_password [403] "The current password is another one; this counts as a failed sign-in.";
}

fields! {
    duplicate "The same thing stands there twice.";
    duplicate_field "This field is there more than once.";
    email_taken "There is an account with this e-mail address.";
    empty "The file is empty.";
    invalid_cursor "The cursor was not given out for this list.";
    invalid_email "This is no e-mail address.";
    invalid_login "A login has no NUL characters.";
    invalid_name
        "A name has 1 to 50 characters, some of them to be seen and none a control character.";
    invalid_text "A text has no NUL characters.";
    invalid_username
        "1 to 64 of `A-Z a-z 0-9 _ . + -`, beginning with a letter, a digit or `_`, not ending in a dot.";
    media_in_use "The media hangs on something already.";
    media_not_ready "The media is not ready.";
    not_a_picture "The upload is no picture.";
    not_media "The file is no picture that we can read.";
    out_of_range "The number is too small or too large.";
    own_account "This is oneself.";
    password_common "It is one of the passwords that are tried first.";
    password_numeric "A password is not only digits.";
    password_too_long "A password has at most 256 characters.";
    password_too_short "A password has at least 8 characters.";
    password_too_similar "It is too much like a name or the e-mail address of its owner.";
    password_too_weak "It is easily guessed.";
    private_account "A private account posts for its followers: say `followers`.";
    required "This field is needed.";
    too_long "There are too many characters.";
    too_many "There are too many items.";
    too_many_pictures "Send a picture or name one, not both.";
    too_many_pixels "The picture has more pixels than allowed.";
    truncated "The file ends too early.";
    unknown_comment "There is no such comment of this post, or it is deleted.";
    unknown_field "There is no such field.";
    unknown_upload "There is no such upload of yours.";
    unknown_value "This is none of the values there are.";
    unsupported_codec "The file is in a format that we cannot decode.";
    username_taken "Somebody has this username; case makes no difference.";
    wrong_type "This is not of the type it must have.";
}
