//! Changes of a post: edited by its author, deleted by its author or an admin.

use std::collections::HashSet;

use shared::auth::Principal;
use shared::events;
use shared::ids::PostId;
use shared::jobs::{self, NewJob};
use sqlx::PgConnection;

use super::attached;
use super::reading::{list_posts, single_post, with_progress};
use super::rights::{self, Change};
use crate::app::App;
use crate::http::{ApiError, ApiResult, Patch};
use crate::media;
use crate::posts::model::{
    AttachedMedia, Edit, LockedPost, NewPostMedia, Post, PostPatch, Visibility,
};
use crate::posts::{fields, store};

/// Changes the caller's post; absent fields stay. Media that are removed from it are deleted.
pub async fn update_post(
    app: &App,
    caller: &Principal,
    id: PostId,
    Patch(patch): Patch<PostPatch>,
) -> ApiResult<Post> {
    let mut tx = app.pool.begin().await?;
    rights::require_right(&mut tx, caller, id, Change::Edit).await?;
    let locked = store::lock_post(&mut tx, id).await?;
    let locked = locked.ok_or_else(ApiError::not_found)?;
    let attached = store::list_attached(&mut tx, id).await?;
    let edit = edit_of(&locked, &attached, &patch)?;
    if let Some(media) = patch.media {
        remove_left_out(app, &mut tx, &attached, &media).await?;
        attached::claim(&mut tx, caller.user_id, Some(id), &media).await?;
        store::attach_media(&mut tx, id, &media).await?;
    }
    if edit.is_content || edit.visibility != locked.visibility {
        store::update_post(&mut tx, id, &edit).await?;
        events::insert_post_edited(&mut tx, id).await?;
    }
    let posts = list_posts(app, &mut tx, Some(caller), &[id]).await?;
    tx.commit().await?;
    app.events.wake();
    tracing::info!(user.id = %caller.user_id, post.id = %id, "post edited");
    single_post(with_progress(app, Some(caller), posts).await).ok_or_else(ApiError::not_found)
}

/// Hides a post at once, ends unfinished work on its media, and schedules its purge.
pub async fn delete_post(app: &App, caller: &Principal, id: PostId) -> ApiResult<()> {
    let mut tx = app.pool.begin().await?;
    rights::require_right(&mut tx, caller, id, Change::Delete).await?;
    let author_id = store::delete_post(&mut tx, id).await?;
    let author_id = author_id.ok_or_else(ApiError::not_found)?;
    media::actions::end_post_media(&mut tx, id).await?;
    events::insert_post_deleted(&mut tx, id).await?;
    rights::record_deletion(&mut tx, caller, id, author_id).await?;
    jobs::enqueue(&mut tx, &NewJob::purge_post(id, app.purge_after)).await?;
    tx.commit().await?;
    app.events.wake();
    tracing::info!(user.id = %caller.user_id, post.id = %id, "post deleted");
    Ok(())
}

/// Applies the patch to the current post.
fn edit_of(locked: &LockedPost, attached: &[AttachedMedia], patch: &PostPatch) -> ApiResult<Edit> {
    let visibility = patch.visibility.unwrap_or(locked.visibility);
    let is_made_public = visibility == Visibility::Public && visibility != locked.visibility;
    if is_made_public && locked.is_account_private {
        return Err(ApiError::fields(vec![fields::not_public()]));
    }
    let text = patch.text.as_deref().unwrap_or(&locked.text);
    let media = patch
        .media
        .as_ref()
        .map_or(attached.len(), |media| media.len());
    if fields::is_empty(text, media) {
        return Err(ApiError::fields(vec![fields::empty()]));
    }
    let is_new_list = patch
        .media
        .as_ref()
        .is_some_and(|new| is_other(attached, new));
    let counts = |visibility| i64::from(locked.is_published && visibility != Visibility::Private);
    Ok(Edit {
        is_content: *text != locked.text || is_new_list,
        count_delta: counts(visibility) - counts(locked.visibility),
        text: text.to_owned(),
        visibility,
    })
}

fn is_other(attached: &[AttachedMedia], new: &[NewPostMedia]) -> bool {
    let is_same = |old: &AttachedMedia, new: &NewPostMedia| {
        old.id == new.upload_id && new.alt.as_deref().is_none_or(|alt| alt == old.alt)
    };
    let mut pairs = attached.iter().zip(new);
    attached.len() != new.len() || !pairs.all(|(old, new)| is_same(old, new))
}

/// Deletes attached media of the post that its new list does not contain.
async fn remove_left_out(
    app: &App,
    connection: &mut PgConnection,
    attached: &[AttachedMedia],
    new: &[NewPostMedia],
) -> ApiResult<()> {
    let kept: HashSet<_> = new.iter().map(|media| media.upload_id).collect();
    let left_out = attached.iter().map(|media| media.id);
    let left_out: Vec<_> = left_out.filter(|id| !kept.contains(id)).collect();
    media::actions::remove_media(connection, &left_out, app.purge_after).await
}
