//! What every operation needs: parsing of requests, replies, errors, pages and cursors. It
//! imports no other module of this crate.

mod body;
mod characters;
mod cursor;
mod encoding;
mod error;
mod etag;
mod faults;
mod form;
mod idempotency;
mod json;
mod memory;
mod page;
mod ratelimit;
mod reply;
mod request;
mod text;

pub use body::BodyStream;
pub use characters::is_blank;
pub use cursor::{CursorKey, List, ListKind, PageKey};
pub use error::{ApiError, ApiResult};
pub use etag::conditional;
use faults::malformed;
pub use faults::{At, Faults, TextFault};
pub use form::{Form, MAX_PICTURE_BYTES};
pub use idempotency::{Created, IdempotencyKey, MAX_KEY_CHARS, created};
pub(crate) use json::from_json;
pub use json::{FromJson, Members, PatchField, ValueWithFaults, read_items};
pub use memory::BodyMemory;
pub use page::{
    DEFAULT_PAGE_ITEMS, MAX_PAGE_ITEMS, Page, PageEnds, PageKeys, PageQuery, PageRequest,
    ScannedKey,
};
pub use ratelimit::{Limiter, Quotas, RateClass};
pub use reply::{Reply, Unstored, no_content, ok, page, refusal, unstored};
pub use request::{FORM, Head, JSON, Json, Keyed, MERGE_PATCH, Network, Patch, Request};
pub use text::{MayBeEmpty, Text, TextRule, all, fault_if, refused_characters, with_nul};

/// The prefix of all paths of the API.
pub const API_BASE: &str = "/api/v1";
