//! Detects whether a client speaks HTTP/1.1 or HTTP/2, under a deadline.
//!
//! hyper-util's own detection has no timeout: a client that sends `P` and then nothing would keep
//! its connection forever.

use bytes::{Bytes, BytesMut};
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    time::{Instant, timeout_at},
};

/// What an HTTP/2 client sends first (RFC 9113 section 3.4).
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    Http1,
    Http2,
}

/// Reads until the protocol is known, and returns it with the bytes read, which hyper must get
/// first. `None` if the client left, the read failed or the deadline passed.
pub(super) async fn sniff<I>(io: &mut I, deadline: Instant) -> Option<(Protocol, Bytes)>
where
    I: AsyncRead + Unpin,
{
    let mut seen = BytesMut::with_capacity(PREFACE.len());
    loop {
        let wanted = PREFACE.len() - seen.len();
        let mut room = (&mut *io).take(wanted as u64);
        let count = timeout_at(deadline, room.read_buf(&mut seen))
            .await
            .ok()?
            .ok()?;
        if count == 0 {
            return None;
        }
        if !PREFACE.starts_with(&seen) {
            return Some((Protocol::Http1, seen.freeze()));
        }
        if seen.len() == PREFACE.len() {
            return Some((Protocol::Http2, seen.freeze()));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::AsyncWriteExt;

    use super::*;

    async fn sniffed(pieces: &[&[u8]]) -> Option<(Protocol, Bytes)> {
        let (mut client, mut server) = tokio::io::duplex(1024);
        for piece in pieces {
            client.write_all(piece).await.unwrap();
        }
        sniff(&mut server, Instant::now() + Duration::from_mins(1)).await
    }

    #[tokio::test]
    async fn the_first_byte_that_differs_decides_for_http_1() {
        for request in [
            "GET / HTTP/1.1\r\n",
            "POST / HTTP/1.1\r\n",
            "PRI * HTTP/1.1\r\n\r\n",
        ] {
            let (protocol, seen) = sniffed(&[request.as_bytes()]).await.unwrap();
            assert_eq!(protocol, Protocol::Http1, "{request}");
            assert!(
                request.as_bytes().starts_with(&seen),
                "nothing is lost of {request}"
            );
        }
    }

    #[tokio::test]
    async fn a_preface_in_pieces_is_http_2() {
        let (protocol, seen) = sniffed(&[b"PRI * HT", b"TP/2.0\r\n\r\nSM\r\n\r\nrest"])
            .await
            .unwrap();
        assert_eq!((protocol, &seen[..]), (Protocol::Http2, &PREFACE[..]));
    }

    #[tokio::test]
    async fn half_a_preface_is_given_up_at_the_deadline() {
        let (mut client, mut server) = tokio::io::duplex(1024);
        client.write_all(b"PRI * HTTP/2.0\r\n").await.unwrap();
        let deadline = Instant::now() + Duration::from_millis(100);
        assert!(sniff(&mut server, deadline).await.is_none());
        assert!(Instant::now() >= deadline);
    }
}
