//! The name of the operation that a request asks for, as a label for metrics.

use std::sync::{Arc, OnceLock};

/// In the extensions of every request. The code that routes the request sets the name, from a
/// short and fixed list; the front counts the request under it, whatever its outcome.
#[derive(Debug, Clone, Default)]
pub struct Operation(Arc<OnceLock<&'static str>>);

impl Operation {
    /// Sets the name. Only the first call has an effect.
    pub fn set(&self, name: &'static str) {
        let _ = self.0.set(name);
    }

    /// The name, or `none` if no route took the request.
    pub fn name(&self) -> &'static str {
        self.0.get().copied().unwrap_or("none")
    }
}
