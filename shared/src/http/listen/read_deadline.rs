//! The deadlines of an HTTP/1 connection on which no exchange runs. hyper has one timeout for both
//! waits, the one for a request and the one for the rest of its header.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use tokio::time::{Instant, Sleep, sleep_until};

use super::exchanges::Exchanges;
use crate::config::HttpArgs;

/// From its first byte on, a header must be complete within `PAWL_HEADER_TIMEOUT`. Before, the
/// connection is kept for `PAWL_KEEP_ALIVE_TIMEOUT`.
#[derive(Debug)]
pub(super) struct ReadDeadline {
    exchanges: Exchanges,
    settings: HttpArgs,
    /// The header that is being read or was read last.
    header: Option<Header>,
    timer: Option<Pin<Box<Sleep>>>,
}

/// A header whose first byte was read.
#[derive(Debug, Clone, Copy)]
struct Header {
    /// The number of exchanges that began before it.
    exchanges: u64,
    /// When it must be complete.
    deadline: Instant,
}

impl ReadDeadline {
    /// The first header, of which bytes have been read already, must be complete at `first`.
    pub(super) fn new(exchanges: Exchanges, settings: HttpArgs, first: Instant) -> Self {
        Self {
            exchanges,
            settings,
            header: Some(Header {
                exchanges: 0,
                deadline: first,
            }),
            timer: None,
        }
    }

    /// `Ready` when the connection has waited too long. `has_read` says whether bytes came now.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, has_read: bool) -> Poll<()> {
        let (begun, Some(idle_since)) = self.exchanges.idle_since() else {
            self.header = None;
            return Poll::Pending;
        };
        if has_read && !self.is_in_header(begun) {
            self.header = Some(Header {
                exchanges: begun,
                deadline: Instant::now() + self.settings.header_timeout,
            });
        }
        let deadline = match self.header {
            Some(header) if header.exchanges == begun => header.deadline,
            _ => idle_since + self.settings.keep_alive_timeout,
        };
        if has_read {
            return if deadline <= Instant::now() {
                Poll::Ready(())
            } else {
                Poll::Pending
            };
        }
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if timer.deadline() != deadline {
            timer.as_mut().reset(deadline);
        }
        timer.as_mut().poll(cx)
    }

    fn is_in_header(&self, begun: u64) -> bool {
        self.header.is_some_and(|header| header.exchanges == begun)
    }
}
