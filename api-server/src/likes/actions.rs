//! Permissions of likes: users who see a post may like it and see who likes it.
//!
//! Concurrent likes of a popular post take turns at its row, so the row is locked as late as
//! possible: the checks come before the transaction.

use shared::auth::Principal;
use shared::db::Transaction;
use shared::events;
use shared::ids::PostId;

use super::store;
use crate::app::App;
use crate::http::{ApiResult, ListKind, Page, PageKeys, PageQuery};
use crate::posts::actions::{page_at, require_post, require_readable_post};
use crate::posts::model::Post;
use crate::profiles;
use crate::profiles::model::User;

const POST_LIKES: ListKind = ListKind::newest_first(9);
const LIKED_POSTS: ListKind = ListKind::newest_first(14);

/// The caller likes the post. Idempotent.
pub async fn like_post(app: &App, caller: &Principal, id: PostId) -> ApiResult<()> {
    let mut tx = begin(app, caller, id).await?;
    let is_changed = store::insert_like(&mut tx, id, caller.user_id).await?;
    finish(app, tx, id, is_changed).await
}

/// The caller no longer likes the post. Idempotent.
pub async fn unlike_post(app: &App, caller: &Principal, id: PostId) -> ApiResult<()> {
    let mut tx = begin(app, caller, id).await?;
    let is_changed = store::delete_like(&mut tx, id, caller.user_id).await?;
    finish(app, tx, id, is_changed).await
}

/// The users who like a post that the caller sees, the newest like first.
pub async fn list_post_likes(
    app: &App,
    caller: &Principal,
    id: PostId,
    query: PageQuery,
) -> ApiResult<Page<User>> {
    let asked = query.of(POST_LIKES.of(id.0), &app.cursors)?;
    let mut connection = app.pool.acquire().await?;
    require_readable_post(&mut connection, Some(caller), id).await?;
    let keys = store::list_like_keys(&mut connection, caller.user_id, id, asked.request).await?;
    let keys = PageKeys::scanned(&keys, asked);
    profiles::actions::page_of_users(&mut connection, Some(caller), keys).await
}

/// The posts that the caller likes and may see, newest like first. Only the caller reads this list.
pub async fn list_liked_posts(
    app: &App,
    caller: &Principal,
    query: PageQuery,
) -> ApiResult<Page<Post>> {
    let asked = query.of(LIKED_POSTS.of(caller.user_id.0), &app.cursors)?;
    let mut connection = app.pool.acquire().await?;
    let keys = store::list_liked_keys(&mut connection, caller.user_id, asked.request).await?;
    page_at(
        app,
        Some(caller),
        connection,
        PageKeys::scanned(&keys, asked),
    )
    .await
}

/// A transaction, after the check that the caller sees the post.
async fn begin(app: &App, caller: &Principal, id: PostId) -> ApiResult<Transaction> {
    let mut connection = app.pool.acquire().await?;
    require_post(&mut connection, Some(caller), id).await?;
    Ok(connection.begin().await?)
}

async fn finish(app: &App, mut tx: Transaction, id: PostId, is_changed: bool) -> ApiResult<()> {
    if is_changed {
        events::insert_post_counts(&mut tx, id).await?;
    }
    tx.commit().await?;
    if is_changed {
        app.events.wake();
    }
    Ok(())
}
