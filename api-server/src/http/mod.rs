//! What every handler needs: parsing of requests, replies, errors, pages and cursors. This module
//! imports no domain.

mod body;
mod cursor;
mod encoding;
mod error;
mod etag;
mod form;
mod idempotency;
mod page;
mod patch;
mod ratelimit;
mod reply;
mod request;

pub use body::BodyStream;
pub use cursor::{CursorKey, List, PageKey};
pub use error::{ApiError, ApiResult};
pub use etag::conditional;
pub use idempotency::{IdempotencyKey, Made, made};
pub use page::{
    DEFAULT_PAGE_ITEMS, MAX_PAGE_ITEMS, Page, PageKeys, PageQuery, PageRequest, ScannedKey,
};
pub use patch::given;
pub use ratelimit::Limiter;
pub use reply::{Reply, created, no_content, ok, page, refusal, unstored};
pub use request::Request;

/// The prefix of all paths of the API.
pub const API_BASE: &str = "/api/v1";
