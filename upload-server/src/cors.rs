//! What pages of allowed origins may send and read, errors included.
//!
//! Both protocols' headers are listed, so that a page that speaks the wrong one can read the error
//! that says so.

use shared::http::{CorsAccess, CorsRules};

/// The rules of the upload server.
pub const CORS: CorsRules = CorsRules {
    allowed_origins: CorsAccess {
        methods: "POST, GET, HEAD, PATCH, DELETE, OPTIONS",
        headers: "Authorization, Content-Type, Tus-Resumable, Upload-Length, Upload-Offset, \
              Upload-Metadata, Upload-Defer-Length, Upload-Concat, Upload-Checksum, \
              Upload-Complete, Upload-Incomplete, Upload-Draft-Interop-Version, \
              X-HTTP-Method-Override, X-Request-ID, X-Requested-With",
        expose: "Location, Pawl-Media-Id, Retry-After, Tus-Extension, Tus-Max-Size, Tus-Resumable, \
             Tus-Version, Upload-Complete, Upload-Draft-Interop-Version, Upload-Expires, \
             Upload-Length, Upload-Limit, Upload-Metadata, Upload-Offset, WWW-Authenticate, \
             X-Request-Id",
    },
    public: None,
    // tus gives OPTIONS a meaning of its own.
    service_answers_options: true,
};
