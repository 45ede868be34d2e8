//! Users as others see them.

mod texts;

use serde::Serialize;
use shared::ids::{MediaId, UserId};
use time::OffsetDateTime;
use utoipa::ToSchema;

pub use self::texts::{Bio, PersonName, SoughtUsername};
use crate::http::from_json;
use crate::media::model::picture_url;
use crate::rights::model::UserRole;
use crate::routes::{Located, Resource};

/// The avatar of users without one.
const DEFAULT_AVATAR: &str = "/media/default/avatar.png";
/// The cover of users without one.
const DEFAULT_COVER: &str = "/media/default/cover.png";

/// A user, without their e-mail address.
#[derive(Debug, Serialize, ToSchema)]
pub struct User {
    pub id: UserId,
    /// The user's name in URLs.
    pub username: String,
    /// The first name.
    pub first_name: String,
    /// The last name.
    pub last_name: String,
    /// A text by the user about themselves; may be empty.
    pub bio: String,
    /// Relative to the API's origin; a default picture if the user has none.
    pub avatar_url: String,
    /// Relative to the API's origin; a default picture if the user has none.
    pub cover_url: String,
    /// Whether new followers need the user's consent.
    pub is_private: bool,
    /// The number of followers, including those whom the viewer does not see.
    pub followers_count: i64,
    /// The number of followees, including those whom the viewer does not see.
    pub following_count: i64,
    /// The number of posts for everyone or for followers.
    pub posts_count: i64,
    /// The time of the sign-up.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// The viewer's relation to the user; null for oneself and for anonymous viewers.
    pub viewer: Option<Relation>,
}

impl Resource for User {}

/// The signed-in user.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    #[serde(flatten)]
    pub user: User,
    /// Visible to this user only.
    pub email: String,
    /// `user` or `admin`.
    #[schema(value_type = String)]
    pub role: UserRole,
}

impl Resource for Me {}

impl Located for Me {
    fn path(&self) -> String {
        format!("/users/{}", self.user.username)
    }
}

/// The relation between the viewer and a user.
#[derive(Debug, Clone, Copy, Default, Serialize, ToSchema)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four facts, none of which excludes another"
)]
pub struct Relation {
    /// Whether the viewer follows the user.
    pub following: bool,
    /// Whether the user follows the viewer.
    pub followed_by: bool,
    /// Whether the viewer has a pending follow request to the user.
    pub follow_requested: bool,
    /// Whether the viewer mutes the user.
    pub muting: bool,
}

/// A user in short form, for a post or comment.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UserSummary {
    pub id: UserId,
    /// The user's name in URLs.
    pub username: String,
    /// The first name.
    pub first_name: String,
    /// The last name.
    pub last_name: String,
    /// Relative to the API's origin; a default picture if the user has none.
    pub avatar_url: String,
}

/// The data of a visible user that actions need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenUser {
    pub id: UserId,
    pub is_private: bool,
    /// Whether the viewer follows the user.
    pub viewer_follows: bool,
}

/// The body of `PATCH /me`; absent fields stay unchanged.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfilePatch {
    /// At least one character must be visible, and none may be a control character.
    pub first_name: Option<PersonName>,
    /// The same rules as for the first name.
    pub last_name: Option<PersonName>,
    /// It may be empty.
    pub bio: Option<Bio>,
    /// Whether new followers need consent and public posts are for followers only.
    pub is_private: Option<bool>,
}

from_json! { patch ProfilePatch { first_name, last_name, bio, is_private } }

/// The fields of `PUT /me/avatar` and `PUT /me/cover`, instead of a file.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PictureChoice {
    /// The caller's upload of a picture that is ready and not attached to anything.
    pub upload_id: Option<MediaId>,
}

from_json! { PictureChoice { upload_id } }

/// A user as stored, with their relation to the viewer. Only this type is converted to [`User`].
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts of a row, none of which excludes another"
)]
pub struct UserRow {
    pub id: UserId,
    pub username: String,
    pub created_at: OffsetDateTime,
    /// Null unless it is the viewer's own row.
    pub email: Option<String>,
    pub role: UserRole,
    pub first_name: String,
    pub last_name: String,
    pub bio: String,
    pub is_private: bool,
    pub followers_count: i64,
    pub following_count: i64,
    pub posts_count: i64,
    pub avatar_file: Option<String>,
    pub cover_file: Option<String>,
    /// Whether the user is active and no block exists between them and the viewer.
    pub is_visible: bool,
    pub following: bool,
    pub followed_by: bool,
    pub follow_requested: bool,
    pub muting: bool,
}

impl UserRow {
    /// The user as `viewer_id` sees them.
    pub fn into_user(self, viewer_id: Option<UserId>) -> User {
        let relation = Relation {
            following: self.following,
            followed_by: self.followed_by,
            follow_requested: self.follow_requested,
            muting: self.muting,
        };
        User {
            viewer: viewer_id.filter(|id| *id != self.id).map(|_| relation),
            id: self.id,
            username: self.username,
            first_name: self.first_name,
            last_name: self.last_name,
            bio: self.bio,
            avatar_url: avatar_url(self.avatar_file.as_deref()),
            cover_url: cover_url(self.cover_file.as_deref()),
            is_private: self.is_private,
            followers_count: self.followers_count,
            following_count: self.following_count,
            posts_count: self.posts_count,
            created_at: self.created_at,
        }
    }
}

/// The author of a row of a post or comment.
macro_rules! author_of {
    ($row:ident) => {
        $crate::profiles::model::UserSummary {
            id: $row.author_id,
            username: $row.username,
            first_name: $row.first_name,
            last_name: $row.last_name,
            avatar_url: $crate::profiles::model::avatar_url($row.avatar_file.as_deref()),
        }
    };
}
pub(crate) use author_of;

/// The URL of a user's avatar, never null. Statements about users select `profiles.avatar_file` and
/// pass it to this function, so they need no join and no further query.
pub fn avatar_url(avatar_file: Option<&str>) -> String {
    picture_url(avatar_file).unwrap_or_else(|| DEFAULT_AVATAR.to_owned())
}

/// The URL of a user's cover, from `profiles.cover_file`; never null.
pub fn cover_url(cover_file: Option<&str>) -> String {
    picture_url(cover_file).unwrap_or_else(|| DEFAULT_COVER.to_owned())
}
