//! The exchanges of a connection: requests whose responses are not finished. A connection is in use
//! while it has one; answering HTTP/2 pings does not count.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::time::{Instant, sleep_until};

use crate::http::{Body, BoxError};

/// What the parts of a connection know of its exchanges.
#[derive(Debug, Clone)]
pub(super) struct Exchanges(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    /// How many have begun since the connection was accepted.
    begun: u64,
    running: usize,
    /// How many of the running ones wait until the client accepts more of the response.
    blocked: usize,
    /// The last time at which one began, made progress or ended.
    changed_at: Instant,
}

impl Exchanges {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(State {
            begun: 0,
            running: 0,
            blocked: 0,
            changed_at: Instant::now(),
        })))
    }

    /// An exchange that runs until it is dropped.
    pub(super) fn begin(&self) -> Exchange {
        let mut state = self.state();
        state.begun += 1;
        state.running += 1;
        state.changed_at = Instant::now();
        Exchange {
            all: self.clone(),
            is_blocked: false,
        }
    }

    /// The number of exchanges so far, and since when none runs.
    pub(super) fn idle_since(&self) -> (u64, Option<Instant>) {
        let state = self.state();
        let idle_since = (state.running == 0).then_some(state.changed_at);
        (state.begun, idle_since)
    }

    /// Returns when no exchange has run for the time `idle`, or when for the time `blocked` the
    /// client has accepted nothing of any response although all wait for it.
    pub(super) async fn unused(&self, idle: Duration, blocked: Duration) {
        loop {
            let now = Instant::now();
            let deadline = self.deadline(idle, blocked);
            if deadline.is_some_and(|deadline| deadline <= now) {
                return;
            }
            // A change may bring the deadline forward, to no earlier than this.
            let soonest = now + idle.min(blocked);
            sleep_until(deadline.map_or(soonest, |deadline| deadline.min(soonest))).await;
        }
    }

    fn deadline(&self, idle: Duration, blocked: Duration) -> Option<Instant> {
        let state = self.state();
        match state.running {
            0 => Some(state.changed_at + idle),
            running if running == state.blocked => Some(state.changed_at + blocked),
            _ => None,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No code under this lock can panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One exchange, from the complete request header to the end of the response.
#[derive(Debug)]
pub(super) struct Exchange {
    all: Exchanges,
    is_blocked: bool,
}

impl Exchange {
    /// The body of the response, which ends the exchange.
    pub(super) fn respond(mut self, body: Body) -> ResponseBody {
        self.set_blocked(true);
        ResponseBody {
            body,
            exchange: self,
        }
    }

    fn set_blocked(&mut self, is_blocked: bool) {
        let mut state = self.all.state();
        state.blocked += usize::from(is_blocked);
        state.blocked -= usize::from(self.is_blocked);
        state.changed_at = Instant::now();
        self.is_blocked = is_blocked;
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.set_blocked(false);
        self.all.state().running -= 1;
    }
}

/// A response body. It is blocked while hyper does not ask for the next frame: then the client has
/// not accepted the last one.
#[derive(Debug)]
pub(super) struct ResponseBody {
    body: Body,
    exchange: Exchange,
}

impl http_body::Body for ResponseBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        self.exchange.set_blocked(false);
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        self.exchange.set_blocked(true);
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;
    use crate::http::full;

    const IDLE: Duration = Duration::from_secs(75);
    const BLOCKED: Duration = Duration::from_secs(30);

    #[tokio::test(start_paused = true)]
    async fn a_connection_is_unused_when_no_exchange_has_run_for_the_idle_time() {
        let (exchanges, began) = (Exchanges::new(), Instant::now());
        let exchange = exchanges.begin();
        let ending = async {
            tokio::time::sleep(2 * IDLE).await;
            drop(exchange);
        };
        tokio::join!(ending, exchanges.unused(IDLE, BLOCKED));
        assert_eq!(began.elapsed(), 3 * IDLE);
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_is_unused_when_its_client_accepts_nothing_of_any_response() {
        let (exchanges, began) = (Exchanges::new(), Instant::now());
        let working = exchanges.begin();
        let mut body = exchanges.begin().respond(full("response"));
        assert!(body.frame().await.is_some());
        let ending = async {
            tokio::time::sleep(2 * BLOCKED).await;
            drop(working);
        };
        tokio::join!(ending, exchanges.unused(IDLE, BLOCKED));
        assert_eq!(began.elapsed(), 3 * BLOCKED);
    }
}
