//! Passwords hashed with argon2id (19 MiB, 2 passes, 1 lane) on threads of their own, a few at a
//! time: each hash takes a core for tens of milliseconds. The rules for new passwords are checked
//! there too.

mod argon;
#[cfg(all(test, feature = "testing"))]
mod over_http;
mod rules;
mod similarity;
mod threads;

#[cfg(test)]
use std::sync::Arc;
#[cfg(test)]
use std::sync::atomic::{AtomicUsize, Ordering};

use shared::text;

pub use self::rules::Owner;
use self::threads::Threads;
use crate::http::{ApiError, ApiResult, TextFault};
use crate::work_queue::WorkQueue;

/// How many requests may wait for a hash: some seconds' worth.
const MAX_WAITING: usize = 256;
/// No password has this hash. Unknown logins are checked against it, so that they take as long as
/// known ones.
const DUMMY_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGF0IGFsbCEhIQ\
                          $KioqKioqKioqKioqKioqKioqKioqKioqKioqKioqKio";

/// Hashes and checks passwords.
pub struct Passwords {
    queue: WorkQueue,
    threads: Threads,
    /// How many passwords were compared with a hash.
    #[cfg(test)]
    checks: Arc<AtomicUsize>,
}

impl Passwords {
    /// At most `at_once` hashes run at a time, and at least one.
    pub fn new(at_once: usize) -> Self {
        let at_once = at_once.max(1);
        Self {
            queue: WorkQueue::new(at_once, MAX_WAITING),
            threads: Threads::new(at_once),
            #[cfg(test)]
            checks: Arc::default(),
        }
    }

    /// How many requests hash a password or wait for it.
    pub fn pending(&self) -> usize {
        self.queue.pending()
    }

    /// The PHC string of a new password.
    pub async fn hash(&self, password: String) -> ApiResult<String> {
        let hashed = self.run(move || argon::hash(&text::password(&password)));
        let hashed = hashed.await?;
        hashed.map_err(|error| ApiError::internal(error.to_string()))
    }

    /// The rules that a new password breaks.
    pub async fn broken_rules(&self, password: String, owner: Owner) -> ApiResult<Vec<TextFault>> {
        self.run(move || rules::broken_rules(&text::password(&password), &owner))
            .await
    }

    /// Whether `hash` belongs to this password. Without a hash it takes the same time and is false.
    pub async fn is_right(&self, password: String, hash: Option<String>) -> ApiResult<bool> {
        #[cfg(test)]
        self.checks.fetch_add(1, Ordering::SeqCst);
        self.run(move || {
            let hash = hash.as_deref().unwrap_or(DUMMY_HASH);
            let normalized = text::password(&password);
            // Earlier releases hashed the password as it was typed.
            argon::matches(hash, &normalized)
                || normalized != password && argon::matches(hash, &password)
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> ApiResult<T> {
        Ok(self.queue.run(self.threads.handle(), work).await?)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

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
    async fn a_password_is_right_however_its_characters_were_typed() {
        const DECOMPOSED: &str = "cre\u{300}me\u{a0}bru\u{302}le\u{301}e";
        const COMPOSED: &str = "cr\u{e8}me br\u{fb}l\u{e9}e";
        let passwords = Passwords::new(1);
        let now = passwords.hash(DECOMPOSED.to_owned()).await.unwrap();
        let earlier = argon::hash(DECOMPOSED).unwrap();
        for (hash, typed, expected) in [
            (&now, DECOMPOSED, true),
            (&now, COMPOSED, true),
            (&now, "creme brulee", false),
            (&earlier, DECOMPOSED, true),
            (&earlier, COMPOSED, false),
        ] {
            let is_right = passwords.is_right(typed.to_owned(), Some(hash.clone()));
            assert_eq!(is_right.await.unwrap(), expected, "{typed:?}");
        }
    }

    #[tokio::test]
    async fn an_unknown_login_takes_as_long_as_a_wrong_password() {
        let passwords = Passwords::new(1);
        let hash = passwords.hash("correct horse".to_owned()).await.unwrap();
        let (mut unknown, mut wrong) = (Duration::MAX, Duration::MAX);
        // A busy machine needs more rounds until each kind has run undisturbed once.
        for _ in 0..30 {
            let start = Instant::now();
            assert!(
                !passwords
                    .is_right("battery".to_owned(), None)
                    .await
                    .unwrap()
            );
            unknown = unknown.min(start.elapsed());
            let start = Instant::now();
            assert!(
                !passwords
                    .is_right("battery".to_owned(), Some(hash.clone()))
                    .await
                    .unwrap()
            );
            wrong = wrong.min(start.elapsed());
            if unknown > wrong / 4 && unknown < wrong * 4 {
                return;
            }
        }
        panic!("{unknown:?} and {wrong:?}");
    }
}
