//! Creates posts. `rights` decides who may read and change them.

mod attached;
mod change;
mod reading;
mod rights;

use shared::auth::Principal;
use shared::events;

use super::model::{NewPost, Post};
use super::{fields, store};
use crate::app::App;
use crate::http::{ApiError, ApiResult, Created, Keyed};
use crate::idempotency;
pub use change::{delete_post, update_post};
pub use reading::{get_post, list_posts, list_user_posts, page_at};
use reading::{single_post, with_progress};
pub use rights::require_readable_post;

/// Creates a post and attaches the caller's own, unused media in any state.
pub async fn create_post(
    app: &App,
    caller: &Principal,
    asked: Keyed<NewPost>,
) -> ApiResult<Created<Post>> {
    let Keyed { body: new, key } = asked;
    if fields::is_empty(&new.text, new.media.len()) {
        return Err(ApiError::fields(vec![fields::empty()]));
    }
    let mut tx = app.pool.begin().await?;
    if let Some(id) = idempotency::actions::find_made(&mut tx, caller, key.as_ref()).await? {
        drop(tx);
        return Created::replayed(get_post(app, Some(caller), id).await);
    }
    attached::claim(&mut tx, caller.user_id, None, &new.media).await?;
    let inserted = store::insert_post(&mut tx, caller.user_id, &new).await?;
    let post_id = inserted.ok_or_else(|| ApiError::fields(vec![fields::not_public()]))?;
    store::attach_media(&mut tx, post_id, &new.media).await?;
    events::insert_post_created(&mut tx, post_id).await?;
    idempotency::actions::record(&mut tx, caller, key.as_ref(), post_id).await?;
    let posts = list_posts(app, &mut tx, Some(caller), &[post_id]).await?;
    tx.commit().await?;
    app.events.wake();
    tracing::info!(user.id = %caller.user_id, post.id = %post_id, "post created");
    let posts = with_progress(app, Some(caller), posts).await;
    single_post(posts)
        .map(Created::new)
        .ok_or_else(|| ApiError::internal("a post is gone in its own transaction"))
}
