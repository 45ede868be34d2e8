//! Users as others see them.

mod texts;

use serde::Serialize;
use shared::ids::{MediaId, UserId};
use time::OffsetDateTime;
use utoipa::ToSchema;

pub use self::texts::{Bio, PersonName};
use crate::http::from_json;
use crate::media::model::picture_url;

/// The picture of who has none.
const DEFAULT_AVATAR: &str = "/media/default/avatar.png";
/// The cover of who has none.
const DEFAULT_COVER: &str = "/media/default/cover.png";

/// A user; never with their e-mail address.
#[derive(Debug, Serialize, ToSchema)]
pub struct User {
    pub id: UserId,
    /// Names them in addresses.
    pub username: String,
    /// As they call themselves.
    pub first_name: String,
    /// As they call themselves.
    pub last_name: String,
    /// What they say of themselves; may be empty.
    pub bio: String,
    /// Below the API's origin; a default picture where they have none.
    pub avatar_url: String,
    /// Below the API's origin; a default picture where they have none.
    pub cover_url: String,
    /// Whether they are asked before someone follows them.
    pub is_private: bool,
    /// Followers, whether the viewer sees them or not.
    pub followers_count: i64,
    /// Whom they follow, whether the viewer sees them or not.
    pub following_count: i64,
    /// Posts for everyone or for followers.
    pub posts_count: i64,
    /// When they signed up.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// What stands between the viewer and the user; null for oneself and for nobody.
    pub viewer: Option<Relation>,
}

/// What the viewer and the user are to each other.
#[derive(Debug, Clone, Copy, Default, Serialize, ToSchema)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four facts, none of which excludes another"
)]
pub struct Relation {
    /// The viewer follows them.
    pub following: bool,
    /// They follow the viewer.
    pub followed_by: bool,
    /// The viewer asked to follow them, and they have not decided.
    pub follow_requested: bool,
    /// The viewer mutes them.
    pub muting: bool,
}

/// A user in a line beside what they wrote.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UserSummary {
    pub id: UserId,
    /// Names them in addresses.
    pub username: String,
    /// As they call themselves.
    pub first_name: String,
    /// As they call themselves.
    pub last_name: String,
    /// Below the API's origin; a default picture where they have none.
    pub avatar_url: String,
}

/// A user whom the viewer may see, in a line of the actions about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenUser {
    pub id: UserId,
    pub is_private: bool,
    /// The viewer follows them.
    pub viewer_follows: bool,
}

/// The body of `PATCH /me`: what is absent stays as it is.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfilePatch {
    /// At least one character of it is visible, and none is a control character.
    pub first_name: Option<PersonName>,
    /// Like the first name.
    pub last_name: Option<PersonName>,
    /// May be empty.
    pub bio: Option<Bio>,
    /// Whether one is asked before someone follows, and public posts are for followers.
    pub is_private: Option<bool>,
}

from_json! { patch ProfilePatch { first_name, last_name, bio, is_private } }

/// The fields of `PUT /me/avatar` and `PUT /me/cover`, beside or instead of a file.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PictureChoice {
    /// A picture of the caller's own that was uploaded, is ready and hangs on nothing.
    pub upload_id: Option<MediaId>,
}

from_json! { PictureChoice { upload_id } }

/// A user as stored, with what the viewer is to them. Only here becomes a row a [`User`].
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts of a row, none of which excludes another"
)]
pub struct UserRow {
    pub id: UserId,
    pub username: String,
    pub created_at: OffsetDateTime,
    /// Null but for the viewer's own row.
    pub email: Option<String>,
    pub role: String,
    pub first_name: String,
    pub last_name: String,
    pub bio: String,
    pub is_private: bool,
    pub followers_count: i64,
    pub following_count: i64,
    pub posts_count: i64,
    pub avatar_file: Option<String>,
    pub cover_file: Option<String>,
    /// Active, and no block lies between them and the viewer.
    pub is_visible: bool,
    pub following: bool,
    pub followed_by: bool,
    pub follow_requested: bool,
    pub muting: bool,
}

impl UserRow {
    /// What `viewer_id` is shown of the row.
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

/// Where the picture of a user is; never null. A statement about users selects
/// `profiles.avatar_file` and hands it to this: nothing is joined and nothing else is asked.
pub fn avatar_url(avatar_file: Option<&str>) -> String {
    picture_url(avatar_file).unwrap_or_else(|| DEFAULT_AVATAR.to_owned())
}

/// Where the cover of a user is, from `profiles.cover_file`; never null.
pub fn cover_url(cover_file: Option<&str>) -> String {
    picture_url(cover_file).unwrap_or_else(|| DEFAULT_COVER.to_owned())
}
