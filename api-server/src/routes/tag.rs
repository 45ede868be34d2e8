//! The groups of operations in the documentation.

/// A group of related operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag {
    Accounts,
    Sessions,
    People,
    Posts,
    Comments,
    Reading,
    Media,
    Instance,
}

impl Tag {
    /// All groups, in the order in which a new reader needs them.
    pub const ALL: [Self; 8] = [
        Self::Accounts,
        Self::Sessions,
        Self::People,
        Self::Posts,
        Self::Comments,
        Self::Reading,
        Self::Media,
        Self::Instance,
    ];

    pub const fn name(self) -> &'static str {
        self.texts().0
    }

    /// A sentence about the group, for the documentation.
    pub const fn about(self) -> &'static str {
        self.texts().1
    }

    const fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::Accounts => ("accounts", "Sign-up and your own account."),
            Self::Sessions => ("sessions", "Sign-in, refresh and sign-out."),
            Self::People => ("people", "Profiles, follows, blocks and mutes."),
            Self::Posts => ("posts", "Posts and their likes."),
            Self::Comments => ("comments", "Comments and replies."),
            Self::Reading => ("reading", "Feeds and search."),
            Self::Media => ("media", "Media items and uploads."),
            Self::Instance => ("instance", "The settings of this installation."),
        }
    }
}
