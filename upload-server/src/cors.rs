//! What a browser's page of another origin may send to us and read of our answers, errors
//! included. The names of both dialects are here, so that a page learns from the answer, and not
//! from a silent network error, what is spoken.

use shared::http::CorsRules;

/// The rules of the upload addresses.
pub const RULES: CorsRules = CorsRules {
    methods: "POST, GET, HEAD, PATCH, DELETE, OPTIONS",
    headers: "Authorization, Content-Type, Tus-Resumable, Upload-Length, Upload-Offset, \
              Upload-Metadata, Upload-Defer-Length, Upload-Concat, Upload-Checksum, \
              Upload-Complete, Upload-Incomplete, Upload-Draft-Interop-Version, \
              X-HTTP-Method-Override, X-Request-ID, X-Requested-With",
    expose: "Location, Pawl-Media-Id, Retry-After, Tus-Extension, Tus-Max-Size, Tus-Resumable, \
             Tus-Version, Upload-Complete, Upload-Draft-Interop-Version, Upload-Expires, \
             Upload-Length, Upload-Limit, Upload-Metadata, Upload-Offset, WWW-Authenticate, \
             X-Request-Id",
};
