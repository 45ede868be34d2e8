//! Pagination: `?limit=&cursor=&after=` in, `{items, next_cursor, newest_cursor}` out.

use serde::Serialize;

use super::encoding::encode_query;
use super::{ApiError, ApiResult, At, CursorKey, Faults, List, PageKey, Text, TextRule};

/// The default `limit`.
pub const DEFAULT_PAGE_ITEMS: usize = 20;
/// The maximum `limit`.
pub const MAX_PAGE_ITEMS: usize = 100;

/// The pagination parameters of a request, and its path.
#[derive(Debug)]
pub struct PageQuery {
    /// The path without the query; the URL of the next page is built from it.
    pub path: String,
    /// The valid `limit`.
    pub limit: usize,
    /// `cursor`, not validated: only the action knows its list.
    pub cursor: Option<String>,
    /// `after`, not validated.
    pub after: Option<String>,
    /// The other parameters, which the URL of the next page repeats.
    pub others: Vec<(String, String)>,
}

/// A page to read: `limit` items between two keys.
#[derive(Debug, Clone, Copy)]
pub struct PageRequest {
    /// The maximum number of items.
    pub limit: usize,
    /// The key before the page.
    pub start: PageKey,
    /// The key behind the last page.
    pub end: PageKey,
}

impl PageRequest {
    /// The number of rows to read: one more than the page, to see whether there is a next page.
    pub fn rows(&self) -> i64 {
        i64::try_from(self.limit)
            .unwrap_or(i64::MAX)
            .saturating_add(1)
    }

    /// Removes the extra row; returns the key after which the next page starts.
    pub fn cut(&self, keys: &mut Vec<PageKey>) -> Option<PageKey> {
        self.cut_rows(keys, |key| *key)
    }

    /// The same for rows with their keys. An empty page continues where it began.
    pub fn cut_rows<T>(&self, rows: &mut Vec<T>, key: fn(&T) -> PageKey) -> Option<PageKey> {
        let has_next = rows.len() > self.limit;
        rows.truncate(self.limit);
        has_next.then(|| rows.last().map_or(self.start, key))
    }
}

/// A requested page of one list.
#[derive(Debug, Clone, Copy)]
pub struct ListPage<'a> {
    query: &'a PageQuery,
    list: List,
    cursors: &'a CursorKey,
    /// The newest key of a page without items.
    newest: PageKey,
    /// The part of the list to read.
    pub request: PageRequest,
}

/// The keys of a page, and the start of the next one.
#[derive(Debug)]
pub struct PageKeys<'a> {
    /// The keys of the items, in list order; invisible items are dropped later.
    keys: Vec<PageKey>,
    /// The key after which the next page starts; `None` at the end of the list.
    next: Option<PageKey>,
    asked: ListPage<'a>,
}

/// The places in a list from which a client reads on.
#[derive(Debug, Clone, Copy)]
pub struct PageEnds {
    /// The newest key of the page.
    pub newest: Option<PageKey>,
    /// The key after which the next page starts.
    pub next: Option<PageKey>,
}

/// A row of a bounded scan: a found key or, as the last row, the key at which the scan stopped.
#[derive(Debug, Clone, Copy)]
pub struct ScannedKey {
    pub at: time::OffsetDateTime,
    pub id: i64,
    pub is_found: bool,
}

impl<'a> PageKeys<'a> {
    /// From keys that were read with one more than the page.
    pub fn cut(mut keys: Vec<PageKey>, asked: ListPage<'a>) -> Self {
        let next = asked.request.cut(&mut keys);
        Self { keys, next, asked }
    }

    /// From a scan. A stopped scan continues at its last key, so that even an empty page makes
    /// progress.
    pub fn scanned(rows: &[ScannedKey], asked: ListPage<'a>) -> Self {
        let key = |row: &ScannedKey| PageKey {
            at: row.at,
            id: row.id,
        };
        let found = rows.iter().filter(|row| row.is_found).map(key).collect();
        let stopped = rows.iter().find(|row| !row.is_found).map(key);
        let page = Self::cut(found, asked);
        Self {
            next: page.next.or(stopped),
            ..page
        }
    }

    /// The ids of the items.
    pub fn ids<Id>(&self, id: fn(i64) -> Id) -> Vec<Id> {
        self.keys.iter().map(|key| id(key.id)).collect()
    }

    /// A page of those items that the viewer sees.
    pub fn page<T>(&self, items: Vec<T>) -> Page<T> {
        let newest = self.asked.list.newest(self.keys.iter());
        let next = self.next;
        self.asked.page(items, PageEnds { newest, next })
    }
}

/// A page of a list. It may be short or empty and still have a next page.
#[derive(Debug, Serialize)]
pub struct Page<T> {
    /// The items, in list order.
    pub items: Vec<T>,
    /// The value of `cursor` for the next page.
    pub next_cursor: Option<String>,
    /// The value of `after` that lists what is newer than this page.
    pub newest_cursor: String,
    /// The URL of the next page.
    #[serde(skip)]
    pub next_address: Option<String>,
}

impl PageQuery {
    /// Parses `limit` and `cursor` from the parameters of a query.
    pub fn parse(path: String, parameters: Vec<(String, String)>) -> ApiResult<Self> {
        let mut query = Self {
            path,
            limit: DEFAULT_PAGE_ITEMS,
            cursor: None,
            after: None,
            others: Vec::new(),
        };
        for (name, value) in parameters {
            match name.as_str() {
                "limit" => query.limit = read_limit(&value)?,
                "cursor" => query.cursor = Some(value),
                "after" => query.after = Some(value),
                _ => query.others.push((name, value)),
            }
        }
        Ok(query)
    }

    /// The first other parameter with this name.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let named = self.others.iter().find(|(other, _)| other == name);
        named.map(|(_, value)| value.as_str())
    }

    /// Parses the parameter with this name as a text; an absent one counts as empty.
    pub fn text<R: TextRule>(&self, name: &str, faults: &mut Faults) -> Option<Text<R>> {
        let text = self.parameter(name).unwrap_or_default();
        Text::parse(text.to_owned(), At::Member(&At::Body, name), faults)
    }

    /// The requested page of `list`; 422 if the cursor is not one of this list.
    pub fn of<'a>(&'a self, list: List, cursors: &'a CursorKey) -> ApiResult<ListPage<'a>> {
        let key = |name: &str, cursor: &Option<String>| {
            let found = cursor.as_ref().map(|text| cursors.decode(list, text));
            let detail = "the cursor does not belong to this list";
            match found {
                Some(None) => Err(ApiError::unacceptable_at("invalid_cursor", name, detail)),
                found => Ok(found.flatten()),
            }
        };
        let newer_than = key("/after", &self.after)?;
        let cursor = key("/cursor", &self.cursor)?;
        let (start, end) = list.bounds(cursor, newer_than);
        let limit = self.limit;
        Ok(ListPage {
            query: self,
            list,
            cursors,
            newest: newer_than.or(cursor).unwrap_or(PageKey::OLDEST),
            request: PageRequest { limit, start, end },
        })
    }
}

impl ListPage<'_> {
    /// The page of `items`.
    pub fn page<T>(&self, items: Vec<T>, ends: PageEnds) -> Page<T> {
        let encode = |key| self.cursors.encode(self.list, key);
        let next_cursor = ends.next.map(encode);
        Page {
            items,
            next_address: next_cursor
                .as_ref()
                .map(|cursor| self.query.address_at(cursor)),
            next_cursor,
            newest_cursor: encode(ends.newest.unwrap_or(self.newest)),
        }
    }
}

impl PageQuery {
    /// The URL of the page at `cursor`.
    fn address_at(&self, cursor: &str) -> String {
        let Self { path, limit, .. } = self;
        let others = encode_query(&self.others);
        let after = self.after.as_ref();
        let after = after.map_or_else(String::new, |after| format!("&after={after}"));
        format!("{path}?{others}limit={limit}{after}&cursor={cursor}")
    }
}

fn read_limit(text: &str) -> ApiResult<usize> {
    match text.parse() {
        Ok(limit) if (1..=MAX_PAGE_ITEMS).contains(&limit) => Ok(limit),
        _ => Err(ApiError::field(
            "/limit",
            "out_of_range",
            format!("limit must be a number from 1 to {MAX_PAGE_ITEMS}"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::super::ListKind;
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> ApiResult<PageQuery> {
        let pairs = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        PageQuery::parse("/feed".to_owned(), pairs.collect())
    }

    const FEED: ListKind = ListKind::newest_first(1);

    #[test]
    fn the_next_page_is_asked_for_with_the_same_parameters() {
        let query = read(&[("q", "a b&ü"), ("limit", "5"), ("parent_id", "7")]).unwrap();
        assert_eq!(query.parameter("parent_id"), Some("7"));
        assert_eq!(query.parameter("limit"), None);
        let cursors = CursorKey::new(&shared::auth::SecretKey::from_bytes([4; 32]));
        let asked = query.of(FEED.all(), &cursors).unwrap();
        let ends = PageEnds {
            newest: None,
            next: Some(PageKey::NEWEST),
        };
        let page = asked.page(vec![1], ends);
        let expected = format!(
            "/feed?q=a%20b%26%C3%BC&parent_id=7&limit=5&cursor={}",
            page.next_cursor.unwrap()
        );
        assert_eq!(page.next_address.unwrap(), expected);
    }

    #[test]
    fn a_scan_goes_on_after_the_last_item_of_a_full_page_and_else_from_where_it_stopped() {
        let key = |id| PageKey {
            at: time::OffsetDateTime::UNIX_EPOCH,
            id,
        };
        let cursors = CursorKey::new(&shared::auth::SecretKey::from_bytes([4; 32]));
        let query = read(&[("limit", "2")]).unwrap();
        let asked = query.of(FEED.all(), &cursors).unwrap();
        let scan = |rows: &[(i64, bool)]| {
            let rows = rows.iter().map(|&(id, is_found)| ScannedKey {
                at: time::OffsetDateTime::UNIX_EPOCH,
                id,
                is_found,
            });
            let found = PageKeys::scanned(&rows.collect::<Vec<_>>(), asked);
            (found.ids(|id| id), found.next)
        };
        let full = scan(&[(9, true), (8, true), (7, true)]);
        assert_eq!(full, (vec![9, 8], Some(key(8))));
        assert_eq!(scan(&[(9, true), (3, false)]), (vec![9], Some(key(3))));
        assert_eq!(scan(&[(3, false)]), (vec![], Some(key(3))));
        assert_eq!(scan(&[(9, true), (8, true)]), (vec![9, 8], None));
    }

    #[test]
    fn a_limit_outside_1_to_100_is_refused_and_none_is_20() {
        assert_eq!(read(&[]).unwrap().limit, 20);
        assert_eq!(
            read(&[("limit", "100"), ("cursor", "x")]).unwrap().limit,
            100
        );
        for limit in ["0", "101", "-1", "", "ten", "1e1"] {
            assert!(read(&[("limit", limit)]).is_err(), "{limit}");
        }
    }
}
