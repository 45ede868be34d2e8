//! Copies a request's body to the upload: one loop that reads a frame and hands it to the store,
//! and the ways in which it ends. The caller decides what happens to the bytes then.

use std::{pin::pin, time::Duration};

use bytes::Bytes;
use http_body::Body;
use http_body_util::BodyExt;
use shared::{
    http::{BoxError, Draining, PacedBody, PacedError},
    uploads::{SinkError, Taken},
};

/// If the body is silent for this long, gathered bytes are written.
const LULL: Duration = Duration::from_millis(5);

/// How the reading of a body ended.
#[derive(Debug)]
pub enum Ended {
    /// The whole body was read.
    Whole,
    /// The body broke off or arrived too slowly. The bytes before that count.
    Cut(PacedError),
    /// The server is shutting down; the rest of the body was not read.
    Draining,
    /// A newer request wants the upload.
    Superseded,
    /// The body has more bytes than the upload has left.
    Beyond,
    /// The store failed.
    Refused(SinkError),
}

enum Next {
    Frame(Bytes),
    Lull,
    End,
    Cut(PacedError),
}

/// Copies at most `room` bytes from `body` to `taken`.
///
/// The last frame that fits is held back until the body ends: a body that is too long must not
/// leave an upload that looks complete.
pub async fn receive<B>(
    taken: &mut Taken,
    mut body: PacedBody<B>,
    mut room: u64,
    draining: &Draining,
) -> Ended
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<BoxError>,
{
    let newer = taken.cancelled().clone();
    let mut superseded = pin!(newer.cancelled());
    let mut drained = pin!(draining.begun());
    let mut last = Bytes::new();
    let ended = loop {
        let next = tokio::select! {
            biased;
            () = &mut superseded => break Ended::Superseded,
            () = &mut drained => break Ended::Draining,
            next = next(&mut body, taken.has_gathered()) => next,
        };
        let written = match next {
            Next::End => break Ended::Whole,
            Next::Cut(error) => break Ended::Cut(error),
            Next::Lull => taken.flush().await,
            Next::Frame(bytes) if bytes.len() as u64 > room => return Ended::Beyond,
            Next::Frame(bytes) => {
                room -= bytes.len() as u64;
                if room == 0 && !body.is_end_stream() {
                    last = bytes;
                    continue;
                }
                taken.push(bytes).await
            }
        };
        if let Err(error) = written {
            return Ended::Refused(error);
        }
    };
    if last.is_empty() {
        return ended;
    }
    match taken.push(last).await {
        Ok(()) => ended,
        Err(error) => Ended::Refused(error),
    }
}

/// The next frame with bytes. Empty frames and trailers are skipped.
async fn next<B>(body: &mut PacedBody<B>, has_gathered: bool) -> Next
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<BoxError>,
{
    loop {
        let frame = if has_gathered {
            match tokio::time::timeout(LULL, body.frame()).await {
                Ok(frame) => frame,
                Err(_) => return Next::Lull,
            }
        } else {
            body.frame().await
        };
        match frame.map(|frame| frame.map(http_body::Frame::into_data)) {
            None => return Next::End,
            Some(Err(error)) => return Next::Cut(error),
            Some(Ok(Ok(bytes))) if !bytes.is_empty() => return Next::Frame(bytes),
            Some(Ok(_)) => {}
        }
    }
}
