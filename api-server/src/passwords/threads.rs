//! The threads that passwords are hashed on: all cores but one, each with memory of its own,
//! while there is something to hash.
//!
//! Not the runtime's blocking threads: those take turns, so that each hash would be given fresh
//! memory, and clearing 19 MiB costs a fifth of the hash; and these are nicer to others. Whoever asks
//! for a page is not made to wait by those who sign in.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{io, thread};

use super::argon::Memory;

/// How long a thread waits for more before it ends, and its memory goes back to the system.
const KEPT_FOR: Duration = Duration::from_secs(1);
/// How much they give way to other threads (`nice(2)`): of a busy core they get a tenth.
const NICENESS: i32 = 10;

/// Something to do in a thread's memory.
pub type Job = Box<dyn FnOnce(&mut Memory) + Send>;

/// A queue, and the threads that empty it.
#[derive(Clone)]
pub struct Threads(Arc<Shared>);

struct Shared {
    most: usize,
    queue: Mutex<Queue>,
    more: Condvar,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    threads: usize,
    idle: usize,
}

impl Threads {
    /// At most `most` threads, none yet.
    pub fn new(most: usize) -> Self {
        Self(Arc::new(Shared {
            most,
            queue: Mutex::default(),
            more: Condvar::new(),
        }))
    }

    /// Has `job` done when those before it are. An error when there is no thread for it and none can
    /// be started.
    pub fn push(&self, job: Job) -> io::Result<()> {
        let mut queue = self.0.queue();
        if queue.idle < queue.jobs.len() + 1 && queue.threads < self.0.most {
            match self.start() {
                Ok(()) => queue.threads += 1,
                Err(error) if queue.threads == 0 => return Err(error),
                Err(_) => {}
            }
        }
        queue.jobs.push_back(job);
        self.0.more.notify_one();
        Ok(())
    }

    fn start(&self) -> io::Result<()> {
        let shared = Arc::clone(&self.0);
        let thread = thread::Builder::new().name("passwords".to_owned());
        thread.spawn(move || shared.work()).map(drop)
    }
}

impl Shared {
    fn work(&self) {
        // Refused or not, passwords are hashed.
        let _ = rustix::process::nice(NICENESS);
        let mut memory = Memory::default();
        while let Some(job) = self.next() {
            // What a panic may leave half written is written anew by the next hash. The panic itself
            // was logged where it happened, and its job's asker finds nobody at the other end.
            let _ = catch_unwind(AssertUnwindSafe(|| job(&mut memory)));
        }
    }

    /// Waits for a job; none: the thread is to end.
    fn next(&self) -> Option<Job> {
        let mut queue = self.queue();
        queue.idle += 1;
        let waited = self
            .more
            .wait_timeout_while(queue, KEPT_FOR, |queue| queue.jobs.is_empty());
        let (mut queue, _) = waited.unwrap_or_else(PoisonError::into_inner);
        queue.idle -= 1;
        let job = queue.jobs.pop_front();
        if job.is_none() {
            queue.threads -= 1;
        }
        job
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        // Nothing panics while it is held.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn no_more_threads_than_may_be_and_none_when_there_is_nothing_to_do() {
        let threads = Threads::new(2);
        let (done, all) = channel();
        for number in 0..50 {
            let done = done.clone();
            let job = move |_: &mut Memory| done.send((number, thread::current().id())).unwrap();
            threads.push(Box::new(job)).unwrap();
        }
        let mut seen: Vec<_> = (0..50).map(|_| all.recv().unwrap()).collect();
        seen.sort_by_key(|(number, _)| *number);
        assert!(seen.iter().map(|(number, _)| *number).eq(0..50));
        let ids: std::collections::HashSet<_> = seen.into_iter().map(|(_, id)| id).collect();
        assert!(ids.len() <= 2, "{ids:?}");
        let started = std::time::Instant::now();
        while threads.0.queue().threads > 0 {
            assert!(started.elapsed() < Duration::from_secs(30));
            thread::sleep(Duration::from_millis(20));
        }
    }

    #[test]
    fn a_panic_ends_its_job_and_nothing_else() {
        let threads = Threads::new(1);
        let (done, all) = channel();
        threads
            .push(Box::new(|_| panic!("a job that fails")))
            .unwrap();
        threads
            .push(Box::new(move |_| done.send(()).unwrap()))
            .unwrap();
        all.recv().unwrap();
        assert!(threads.0.queue().threads <= 1);
    }
}
