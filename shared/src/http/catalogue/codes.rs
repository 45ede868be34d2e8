//! The tables of all codes, in alphabetical order. A test writes `docs/errors.md` from them:
//! `PAWL_WRITE_ERRORS=1 cargo test --workspace --all-features --test arrows codes`.

/// A code of a problem.
#[derive(Debug, Clone, Copy)]
pub struct ProblemCode {
    /// Its stable name.
    pub name: &'static str,
    /// The statuses that it occurs with.
    pub statuses: &'static [u16],
    /// What it means, or what to do.
    pub advice: &'static str,
}

/// A code of one field, in `errors`.
#[derive(Debug, Clone, Copy)]
pub struct FieldCode {
    /// Its stable name.
    pub name: &'static str,
    /// What is wrong with the field.
    pub advice: &'static str,
}

macro_rules! problems {
    ($($name:ident [$($status:literal),+] $advice:literal;)*) => {
        /// The values of a problem's `code`: name, statuses, and what it means or what to do.
        pub const PROBLEMS: &[ProblemCode] = &[$(ProblemCode {
            name: stringify!($name),
            statuses: &[$($status),+],
            advice: $advice,
        }),*];
    };
}

macro_rules! fields {
    ($($name:ident $advice:literal;)*) => {
        /// The values of `code` in `errors`: name, and what is wrong with the field.
        pub const FIELDS: &[FieldCode] = &[$(FieldCode {
            name: stringify!($name),
            advice: $advice,
        }),*];
    };
}

problems! {
    alt_not_text [422]
        "`alt` in `Upload-Metadata` must be UTF-8 text without control characters and bidirectional \
         controls.";
    alt_too_long [422] "`alt` in `Upload-Metadata` has too many characters.";
    beyond_upload_length [413]
        "The body goes beyond `Upload-Length`. Send HEAD to get the current offset.";
    body_broken [400] "The body ended early or is malformed. Send the rest again.";
    body_incomplete [400] "The body ended early. Send it again.";
    body_too_large [413] "The body is larger than this endpoint accepts.";
    body_too_slow [408, 503]
        "The body arrived too slowly. An upload keeps what arrived: continue from its offset.";
    busy [503] "Too many requests of this kind are waiting. Try again after `Retry-After`.";
    completed_upload [403] "The upload is complete. Delete its media item instead.";
    draft_not_spoken [412]
        "The server supports tus 1.0.0, not the IETF draft. Send `Tus-Resumable: 1.0.0`.";
    duplicate_header [400] "A header that may be sent only once was sent several times.";
    email_taken [409] "An account with this e-mail address exists already.";
    extension_not_offered [400]
        "The request needs a tus extension that `Tus-Extension` does not list.";
    forbidden [403] "You may see this resource, but you may not change it.";
    gone [410] "The resource that this `Idempotency-Key` created has been deleted.";
    idempotency_key_in_use [409]
        "A request with this `Idempotency-Key` is still running. Try again in a second.";
    idempotency_key_reused [422]
        "This `Idempotency-Key` was sent with a different body. Use a new key.";
    internal_error [500] "The server failed. Its log has the cause under `request_id`.";
    invalid_credentials [401] "The login or the password is wrong. The server does not say which.";
    invalid_cursor [422] "Send a `next_cursor` of the same list, unchanged.";
    invalid_fields [422] "`errors` lists the fields that are wrong, with the reason for each.";
    invalid_idempotency_key [400]
        "`Idempotency-Key` must be 1 to 255 visible ASCII characters and be sent once.";
    malformed_form [400] "The body is not a multipart form.";
    malformed_header [400] "A header does not match its grammar.";
    malformed_json [400] "The body is not JSON in UTF-8.";
    malformed_metadata [400] "`Upload-Metadata` does not follow the tus specification.";
    malformed_query [400] "The query is not percent-encoded UTF-8.";
    media_attached [403]
        "The media item is attached: delete its post, or remove it from the post or profile.";
    media_in_use [409] "The media item is already attached. Upload the file again for another use.";
    media_not_ready [409] "The media item is not ready. Wait until its `state` is `ready`.";
    method_not_allowed [405]
        "This endpoint does not support the method. `Allow` lists the methods it supports.";
    mismatching_upload_offset [409]
        "`Upload-Offset` is not the upload's offset. Send HEAD and continue from that offset.";
    missing_header [400] "A required header is missing.";
    no_space [507] "The store is full. Acknowledged bytes are kept.";
    not_found [404] "The resource does not exist, or you may not see it.";
    own_account [422] "You cannot follow, block or mute yourself.";
    post_full [422] "The post already has the maximum number of media items.";
    post_not_found [404]
        "The post in `post_id` of `Upload-Metadata` does not exist, or you may not see it.";
    post_not_yours [403] "The post in `post_id` of `Upload-Metadata` belongs to another user.";
    precondition_failed [412] "The file has changed since you fetched it.";
    range_not_satisfiable [416]
        "The file does not have the requested bytes. `Content-Range` states its size.";
    rate_limited [429]
        "Too many requests. Wait for `Retry-After`. `RateLimit` states how many are left.";
    refresh_token_invalid [401] "The refresh token is not valid. Sign in again.";
    session_ended [401] "The session was signed out or revoked. Sign in again.";
    suspended [401, 403] "The account is suspended.";
    token_expired [401]
        "The access token has expired. Refresh the session, then send the request again.";
    token_invalid [401]
        "The access token is not valid, or its key was revoked. Refresh once, else sign in again.";
    token_missing [401] "Send `Authorization: Bearer` with an access token.";
    too_many_attempts [429]
        "Too many sign-ins to this account have failed. Wait for `Retry-After`.";
    too_many_parts [400] "The form has too many parts.";
    type_not_accepted [422]
        "The server does not accept files of the declared type. `/instance` lists the types.";
    unavailable [503]
        "A service that the request needs is unavailable. Try again after `Retry-After`.";
    unsupported_content_type [415] "Send upload bytes as `application/offset+octet-stream`.";
    unsupported_media_type [415]
        "This endpoint does not accept this `Content-Type` or `Content-Encoding`.";
    unsupported_transfer_coding [400]
        "The only transfer coding is `chunked`, once. Send the body with it or with `Content-Length`.";
    unsupported_version [412] "Send `Tus-Resumable: 1.0.0`.";
    upload_gone [410] "The upload can never be finished. Create a new one.";
    upload_locked [423] "Another request is writing this upload. Try again in a second.";
    upload_not_found [404] "The upload does not exist, or it belongs to another user.";
    upload_too_large [413] "The upload is too large. `/instance` states the maximum size.";
    username_taken [409] "The username is taken. Upper and lower case count as equal.";
    wrong_host [421]
        "The server does not serve this host. The operator can add it to `PAWL_ALLOWED_HOSTS`.";
    wrong_password [403] "The current password is wrong. This counts as a failed sign-in.";
}

fields! {
    duplicate "The list contains the same item twice.";
    duplicate_field "The field occurs more than once.";
    email_taken "An account with this e-mail address exists already.";
    empty "The file is empty.";
    encoder_failed "The picture could not be converted.";
    invalid_cursor "The cursor does not belong to this list.";
    invalid_email "This is not an e-mail address.";
    invalid_login "A login must not contain NUL characters.";
    invalid_name
        "The name is blank or too long, or has control characters or bidirectional controls.";
    invalid_text
        "A text must not contain control characters or bidirectional controls. `detail` names them.";
    invalid_username
        "Use only `A-Z a-z 0-9 _ . + -`. Begin with a letter, digit or `_`; do not end in a dot.";
    media_in_use "The media item is already attached.";
    media_not_ready "The media item is not ready.";
    not_a_picture "The upload is not a picture.";
    not_media "The server cannot read the file as a picture.";
    out_of_memory "Converting the picture needs too much memory.";
    out_of_range "The number is too small or too large.";
    own_account "You cannot do this to yourself.";
    password_common "The password is one of the most common passwords.";
    password_numeric "The password consists of digits only.";
    password_too_long "The password has too many characters.";
    password_too_short "The password has too few characters.";
    password_too_similar "The password is too similar to the user's name or e-mail address.";
    password_too_weak "The password is easy to guess.";
    private_account "A private account cannot post for everyone. Use `followers`.";
    required "The field is required.";
    timed_out "Converting the picture needs too much processor time.";
    too_long "The text has too many characters.";
    too_many "The list has too many items.";
    too_many_pictures "Send either a picture or the id of one, not both.";
    too_many_pixels "The picture has more pixels than allowed.";
    truncated "The file ends too early.";
    unknown_comment "The post has no such comment, or the comment is deleted.";
    unknown_field "The field does not exist.";
    unknown_upload "You have no such upload.";
    unknown_value "The value is not one of the allowed values.";
    unsupported_avif "The server does not read AVIF pictures. Send a JPEG or a PNG.";
    unsupported_bmp "The server does not read BMP pictures. Send a JPEG or a PNG.";
    unsupported_codec "The server cannot decode this file format.";
    unsupported_heic "The server does not read HEIC pictures. Send a JPEG or a PNG.";
    unsupported_ico "The server does not read icons. Send a JPEG or a PNG.";
    unsupported_jp2 "The server does not read JPEG 2000 pictures. Send a JPEG or a PNG.";
    unsupported_jxl "The server does not read JPEG XL pictures. Send a JPEG or a PNG.";
    unsupported_psd "The server does not read Photoshop pictures. Send a JPEG or a PNG.";
    unsupported_raw "The server does not read camera raw files. Send a JPEG or a PNG.";
    unsupported_svg "The server does not read SVG pictures. Send a JPEG or a PNG.";
    unsupported_tiff "The server does not read TIFF pictures. Send a JPEG or a PNG.";
    username_taken "The username is taken. Upper and lower case count as equal.";
    wrong_type "The value has the wrong type.";
}
