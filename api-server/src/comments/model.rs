//! Comments as sent and answered.

use std::ops::RangeInclusive;

use serde::Serialize;
use serde_json::json;
use shared::ids::{CommentId, PostId};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::app::App;
use crate::http::{ApiResult, PageQuery, Request, Text, TextRule, from_json};
use crate::profiles::model::UserSummary;
use crate::routes::{Description, Input, Located, Resource};

/// The text of a comment.
pub type CommentText = Text<CommentTextRule>;

pub struct CommentTextRule;

impl TextRule for CommentTextRule {
    const NAME: &'static str = "CommentText";
    const CHARS: RangeInclusive<usize> = 1..=2000;
    const PATTERN: Option<&'static str> = Some(concat!(
        r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]*",
        r"[^\s\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]",
        r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]*$"
    ));
}

/// The body of `POST /posts/{id}/comments`.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewComment {
    /// At least one character must be visible.
    pub text: CommentText,
    /// The comment to reply to; null or absent to comment on the post.
    pub parent_id: Option<CommentId>,
}

from_json! { NewComment { text, parent_id } }

/// The body of `PATCH /comments/{id}`.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommentPatch {
    /// The new text; absent to keep the current one. A comment needs a text, so null is refused.
    pub text: Option<CommentText>,
}

from_json! { patch CommentPatch { text } }

/// A comment.
#[derive(Debug, Serialize, ToSchema)]
pub struct Comment {
    pub id: CommentId,
    /// The post to which the comment or its thread belongs.
    pub post_id: PostId,
    /// The comment to which it replies; null for a comment on the post.
    pub parent_id: Option<CommentId>,
    /// Null if the comment is deleted or the viewer may not see its author.
    pub author: Option<UserSummary>,
    /// Null if the author is null.
    pub text: Option<String>,
    /// The number of likes, including those of users whom the viewer does not see.
    pub likes_count: i64,
    /// The number of direct replies that exist, including those that the viewer does not see.
    pub replies_count: i64,
    /// Whether the viewer likes it.
    pub liked: bool,
    /// The time of creation.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// The time of the last change of the text; null if there was none.
    #[serde(with = "time::serde::rfc3339::option")]
    pub edited_at: Option<OffsetDateTime>,
    /// Whether the comment is deleted or the viewer may not see its author.
    pub deleted: bool,
    /// The oldest replies; null at the deepest level of a page.
    pub replies: Option<Replies>,
}

impl Resource for Comment {}

impl Located for Comment {
    fn path(&self) -> String {
        format!("/comments/{}", self.id)
    }
}

/// The page of a post's comments to list.
pub struct CommentQuery {
    /// The comment whose replies are listed.
    pub parent_id: Option<String>,
    pub page: PageQuery,
}

impl Input for CommentQuery {
    fn describe(operation: &mut Description) {
        operation.add_query(
            "parent_id",
            json!({
                "description": "The comment whose replies are listed. Absent: the comments \
                                directly on the post.",
                "schema": {"type": "string"},
            }),
        );
        PageQuery::describe(operation);
    }

    async fn read(app: &App, request: &mut Request) -> ApiResult<Self> {
        let page = PageQuery::read(app, request).await?;
        let parent_id = page.parameter("parent_id").map(str::to_owned);
        Ok(Self { parent_id, page })
    }
}

/// The oldest replies to a comment. `?parent_id=` lists the others.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Replies {
    /// The replies, oldest first.
    #[schema(no_recursion)]
    pub items: Vec<Comment>,
    /// The `cursor` that lists the next replies, with this comment as `parent_id`.
    pub next_cursor: Option<String>,
}
