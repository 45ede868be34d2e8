//! Cursors: places in lists, in a form that clients can neither read nor forge.
//!
//! A cursor is base64url of the encrypted key of an item. It is encrypted for its list with the
//! list's parameter, so that it is valid for one list only. The item may be one that the reader
//! must not know about, such as the like of a user who blocks them.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use shared::auth::{DerivedKey, Purpose, SecretKey};
use time::OffsetDateTime;
use time::macros::datetime;

/// A kind of list, which its domain declares.
#[derive(Debug, Clone, Copy)]
pub struct ListKind {
    number: u8,
    order: Order,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    NewestFirst,
    OldestFirst,
}

/// A list: its kind, and whose or which it is.
#[derive(Debug, Clone, Copy)]
pub struct List {
    kind: ListKind,
    /// An id, or the digest of a text.
    parameter: [u8; 32],
}

/// The sort key of lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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
    /// Newer than every item, so that the first page is read like any other.
    pub const NEWEST: Self = Self {
        at: datetime!(9999-12-31 00:00 UTC),
        id: i64::MAX,
    };
    /// Older than every item.
    pub const OLDEST: Self = Self {
        at: datetime!(0001-01-01 00:00 UTC),
        id: 0,
    };
}

impl ListKind {
    /// A list with the newest item first. The number is part of issued cursors, so it must be
    /// unique and must not change.
    pub const fn newest_first(number: u8) -> Self {
        let order = Order::NewestFirst;
        Self { number, order }
    }

    /// A list with the oldest item first.
    pub const fn oldest_first(number: u8) -> Self {
        let order = Order::OldestFirst;
        Self { number, order }
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
    /// The keys before and behind the page that starts after `cursor` and has only items that are
    /// newer than `newer_than`.
    pub fn bounds(
        self,
        cursor: Option<PageKey>,
        newer_than: Option<PageKey>,
    ) -> (PageKey, PageKey) {
        let oldest = newer_than.unwrap_or(PageKey::OLDEST);
        match self.kind.order {
            Order::NewestFirst => (cursor.unwrap_or(PageKey::NEWEST), oldest),
            Order::OldestFirst => (oldest.max(cursor.unwrap_or(oldest)), PageKey::NEWEST),
        }
    }

    /// The newest one of a page's keys, which are in list order.
    pub fn newest<'a>(
        self,
        mut keys: impl DoubleEndedIterator<Item = &'a PageKey>,
    ) -> Option<PageKey> {
        let newest = match self.kind.order {
            Order::NewestFirst => keys.next(),
            Order::OldestFirst => keys.next_back(),
        };
        newest.copied()
    }

    /// What separates the cursors of this list from those of all others.
    fn context(self) -> [u8; 33] {
        let mut context = [self.kind.number; 33];
        context[1..].copy_from_slice(&self.parameter);
        context
    }
}

impl CursorKey {
    /// The key derived from the server's secret.
    pub fn new(secret: &SecretKey) -> Self {
        Self(secret.derive(Purpose::Cursor))
    }

    /// The cursor of the item with this key.
    pub fn encode(&self, list: List, key: PageKey) -> String {
        let micros = key.at.unix_timestamp_nanos() / 1000;
        let micros = i64::try_from(micros).unwrap_or(i64::MAX);
        let text = [micros.to_be_bytes(), key.id.to_be_bytes()].concat();
        URL_SAFE_NO_PAD.encode(self.0.seal(&list.context(), &text))
    }

    /// The key in a cursor that we created for `list`; `None` for any other text.
    pub fn decode(&self, list: List, text: &str) -> Option<PageKey> {
        let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
        let text = self.0.open(&list.context(), &sealed)?;
        let (micros, id) = text.split_first_chunk::<8>()?;
        let micros = i128::from(i64::from_be_bytes(*micros));
        let at = OffsetDateTime::from_unix_timestamp_nanos(micros * 1000).ok()?;
        let id = i64::from_be_bytes(id.try_into().ok()?);
        Some(PageKey { at, id })
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
        assert!(cursors().decode(POSTS.of(6), &text).is_none());
        assert!(cursors().decode(FEED.all(), &text).is_none());
        let text = cursors().encode(SEARCH.found_by("one"), KEY);
        assert_eq!(
            cursors().decode(SEARCH.found_by("one"), &text).unwrap(),
            KEY
        );
        assert!(cursors().decode(SEARCH.found_by("two"), &text).is_none());
    }

    #[test]
    fn a_cursor_does_not_contain_its_key() {
        let text = cursors().encode(POSTS.of(5), KEY);
        let bytes = URL_SAFE_NO_PAD.decode(&text).unwrap();
        let (id, micros) = (KEY.id.to_be_bytes(), KEY.at.unix_timestamp().to_be_bytes());
        for readable in [&id[4..], &micros[4..], b"77"] {
            assert!(!bytes.windows(readable.len()).any(|part| part == readable));
        }
        let next = PageKey { id: 78, ..KEY };
        let other = URL_SAFE_NO_PAD.decode(cursors().encode(POSTS.of(5), next));
        let same = bytes.iter().zip(other.unwrap()).filter(|(a, b)| *a == b);
        assert!(same.count() < bytes.len() / 2, "two cursors are alike");
    }

    #[test]
    fn newer_items_come_after_the_cursor_of_an_item_in_either_order() {
        let newer = PageKey { id: 78, ..KEY };
        let (feed, comments) = (FEED.all(), ListKind::oldest_first(4).of(5));
        assert_eq!(feed.bounds(None, Some(KEY)), (PageKey::NEWEST, KEY));
        assert_eq!(feed.bounds(Some(newer), Some(KEY)), (newer, KEY));
        assert_eq!(comments.bounds(None, Some(KEY)), (KEY, PageKey::NEWEST));
        assert_eq!(comments.bounds(Some(newer), Some(KEY)).0, newer);
        assert_eq!(feed.newest([newer, KEY].iter()), Some(newer));
        assert_eq!(comments.newest([KEY, newer].iter()), Some(newer));
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
            assert!(cursors().decode(FEED.all(), &text).is_none(), "bit {bit}");
        }
        for length in 0..bytes.len() {
            let text = URL_SAFE_NO_PAD.encode(&bytes[..length]);
            assert!(
                cursors().decode(FEED.all(), &text).is_none(),
                "{length} bytes"
            );
        }
    }
}
