//! Passwords hashed with argon2id (19 MiB, 2 passes, 1 lane), on threads of their own and a few at
//! a time: each takes a core for tens of milliseconds. New ones are judged there too.

mod argon;
#[cfg(all(test, feature = "testing"))]
mod over_http;
mod rules;
mod similarity;
mod threads;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, oneshot};

use self::argon::Memory;
pub use self::rules::{Fault, Owner};
use self::threads::Threads;
use crate::http::{ApiError, ApiResult};

/// How many may wait for their turn, some seconds' worth; the next is told to come back.
const MAX_WAITING: usize = 256;
/// How long one waits at most, until the work is done.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// Of no password; verified against where there is no user, so that both take the same time.
const NOBODYS_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGF0IGFsbCEhIQ\
                            $KioqKioqKioqKioqKioqKioqKioqKioqKioqKioqKio";

/// Hashes and checks passwords.
pub struct Passwords {
    threads: Threads,
    most: usize,
    places: Arc<Semaphore>,
    /// How many passwords were held against a hash.
    #[cfg(test)]
    checks: Arc<std::sync::atomic::AtomicUsize>,
}

impl Passwords {
    /// At most `at_once` at a time, and at least one.
    pub fn new(at_once: usize) -> Self {
        let at_once = at_once.max(1);
        let most = at_once + MAX_WAITING;
        Self {
            threads: Threads::new(at_once),
            most,
            places: Arc::new(Semaphore::new(most)),
            #[cfg(test)]
            checks: Arc::default(),
        }
    }

    /// How many are being worked on, or wait for it.
    pub fn pending(&self) -> usize {
        self.most - self.places.available_permits()
    }

    /// The PHC string of a new password.
    pub async fn hash(&self, password: String) -> ApiResult<String> {
        let hashed = self
            .run(move |memory| argon::hash(memory, &password))
            .await?;
        hashed.map_err(|error| ApiError::internal(error.to_string()))
    }

    /// The rules that a new password breaks.
    pub async fn faults(&self, password: String, owner: Owner) -> ApiResult<Vec<Fault>> {
        self.run(move |_| rules::faults(&password, &owner)).await
    }

    /// Whether `password` belongs to the hash; false, after the same time, where there is none.
    pub async fn is_right(&self, password: String, hash: Option<String>) -> ApiResult<bool> {
        #[cfg(test)]
        let checks = Arc::clone(&self.checks);
        self.run(move |memory| {
            #[cfg(test)]
            checks.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let hash = hash.as_deref().unwrap_or(NOBODYS_HASH);
            argon::is_of(memory, hash, &password)
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Memory) -> T + Send + 'static,
    ) -> ApiResult<T> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        let place = place.map_err(|_| ApiError::busy())?;
        let (done, result) = oneshot::channel();
        let job = move |memory: &mut Memory| {
            // The place goes along: a request that is given up leaves its work running.
            let _place = place;
            if !done.is_closed() {
                // Given up meanwhile, nobody wants to know.
                let _ = done.send(work(memory));
            }
        };
        self.threads
            .push(Box::new(job))
            .map_err(ApiError::internal)?;
        match tokio::time::timeout(LONGEST_WAIT, result).await {
            Ok(result) => result.map_err(ApiError::internal),
            Err(_) => Err(ApiError::busy()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[tokio::test]
    async fn a_password_is_right_for_its_own_hash_only() {
        let passwords = Passwords::new(1);
        let hash = passwords.hash("correct horse".to_owned()).await.unwrap();
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        assert!(
            passwords
                .is_right("correct horse".to_owned(), Some(hash.clone()))
                .await
                .unwrap()
        );
        assert!(
            !passwords
                .is_right("correct house".to_owned(), Some(hash))
                .await
                .unwrap()
        );
    }

    #[tokio::test]
    async fn nobody_takes_as_long_as_a_wrong_password() {
        let passwords = Passwords::new(1);
        let hash = passwords.hash("correct horse".to_owned()).await.unwrap();
        let (mut nobody, mut wrong) = (Duration::MAX, Duration::MAX);
        // A busy machine needs more tries until each has run undisturbed.
        for _ in 0..30 {
            let start = Instant::now();
            assert!(
                !passwords
                    .is_right("battery".to_owned(), None)
                    .await
                    .unwrap()
            );
            nobody = nobody.min(start.elapsed());
            let start = Instant::now();
            assert!(
                !passwords
                    .is_right("battery".to_owned(), Some(hash.clone()))
                    .await
                    .unwrap()
            );
            wrong = wrong.min(start.elapsed());
            if nobody > wrong / 4 && nobody < wrong * 4 {
                return;
            }
        }
        panic!("{nobody:?} and {wrong:?}");
    }

    #[tokio::test]
    async fn more_than_may_wait_are_told_to_come_back() {
        let passwords = Passwords::new(1);
        let _all = passwords.places.try_acquire_many(257).unwrap();
        let refused = passwords
            .hash("correct horse".to_owned())
            .await
            .unwrap_err();
        assert_eq!(refused.into_problem().status().as_u16(), 503);
    }
}
