//! Cursors: the start of the next page of a list, in a form that clients cannot forge.
//!
//! A cursor is base64url of the list, the key of the last item, and 8 bytes of HMAC over both and
//! the list's parameters, so that it is valid for one list only.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use shared::auth::{DerivedKey, Purpose, SecretKey};
use time::OffsetDateTime;
use time::macros::datetime;

use super::ApiError;

const KEY_BYTES: usize = 17;
const MAC_BYTES: usize = 8;

/// The list of a cursor, with its parameters. The numbers are part of issued cursors and must not
/// change.
#[derive(Debug, Clone, Copy)]
pub enum List {
    /// The public feed.
    PublicFeed,
    /// The posts of the user with this id.
    UserPosts(i64),
    /// The followers of the user with this id.
    Followers(i64),
    /// The followees of the user with this id.
    Following(i64),
    /// The follow requests to the user with this id.
    FollowRequests(i64),
    /// The users blocked by the user with this id.
    Blocks(i64),
    /// The users muted by the user with this id.
    Mutes(i64),
    /// The active sessions of the user with this id.
    Sessions(i64),
    /// The users found by the text with this digest.
    UserSearch([u8; 32]),
    /// The comments directly on the post with this id.
    Comments(i64),
    /// The replies to the comment with this id.
    Replies(i64),
    /// The users who like the post with this id.
    PostLikes(i64),
    /// The posts that the user with this id likes.
    LikedPosts(i64),
    /// The home feed of the user with this id.
    HomeFeed(i64),
    /// The posts found by the text with this digest.
    PostSearch([u8; 32]),
}

/// The sort key of lists, descending; ascending for comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageKey {
    /// `published_at` of posts, else `created_at`, in microseconds.
    pub at: OffsetDateTime,
    /// Breaks ties of equal times.
    pub id: i64,
}

/// Creates and parses cursors.
#[derive(Debug, Clone)]
pub struct CursorKey(DerivedKey);

impl PageKey {
    /// Sorts before every item of a descending list, so that the first page is read like any other.
    pub const START: Self = Self {
        at: datetime!(9999-12-31 00:00 UTC),
        id: i64::MAX,
    };
    /// The same for an ascending list.
    pub const OLDEST: Self = Self {
        at: datetime!(0001-01-01 00:00 UTC),
        id: 0,
    };
}

impl List {
    /// The users found by `q`.
    pub fn user_search(q: &str) -> Self {
        Self::UserSearch(sha256(q))
    }

    /// The posts found by `q`.
    pub fn post_search(q: &str) -> Self {
        Self::PostSearch(sha256(q))
    }

    const fn number(self) -> u8 {
        match self {
            Self::PublicFeed => 1,
            Self::UserPosts(_) => 2,
            Self::Followers(_) => 3,
            Self::Following(_) => 4,
            Self::FollowRequests(_) => 5,
            Self::Blocks(_) => 6,
            Self::Mutes(_) => 7,
            Self::Sessions(_) => 15,
            Self::UserSearch(_) => 8,
            Self::Comments(_) => 10,
            Self::Replies(_) => 11,
            Self::PostLikes(_) => 9,
            Self::LikedPosts(_) => 14,
            Self::HomeFeed(_) => 13,
            Self::PostSearch(_) => 12,
        }
    }

    fn parameters(self) -> Vec<u8> {
        match self {
            Self::PublicFeed => Vec::new(),
            Self::UserPosts(id)
            | Self::Followers(id)
            | Self::Following(id)
            | Self::FollowRequests(id)
            | Self::Blocks(id)
            | Self::Mutes(id)
            | Self::Sessions(id)
            | Self::PostLikes(id)
            | Self::LikedPosts(id)
            | Self::Comments(id)
            | Self::Replies(id)
            | Self::HomeFeed(id) => id.to_be_bytes().to_vec(),
            Self::UserSearch(digest) | Self::PostSearch(digest) => digest.to_vec(),
        }
    }

    /// The key before the first page.
    pub const fn start(self) -> PageKey {
        match self {
            Self::Comments(_) | Self::Replies(_) => PageKey::OLDEST,
            _ => PageKey::START,
        }
    }
}

fn sha256(text: &str) -> [u8; 32] {
    let mut digest = [0; 32];
    let found = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    digest.copy_from_slice(found.as_ref());
    digest
}

impl CursorKey {
    /// The key derived from the server's secret.
    pub fn new(secret: &SecretKey) -> Self {
        Self(secret.derive(Purpose::Cursor))
    }

    /// The cursor of the page after `key`.
    pub fn encode(&self, list: List, key: PageKey) -> String {
        let micros = key.at.unix_timestamp_nanos() / 1000;
        let micros = i64::try_from(micros).unwrap_or(i64::MAX);
        let mut bytes = vec![list.number()];
        bytes.extend(micros.to_be_bytes());
        bytes.extend(key.id.to_be_bytes());
        let mac = self.0.mac(&[&bytes, &list.parameters()]);
        bytes.extend(mac.iter().take(MAC_BYTES));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The key in a cursor that we created for `list`; 422 `invalid_cursor` for any other text.
    pub fn decode(&self, list: List, text: &str) -> Result<PageKey, ApiError> {
        self.read(list, text).ok_or_else(|| {
            let detail = "the cursor does not belong to this list";
            ApiError::unacceptable_at("invalid_cursor", "/cursor", detail)
        })
    }

    fn read(&self, list: List, text: &str) -> Option<PageKey> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (key, mac) = bytes.split_first_chunk::<KEY_BYTES>()?;
        let is_ours = mac.len() == MAC_BYTES && self.0.has_mac(&[key, &list.parameters()], mac);
        let (number, rest) = key.split_first()?;
        let (micros, id) = rest.split_first_chunk::<8>()?;
        let micros = i128::from(i64::from_be_bytes(*micros));
        let at = OffsetDateTime::from_unix_timestamp_nanos(micros * 1000).ok()?;
        let id = i64::from_be_bytes(id.try_into().ok()?);
        (is_ours && *number == list.number()).then_some(PageKey { at, id })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: PageKey = PageKey {
        at: datetime!(2026-11-20 10:11:12.345678 UTC),
        id: 77,
    };

    fn cursors() -> CursorKey {
        CursorKey::new(&SecretKey::from_bytes([4; 32]))
    }

    #[test]
    fn a_cursor_gives_back_its_key_for_its_own_list_only() {
        let text = cursors().encode(List::UserPosts(5), KEY);
        assert_eq!(cursors().decode(List::UserPosts(5), &text).unwrap(), KEY);
        assert!(cursors().decode(List::UserPosts(6), &text).is_err());
        assert!(cursors().decode(List::PublicFeed, &text).is_err());
        let text = cursors().encode(List::post_search("one"), KEY);
        assert_eq!(
            cursors().decode(List::post_search("one"), &text).unwrap(),
            KEY
        );
        assert!(cursors().decode(List::post_search("two"), &text).is_err());
    }

    #[test]
    fn any_changed_bit_or_length_spoils_a_cursor() {
        let bytes = URL_SAFE_NO_PAD
            .decode(cursors().encode(List::PublicFeed, KEY))
            .unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let text = URL_SAFE_NO_PAD.encode(changed);
            assert!(
                cursors().decode(List::PublicFeed, &text).is_err(),
                "bit {bit}"
            );
        }
        for length in 0..bytes.len() {
            let text = URL_SAFE_NO_PAD.encode(&bytes[..length]);
            assert!(
                cursors().decode(List::PublicFeed, &text).is_err(),
                "{length} bytes"
            );
        }
    }
}
