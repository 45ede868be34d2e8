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
            Self::Accounts => ("accounts", "Signing up, and what one sees of oneself."),
            Self::Sessions => ("sessions", "Signing in, staying signed in, signing out."),
            Self::People => ("people", "What people see of each other."),
            Self::Posts => ("posts", "Posts and what hangs on them."),
            Self::Comments => ("comments", "What people answer to posts and to each other."),
            Self::Reading => ("reading", "Feeds and search."),
            Self::Media => ("media", "Videos and pictures."),
            Self::Instance => ("instance", "This installation."),
        }
    }
}
