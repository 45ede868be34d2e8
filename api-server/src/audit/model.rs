//! What a row of the record says.

use serde_json::Value;
use shared::ids::{CommentId, MediaId, PostId, SessionId, UserId};

/// Something that was done.
pub struct Entry {
    /// Who did it; None: the operator at the command line, or the server by itself.
    pub actor_id: Option<UserId>,
    /// What was done, as `noun.participle`.
    pub action: &'static str,
    /// To what.
    pub subject: Subject,
    /// The user whom it concerns, who may be told of it.
    pub user_id: Option<UserId>,
    /// What else is worth knowing. Never a secret.
    pub details: Value,
}

/// What something was done to.
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
    /// Something that was done by nobody who is signed in.
    pub fn by_no_one(action: &'static str, subject: Subject) -> Self {
        Self {
            actor_id: None,
            action,
            subject,
            user_id: None,
            details: Value::Object(serde_json::Map::default()),
        }
    }

    /// Something that a user did.
    pub fn by(actor_id: UserId, action: &'static str, subject: Subject) -> Self {
        Self {
            actor_id: Some(actor_id),
            ..Self::by_no_one(action, subject)
        }
    }

    /// Something that concerns a user.
    #[must_use]
    pub fn concerning(self, user_id: UserId) -> Self {
        Self {
            user_id: Some(user_id),
            ..self
        }
    }
}

impl Subject {
    /// The kind and the id, as the row has them.
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
