//! Builds the tree of a page from rows of comments. It runs no statements.

use std::collections::{HashMap, HashSet};

use shared::ids::CommentId;

use super::model::{Comment, Replies};
use super::rows::CommentRow;
use crate::http::{CursorKey, ListKind, PageKey, PageRequest};
use crate::profiles::model::author_of;

pub const COMMENTS: ListKind = ListKind::oldest_first(10);
pub const REPLIES: ListKind = ListKind::oldest_first(11);

/// The number of replies per comment.
pub const OLDEST_REPLIES: PageRequest = PageRequest {
    limit: 3,
    start: PageKey::OLDEST,
    end: PageKey::NEWEST,
};
/// The number of levels of replies below a page's own level.
pub const LEVELS: usize = 2;

/// The replies below the comments of a page.
#[derive(Default)]
pub struct ReplyRows {
    /// At most [`OLDEST_REPLIES`] + 1 replies of each comment, oldest first. A comment whose
    /// replies were not read is missing.
    pub replies: HashMap<CommentId, Vec<CommentRow>>,
    /// Invisible comments that have a visible comment below.
    pub kept: HashSet<CommentId>,
}

impl ReplyRows {
    /// All rows of the page.
    pub fn rows(&self) -> impl Iterator<Item = &CommentRow> {
        self.replies.values().flatten()
    }

    /// The comment with its replies; `None` if nothing of it is visible.
    pub fn comment(&mut self, row: CommentRow, cursors: &CursorKey) -> Option<Comment> {
        if !row.is_seen && !self.kept.contains(&row.id) {
            return None;
        }
        let replies = self.replies.remove(&row.id);
        let replies = replies.map(|rows| self.replies_of(row.id, rows, cursors));
        Some(Comment {
            replies,
            ..Comment::from(row)
        })
    }

    fn replies_of(
        &mut self,
        parent_id: CommentId,
        mut rows: Vec<CommentRow>,
        cursors: &CursorKey,
    ) -> Replies {
        let end = OLDEST_REPLIES.cut_rows(&mut rows, CommentRow::key);
        Replies {
            next_cursor: end.map(|key| cursors.encode(REPLIES.of(parent_id.0), key)),
            items: rows
                .into_iter()
                .filter_map(|row| self.comment(row, cursors))
                .collect(),
        }
    }
}

impl CommentRow {
    /// Its key within its list.
    pub fn key(&self) -> PageKey {
        PageKey {
            at: self.created_at,
            id: self.id.0,
        }
    }
}

impl From<CommentRow> for Comment {
    /// Without replies. For an invisible comment, its text and author are left out.
    fn from(row: CommentRow) -> Self {
        let is_seen = row.is_seen;
        Self {
            id: row.id,
            post_id: row.post_id,
            parent_id: row.parent_id,
            author: is_seen.then(|| author_of!(row)),
            text: is_seen.then_some(row.text),
            likes_count: if is_seen { row.likes_count } else { 0 },
            replies_count: row.replies_count,
            liked: is_seen && row.liked,
            created_at: row.created_at,
            edited_at: row.edited_at.filter(|_| is_seen),
            deleted: !is_seen,
            replies: None,
        }
    }
}
