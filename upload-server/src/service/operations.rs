//! The names of the operations, as labels for metrics.

use http::{Extensions, Method};
use tus_protocol::Operation;

pub const HEALTH: &str = "get_health";

/// Every operation and its usual method.
pub fn all() -> [(&'static str, Method); 6] {
    [
        (HEALTH, Method::GET),
        ("get_upload_options", Method::OPTIONS),
        ("create_upload", Method::POST),
        ("get_upload_offset", Method::HEAD),
        ("append_to_upload", Method::PATCH),
        ("terminate_upload", Method::DELETE),
    ]
}

pub fn of(operation: &Operation) -> &'static str {
    match operation {
        Operation::Options => "get_upload_options",
        Operation::Create(_) => "create_upload",
        Operation::Inspect => "get_upload_offset",
        Operation::Append(_) => "append_to_upload",
        Operation::Terminate => "terminate_upload",
    }
}

/// Lets the front count the request under `name`.
pub fn name(request: &Extensions, name: &'static str) {
    if let Some(operation) = request.get::<shared::http::Operation>() {
        operation.set(name);
    }
}
