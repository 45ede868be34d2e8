//! What the handlers of all methods share: the request, and the protocol's view of an upload.

use http::Request;
use shared::{
    http::{Draining, RequestBody},
    uploads::{Taken, UploadState},
};
use tus_protocol::{Phase, Upload};

use crate::refusal::gone;

/// A request below the upload path.
pub struct Call {
    pub request: Request<RequestBody>,
    /// The rest of the path, below the upload path.
    pub tail: String,
    pub draining: Draining,
}

/// An upload as the protocol sees it. Its offset may be ahead of what is durable.
pub fn describe(taken: &Taken) -> Upload<'_> {
    let upload = taken.upload();
    let phase = match (upload.state, gone(upload.state)) {
        (_, Some(why)) => Phase::Gone(why),
        (UploadState::Complete, None) => Phase::Complete,
        (_, None) => Phase::Open,
    };
    Upload {
        offset: taken.offset(),
        length: upload.length,
        phase,
        metadata: &upload.metadata,
    }
}
