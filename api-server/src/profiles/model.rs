//! Users as others see them.

use serde::Serialize;
use shared::ids::UserId;
use time::OffsetDateTime;

/// The picture of who has none.
pub const DEFAULT_AVATAR: &str = "/media/default/avatar.png";
/// The cover of who has none.
pub const DEFAULT_COVER: &str = "/media/default/cover.png";

/// A user; never with their e-mail address.
#[derive(Debug, Serialize)]
pub struct User {
    pub id: UserId,
    pub username: String,
    pub first_name: String,
    pub last_name: String,
    pub bio: String,
    pub avatar_url: String,
    pub cover_url: String,
    pub is_private: bool,
    pub followers_count: i64,
    pub following_count: i64,
    pub posts_count: i64,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// What stands between the viewer and the user; null for oneself and for nobody.
    pub viewer: Option<Relation>,
}

/// What the viewer and the user are to each other.
#[derive(Debug, Clone, Copy, Default, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four facts, none of which excludes another"
)]
pub struct Relation {
    pub following: bool,
    pub followed_by: bool,
    pub follow_requested: bool,
    pub muting: bool,
}

/// A user in a line beside what they wrote.
#[derive(Debug, Clone, Serialize)]
pub struct UserSummary {
    pub id: UserId,
    pub username: String,
    pub first_name: String,
    pub last_name: String,
    pub avatar_url: String,
}
