//! Comments on a post: requests that wait together share one transaction.

mod likes;

use std::collections::BTreeSet;

use shared::db::{Batch, Pool};
use shared::events::{self, CommentEvent};
use shared::ids::{CommentId, PostId};
use shared::wake::WakeUp;
use sqlx::PgConnection;

use super::fields::unknown_parent;
use super::rows::{CommentRequest, CommentRow};
use super::store;
use crate::http::{ApiError, ApiResult};
use crate::idempotency;
use crate::idempotency::model::UsersKey;
pub use likes::CommentLikes;

/// New comments on one post.
pub struct NewComments {
    pool: Pool,
    events: WakeUp,
}

/// The comment of a request.
pub enum Commented {
    /// It is new.
    New(Box<CommentRow>),
    /// The same request created it before.
    Before(CommentId),
}

impl NewComments {
    pub fn new(pool: Pool, events: WakeUp) -> Self {
        Self { pool, events }
    }
}

impl Batch for NewComments {
    type Key = PostId;
    type Member = CommentRequest;
    type Output = ApiResult<Commented>;

    async fn commit(
        &self,
        post_id: &PostId,
        members: &[CommentRequest],
    ) -> Result<Vec<ApiResult<Commented>>, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let keys: Vec<_> = members.iter().map(CommentRequest::users_key).collect();
        let before = idempotency::actions::find_each_made(&mut tx, &keys).await?;
        let new = members.iter().zip(&before);
        let new = new.filter(|(_, before)| matches!(before, Ok(None)));
        let new: Vec<&CommentRequest> = new.map(|(member, _)| member).collect();
        let mut created = create(&mut tx, *post_id, &new).await?.into_iter();
        tx.commit().await?;
        self.events.wake();
        let output = |before: ApiResult<Option<CommentId>>| match before? {
            Some(id) => Ok(Commented::Before(id)),
            None => created.next().unwrap_or_else(|| Err(gone())),
        };
        Ok(before.into_iter().map(output).collect())
    }
}

impl CommentRequest {
    fn users_key(&self) -> Option<UsersKey<'_>> {
        let key = self.key.as_ref()?;
        Some(UsersKey::new(self.author_id, key))
    }
}

/// Creates comments; each request has its own result.
async fn create(
    tx: &mut PgConnection,
    post_id: PostId,
    new: &[&CommentRequest],
) -> Result<Vec<ApiResult<Commented>>, sqlx::Error> {
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let inserted = store::insert_comments(tx, post_id, new).await?;
    let created = inserted.iter().zip(new);
    let created = created.filter_map(|(inserted, new)| Some((*new, inserted.id?)));
    let created: Vec<(&CommentRequest, CommentId)> = created.collect();
    if !created.is_empty() {
        tell_and_record(tx, post_id, &created).await?;
    }
    let ids: Vec<CommentId> = created.iter().map(|(_, id)| *id).collect();
    let mut rows = store::find_new_comments(tx, &ids).await?;
    let results = inserted.iter().map(|inserted| match inserted.id {
        Some(id) => {
            let row = rows.remove(&id).ok_or_else(gone)?;
            Ok(Commented::New(Box::new(row)))
        }
        None if inserted.is_post_seen => Err(unknown_parent()),
        None => Err(ApiError::not_found()),
    });
    Ok(results.collect())
}

/// Inserts the events of new comments, and the records of requests with a key.
async fn tell_and_record(
    tx: &mut PgConnection,
    post_id: PostId,
    created: &[(&CommentRequest, CommentId)],
) -> Result<(), sqlx::Error> {
    let ids: Vec<CommentId> = created.iter().map(|(_, id)| *id).collect();
    events::insert_comment_events(tx, &ids, CommentEvent::Created).await?;
    let parents = created.iter().filter_map(|(new, _)| new.parent_id);
    let parents: Vec<CommentId> = parents.collect::<BTreeSet<_>>().into_iter().collect();
    if !parents.is_empty() {
        events::insert_comment_counts(tx, &parents).await?;
    }
    events::insert_post_counts(tx, post_id).await?;
    let records = created.iter();
    let records = records.filter_map(|(new, id)| Some((new.users_key()?, *id)));
    idempotency::actions::record_each(tx, &records.collect::<Vec<_>>()).await
}

fn gone() -> ApiError {
    ApiError::internal("a comment is gone in its own transaction")
}
