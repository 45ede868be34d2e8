//! The SQL statements about likes of posts. The counter changes in the statement that changes the
//! rows, by the number of rows that it changes.

use shared::ids::{PostId, UserId};
use sqlx::PgConnection;

use crate::http::{PageRequest, ScannedKey};
use crate::store::{change_likes, list_pairs};
use crate::switches::{Switched, SwitchedRow, Switches};

/// Likes and unlikes a post for the users who see it.
pub async fn change_likes(
    connection: &mut PgConnection,
    id: PostId,
    switches: &Switches,
) -> Result<Switched, sqlx::Error> {
    let rows = change_likes!(
        ("posts", "post_likes", "post_id"),
        "join visible_posts(asked.user_id, false) as posts on posts.id = liked.id",
        connection,
        id,
        switches
    );
    Ok(Switched::of(&rows.await?))
}

/// The users who like the post, and when, one more than a page.
pub async fn list_like_keys(
    connection: &mut PgConnection,
    viewer_id: UserId,
    post_id: PostId,
    page: PageRequest,
) -> Result<Vec<ScannedKey>, sqlx::Error> {
    list_pairs!(
        "post_likes", "post_id" => "user_id", "visible_users($1)", post_id, viewer_id, page
    )
    .fetch_all(connection)
    .await
}

/// The posts that the user likes and since when, and one more than a page.
pub async fn list_liked_keys(
    connection: &mut PgConnection,
    user_id: UserId,
    page: PageRequest,
) -> Result<Vec<ScannedKey>, sqlx::Error> {
    list_pairs!(
        "post_likes", "user_id" => "post_id", "visible_posts($1, false)", user_id, user_id, page
    )
    .fetch_all(connection)
    .await
}
