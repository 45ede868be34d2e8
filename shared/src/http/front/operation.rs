//! What a request turned out to ask for, by a name from a short and fixed list.

use std::sync::{Arc, OnceLock};

/// In the extensions of every request; whoever routes it names it, once. Numbers are kept by this
/// name, whatever becomes of the request.
#[derive(Debug, Clone, Default)]
pub struct Operation(Arc<OnceLock<&'static str>>);

impl Operation {
    /// Says what the request asks for; the first word counts.
    pub fn name(&self, name: &'static str) {
        let _ = self.0.set(name);
    }

    /// The name; `none` where nothing took the request.
    pub fn told(&self) -> &'static str {
        self.0.get().copied().unwrap_or("none")
    }
}
