//! Panics: each is a bug, so each is logged and counted.

use std::{
    panic,
    sync::{
        Once,
        atomic::{AtomicU64, Ordering},
    },
};

static COUNT: AtomicU64 = AtomicU64::new(0);
static INSTALLED: Once = Once::new();

/// The number of panics of this process.
pub(super) fn count() -> u64 {
    COUNT.load(Ordering::Relaxed)
}

/// Logs every panic with its location instead of printing it.
pub(super) fn install() {
    INSTALLED.call_once(|| {
        panic::set_hook(Box::new(|info| {
            COUNT.fetch_add(1, Ordering::Relaxed);
            let place = info.location().map(ToString::to_string).unwrap_or_default();
            let message = info.payload_as_str().unwrap_or("no text");
            let thread = std::thread::current()
                .name()
                .unwrap_or("unnamed")
                .to_owned();
            tracing::error!(place, message, thread, "panic");
        }));
    });
}
