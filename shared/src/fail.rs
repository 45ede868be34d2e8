//! Fail points: places where a test may kill or stall the process to prove that no data is lost.
//! Without the feature `testing` they do nothing.
//!
//! `PAWL_FAIL_POINT=finish.synced:kill` ends the process there by SIGKILL;
//! `finish.synced:stall` waits there until the process is ended.

/// The point `name`, as `<step>.<place>`.
#[cfg(feature = "testing")]
pub async fn point(name: &str) {
    use std::sync::LazyLock;
    static ARMED: LazyLock<Option<(String, String)>> = LazyLock::new(|| {
        let armed = std::env::var("PAWL_FAIL_POINT").ok()?;
        let (name, action) = armed.split_once(':')?;
        Some((name.to_owned(), action.to_owned()))
    });
    match ARMED.as_ref() {
        Some((armed, action)) if armed == name => act(name, action).await,
        _ => {}
    }
}

#[cfg(feature = "testing")]
async fn act(name: &str, action: &str) {
    tracing::warn!(name, action, "fail point reached");
    match action {
        "kill" => {
            let own = rustix::process::getpid();
            let _ = rustix::process::kill_process(own, rustix::process::Signal::KILL);
        }
        "stall" => std::future::pending().await,
        other => tracing::error!(other, "unknown fail point action; use kill or stall"),
    }
}

/// Does nothing: fail points are for tests.
#[cfg(not(feature = "testing"))]
#[expect(
    clippy::unused_async,
    reason = "the same signature as with the feature"
)]
#[inline]
pub async fn point(_name: &str) {}
