//! Rows that most tests start with. Values that a test does not specify are ordinary.

use crate::{
    db::Pool,
    ids::{MediaId, PostId, UserId},
};

/// A user with a profile, named `username`.
///
/// # Panics
/// If the name is taken or Postgres refuses.
pub async fn insert_user(pool: &Pool, username: &str) -> UserId {
    let id = sqlx::query_scalar(
        r"
        with made as (
            insert into users (username, email, password_hash)
            values ($1, $1 || '@example.org', '')
            returning id
        )
        insert into profiles (user_id, first_name, last_name)
        select id, initcap($1), 'Example' from made
        returning user_id
        ",
    )
    .bind(username)
    .fetch_one(pool)
    .await;
    UserId(id.expect("a user"))
}

/// A public post of `author`, published now.
///
/// # Panics
/// If Postgres refuses.
pub async fn insert_post(pool: &Pool, author: UserId, text: &str) -> PostId {
    let id = sqlx::query_scalar(
        "insert into posts (author_id, text, published_at) values ($1, $2, now()) returning id",
    )
    .bind(author.0)
    .bind(text)
    .fetch_one(pool)
    .await;
    PostId(id.expect("a post"))
}

/// An open upload of 4 bytes with its media item, attached at the end of `post` if there is one.
///
/// # Panics
/// If Postgres refuses.
pub async fn insert_media(pool: &Pool, owner: UserId, media: MediaId, post: Option<PostId>) {
    let inserted = sqlx::query(
        r"
        with upload as (
            insert into uploads (id, owner_id, length, filetype, filename)
            values ($1, $2, 4, 'video/mp4', 'clip.mp4')
            returning id, owner_id
        ),
        media as (
            insert into media (id, owner_id, kind, attached_as)
            select id, owner_id, 'video', case when $3::bigint is not null then 'post' end
            from upload
        )
        insert into post_media (media_id, post_id, position)
        select $1, $3, 1 + (select count(*) from post_media where post_id = $3)
        where $3 is not null
        ",
    )
    .bind(media.0)
    .bind(owner.0)
    .bind(post.map(|post| post.0))
    .execute(pool)
    .await;
    inserted.expect("a media");
}
