//! From the request's body into the upload: one loop that reads a frame and hands it to the
//! store, and the five ways in which it ends. What becomes of the bytes then is not decided here.

use std::{pin::pin, time::Duration};

use bytes::Bytes;
use http_body::Body;
use http_body_util::BodyExt;
use shared::{
    http::{BoxError, Draining, PacedBody, PacedError},
    uploads::{SinkError, Taken},
};

/// A body that is silent for this long lets gathered bytes be written.
const LULL: Duration = Duration::from_millis(5);

/// How the reading of a body ended.
#[derive(Debug)]
pub enum Ended {
    /// The body was read to its end.
    Whole,
    /// The body broke off or came too slowly. What came before counts.
    Cut(PacedError),
    /// The server is going down; the rest of the body was not read.
    Draining,
    /// A newer request wants the upload.
    Superseded,
    /// The body holds more than there is room for.
    Beyond,
    /// The store refused.
    Refused(SinkError),
}

enum Next {
    Frame(Bytes),
    Lull,
    End,
    Cut(PacedError),
}

/// Reads `body` into `taken`, at most `room` bytes.
///
/// The frame that fills the room is held back until the body is seen to end: a body that goes on
/// must not leave an upload that looks whole.
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

/// The next thing the body has to say. Empty frames and trailers say nothing.
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
