//! Cursors: the start of the next page of a list, in a form that clients cannot forge.
//!
//! A cursor is base64url of the list, the key of the last item, and 8 bytes of HMAC over both and
//! the list's parameters, so that it is valid for one list only.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use shared::auth::{DerivedKey, Purpose, SecretKey};
use time::OffsetDateTime;
use time::macros::datetime;

use super::ApiError;

const KEY_BYTES: usize = 17;
const MAC_BYTES: usize = 8;

/// A kind of list, which its domain declares.
#[derive(Debug, Clone, Copy)]
pub struct ListKind {
    number: u8,
    start: PageKey,
}

/// A list: its kind, and whose or which it is.
#[derive(Debug, Clone, Copy)]
pub struct List {
    kind: ListKind,
    /// An id, or the digest of a text.
    parameter: [u8; 32],
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

impl ListKind {
    /// A list with the newest item first. The number is part of issued cursors, so it must be
    /// unique and must not change.
    pub const fn newest_first(number: u8) -> Self {
        let start = PageKey::START;
        Self { number, start }
    }

    /// A list with the oldest item first.
    pub const fn oldest_first(number: u8) -> Self {
        let start = PageKey::OLDEST;
        Self { number, start }
    }

    /// The only list of this kind.
    pub const fn all(self) -> List {
        let parameter = [0; 32];
        List {
            kind: self,
            parameter,
        }
    }

    /// The list of the user, post or comment with this id.
    pub fn of(self, id: i64) -> List {
        let mut list = self.all();
        list.parameter[..8].copy_from_slice(&id.to_be_bytes());
        list
    }

    /// The list of what `text` finds.
    pub fn found_by(self, text: &str) -> List {
        let mut list = self.all();
        let digest = digest::digest(&digest::SHA256, text.as_bytes());
        list.parameter.copy_from_slice(digest.as_ref());
        list
    }
}

impl List {
    /// The key before the first page.
    pub const fn start(self) -> PageKey {
        self.kind.start
    }
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
        let mut bytes = vec![list.kind.number];
        bytes.extend(micros.to_be_bytes());
        bytes.extend(key.id.to_be_bytes());
        let mac = self.0.mac(&[&bytes, &list.parameter]);
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
        let is_ours = mac.len() == MAC_BYTES && self.0.has_mac(&[key, &list.parameter], mac);
        let (number, rest) = key.split_first()?;
        let (micros, id) = rest.split_first_chunk::<8>()?;
        let micros = i128::from(i64::from_be_bytes(*micros));
        let at = OffsetDateTime::from_unix_timestamp_nanos(micros * 1000).ok()?;
        let id = i64::from_be_bytes(id.try_into().ok()?);
        (is_ours && *number == list.kind.number).then_some(PageKey { at, id })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: PageKey = PageKey {
        at: datetime!(2026-11-20 10:11:12.345678 UTC),
        id: 77,
    };

    const FEED: ListKind = ListKind::newest_first(1);
    const POSTS: ListKind = ListKind::newest_first(2);
    const SEARCH: ListKind = ListKind::newest_first(3);

    fn cursors() -> CursorKey {
        CursorKey::new(&SecretKey::from_bytes([4; 32]))
    }

    #[test]
    fn a_cursor_gives_back_its_key_for_its_own_list_only() {
        let text = cursors().encode(POSTS.of(5), KEY);
        assert_eq!(cursors().decode(POSTS.of(5), &text).unwrap(), KEY);
        assert!(cursors().decode(POSTS.of(6), &text).is_err());
        assert!(cursors().decode(FEED.all(), &text).is_err());
        let text = cursors().encode(SEARCH.found_by("one"), KEY);
        assert_eq!(
            cursors().decode(SEARCH.found_by("one"), &text).unwrap(),
            KEY
        );
        assert!(cursors().decode(SEARCH.found_by("two"), &text).is_err());
    }

    #[test]
    fn any_changed_bit_or_length_spoils_a_cursor() {
        let bytes = URL_SAFE_NO_PAD
            .decode(cursors().encode(FEED.all(), KEY))
            .unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let text = URL_SAFE_NO_PAD.encode(changed);
            assert!(cursors().decode(FEED.all(), &text).is_err(), "bit {bit}");
        }
        for length in 0..bytes.len() {
            let text = URL_SAFE_NO_PAD.encode(&bytes[..length]);
            assert!(
                cursors().decode(FEED.all(), &text).is_err(),
                "{length} bytes"
            );
        }
    }
}
