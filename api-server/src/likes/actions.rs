//! Permissions of likes: users who see a post may like it and see who likes it. The statement that
//! likes checks this too, for all users of a batch.

use shared::auth::Principal;
use shared::ids::PostId;

use super::store;
use crate::app::App;
use crate::http::{ApiError, ApiResult, ListKind, Page, PageKeys, PageQuery};
use crate::posts::actions::{page_at, require_readable_post};
use crate::posts::model::Post;
use crate::profiles;
use crate::profiles::model::User;
use crate::switches::Switch;

const POST_LIKES: ListKind = ListKind::newest_first(9);
const LIKED_POSTS: ListKind = ListKind::newest_first(14);

/// The caller likes the post. Idempotent.
pub async fn like_post(app: &App, caller: &Principal, id: PostId) -> ApiResult<()> {
    switch(app, caller, id, true).await
}

/// The caller no longer likes the post. Idempotent.
pub async fn unlike_post(app: &App, caller: &Principal, id: PostId) -> ApiResult<()> {
    switch(app, caller, id, false).await
}

async fn switch(app: &App, caller: &Principal, id: PostId, is_on: bool) -> ApiResult<()> {
    let user_id = caller.user_id;
    let switch = Switch { user_id, is_on };
    let is_seen = app.batches.post_likes.submit(id, switch).await?;
    is_seen.then_some(()).ok_or_else(ApiError::not_found)
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
