//! The content of an audit row.

use serde_json::Value;
use shared::ids::{CommentId, MediaId, PostId, SessionId, UserId};

/// An action.
pub struct Entry {
    /// The user who acted. None means the operator at the command line, or the server itself.
    pub actor_id: Option<UserId>,
    /// The action, as `noun.participle`.
    pub action: &'static str,
    /// The object of the action.
    pub subject: Subject,
    /// The user whom it concerns, who may be informed of it.
    pub user_id: Option<UserId>,
    /// Further details. They never contain a secret.
    pub details: Value,
}

/// The object of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    User(UserId),
    Session(SessionId),
    Post(PostId),
    Comment(CommentId),
    Media(MediaId),
    /// A signing key, by its `kid`.
    Key(String),
}

impl Entry {
    /// An action without a signed-in user.
    pub fn by_no_one(action: &'static str, subject: Subject) -> Self {
        Self {
            actor_id: None,
            action,
            subject,
            user_id: None,
            details: Value::Object(serde_json::Map::default()),
        }
    }

    /// An action of a user.
    pub fn by(actor_id: UserId, action: &'static str, subject: Subject) -> Self {
        Self {
            actor_id: Some(actor_id),
            ..Self::by_no_one(action, subject)
        }
    }

    /// Sets the user whom the action concerns.
    #[must_use]
    pub fn concerning(self, user_id: UserId) -> Self {
        Self {
            user_id: Some(user_id),
            ..self
        }
    }
}

impl Subject {
    /// The kind and the id, as stored in the row.
    pub fn parts(&self) -> (&'static str, String) {
        match self {
            Self::User(id) => ("user", id.to_string()),
            Self::Session(id) => ("session", id.to_string()),
            Self::Post(id) => ("post", id.to_string()),
            Self::Comment(id) => ("comment", id.to_string()),
            Self::Media(id) => ("media", id.to_string()),
            Self::Key(kid) => ("key", kid.clone()),
        }
    }
}
