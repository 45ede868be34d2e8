//! The SQL statement about likes of comments.

use shared::ids::{CommentId, UserId};
use sqlx::PgConnection;

use crate::store::change_likes;
use crate::switches::{Switched, SwitchedRow, Switches};

/// Likes and unlikes a comment for the users who see its text and its post.
pub async fn change_likes(
    connection: &mut PgConnection,
    id: CommentId,
    switches: &Switches,
) -> Result<Switched, sqlx::Error> {
    let rows = change_likes!(
        ("comments", "comment_likes", "comment_id"),
        "join visible_posts(asked.user_id, false) as posts on posts.id = liked.post_id
            join visible_users(asked.user_id) as authors on authors.id = liked.author_id",
        connection,
        id,
        switches
    );
    Ok(Switched::of(&rows.await?))
}
