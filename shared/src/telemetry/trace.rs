//! The trace (W3C Trace Context) to which the current work belongs: a request, or a job that a
//! request has queued.
//!
//! Pawl records no spans. It passes a trace on unchanged, which the specification allows (section
//! 3.4), and never begins one.

use std::{fmt, str::FromStr};

use tokio::task::futures::TaskLocalFuture;
use tracing::{Instrument, Span, instrument::Instrumented};

/// The length of a `traceparent` of version 00. A later version may be longer.
const LENGTH: usize = 55;
/// The only flag that every version has.
const SAMPLED: u8 = 1;

tokio::task_local! {
    static CURRENT: Option<TraceContext>;
}

/// A place in a client's trace. Displayed and parsed as the value of `traceparent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceContext {
    trace_id: u128,
    /// The span that caused the work.
    parent_id: u64,
    flags: u8,
}

/// The text is not a valid `traceparent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid traceparent")]
pub struct InvalidTraceparent;

/// Work in a span and a trace.
type Traced<F> = Instrumented<TaskLocalFuture<Option<TraceContext>, F>>;

impl TraceContext {
    /// The trace of the work in progress.
    pub fn current() -> Option<Self> {
        CURRENT.try_with(|context| *context).ok().flatten()
    }

    /// Parses `version-trace_id-parent_id-flags`, all in lower-case hexadecimal.
    fn parse(text: &str) -> Option<Self> {
        let (known, further) = text.split_at_checked(LENGTH)?;
        let mut parts = known.split('-');
        let mut next = |digits| hexadecimal(parts.next()?, digits);
        let (version, trace_id) = (next(2)?, next(32)?);
        let (parent_id, flags) = (next(16)?, next(2)?);
        let may_be_longer = version != 0 && further.starts_with('-');
        let is_valid = version != 0xff && (further.is_empty() || may_be_longer);
        let flags = u8::try_from(flags).ok()?;
        (is_valid && trace_id != 0 && parent_id != 0).then_some(Self {
            trace_id,
            parent_id: u64::try_from(parent_id).ok()?,
            flags: if version == 0 { flags } else { flags & SAMPLED },
        })
    }
}

impl FromStr for TraceContext {
    type Err = InvalidTraceparent;

    fn from_str(text: &str) -> Result<Self, InvalidTraceparent> {
        Self::parse(text).ok_or(InvalidTraceparent)
    }
}

impl fmt::Display for TraceContext {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            trace_id,
            parent_id,
            flags,
        } = self;
        write!(formatter, "00-{trace_id:032x}-{parent_id:016x}-{flags:02x}")
    }
}

/// Runs `work` in `span` as part of the trace `context`. The span declares the fields `trace_id`
/// and `parent_id`, which each line of the work then has.
pub fn in_trace<F: Future>(context: Option<TraceContext>, span: Span, work: F) -> Traced<F> {
    if let Some(context) = context {
        span.record("trace_id", format!("{:032x}", context.trace_id));
        span.record("parent_id", format!("{:016x}", context.parent_id));
    }
    CURRENT.scope(context, work).instrument(span)
}

/// The same in the current span and trace, for work that continues in another task.
pub fn in_current_trace<F: Future>(work: F) -> Traced<F> {
    CURRENT
        .scope(TraceContext::current(), work)
        .in_current_span()
}

fn hexadecimal(text: &str, digits: usize) -> Option<u128> {
    let is_digit = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let is_number = text.len() == digits && text.bytes().all(is_digit);
    is_number.then(|| u128::from_str_radix(text, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALID: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03";

    #[test]
    fn a_valid_header_is_passed_on_unchanged_and_that_of_a_later_version_as_version_0() {
        let later = format!("{}-what-follows", VALID.replacen("00", "cc", 1));
        for (text, flags) in [(VALID, "03"), (&later, "01")] {
            let context = TraceContext::parse(text).unwrap();
            assert_eq!(context.trace_id, 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736);
            assert_eq!(context.parent_id, 0x00f0_67aa_0ba9_02b7);
            let passed_on = context.to_string();
            assert_eq!(passed_on, format!("{}{flags}", &VALID[..53]));
            assert_eq!(passed_on.parse(), Ok(context));
        }
    }

    #[test]
    fn a_header_that_is_not_exactly_valid_is_ignored() {
        for text in [
            "",
            "00",
            &VALID[..54],
            &format!("{VALID}0"),
            &format!("{VALID}-01"),
            &format!(" {VALID}"),
            &VALID.replacen("00", "ff", 1),
            &VALID.replacen("00", "0", 1),
            &VALID.replace('b', "B"),
            &VALID.replace('b', "g"),
            &VALID.replace('-', "_"),
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0ä",
            "00-+bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ] {
            assert_eq!(
                text.parse::<TraceContext>(),
                Err(InvalidTraceparent),
                "{text:?}"
            );
        }
    }

    #[tokio::test]
    async fn work_that_continues_in_another_task_stays_in_its_trace() {
        let context: Option<TraceContext> = VALID.parse().ok();
        let here = async { TraceContext::current() };
        assert_eq!(here.await, None);
        let elsewhere = in_trace(context, Span::none(), async {
            let traced = tokio::spawn(in_current_trace(async { TraceContext::current() }));
            let other = tokio::spawn(async { TraceContext::current() });
            (traced.await.unwrap(), other.await.unwrap())
        });
        assert_eq!(elsewhere.await, (context, None));
        assert_eq!(TraceContext::current(), None);
    }
}
