//! The threads that hash passwords: the blocking threads of a runtime of their own.
//!
//! They run at low priority, so that hashes delay other requests less while all cores are busy. The
//! API's own blocking threads cannot do that: a thread cannot raise its priority again. Each thread
//! also keeps its 19 MiB of memory from one hash to the next (bench/README.md has the figures).

use std::time::Duration;

use tokio::runtime::{Builder, Handle, Runtime};

/// How long an idle thread waits before it ends and its memory goes back to the system.
const KEPT_FOR: Duration = Duration::from_secs(1);
/// Lowers the threads' priority (`nice(2)`): on a busy core they get a tenth of the time.
const NICENESS: i32 = 10;

/// Low-priority threads for blocking work. It is `None` only during the drop.
pub struct Threads(Option<Runtime>);

impl Threads {
    /// At most `max_threads` at a time.
    #[expect(clippy::expect_used, reason = "nothing is opened that could fail")]
    pub fn new(max_threads: usize) -> Self {
        let runtime = Builder::new_current_thread()
            .thread_name("passwords")
            .max_blocking_threads(max_threads)
            .thread_keep_alive(KEPT_FOR)
            .on_thread_start(|| {
                // If the system refuses, passwords are hashed at normal priority.
                let _ = rustix::process::nice(NICENESS);
            })
            .build()
            .expect("a runtime without I/O and timers");
        Self(Some(runtime))
    }

    /// Spawns blocking work.
    #[expect(clippy::expect_used, reason = "taken out by drop alone")]
    pub fn handle(&self) -> &Handle {
        self.0.as_ref().expect("a runtime until the drop").handle()
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        // A runtime's own drop would wait for running hashes, which async code must not do.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

#[cfg(test)]
mod tests {
    use rustix::process::getpriority_process;

    use super::*;

    #[tokio::test]
    async fn work_runs_at_low_priority_and_its_caller_does_not() {
        let own = getpriority_process(None).unwrap();
        let threads = Threads::new(1);
        let work = threads
            .handle()
            .spawn_blocking(|| getpriority_process(None).unwrap());
        assert!(work.await.unwrap() > own);
        drop(threads);
        assert_eq!(getpriority_process(None).unwrap(), own);
    }
}
