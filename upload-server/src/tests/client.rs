//! A minimal HTTP/1.1 client that shows all headers and can close the connection during a body.

use std::{collections::HashMap, fmt::Write, net::SocketAddr};

use base64::Engine;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::DEADLINE;

/// The media type of upload bytes.
pub const BYTES: (&str, &str) = ("Content-Type", "application/offset+octet-stream");

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HashMap<String, String>,
    pub body: String,
}

impl Reply {
    /// A header's value; empty if it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The stable code of a problem.
    pub fn code(&self) -> &str {
        let after = self.body.split("\"code\":\"").nth(1).unwrap_or_default();
        after.split('"').next().unwrap_or_default()
    }

    /// The path of `Location`.
    pub fn location(&self) -> String {
        assert_eq!(self.status, 201, "{self:?}");
        self.header("location").to_owned()
    }

    /// `Upload-Offset`.
    pub fn offset(&self) -> u64 {
        self.header("upload-offset")
            .parse()
            .unwrap_or_else(|_| panic!("no offset: {self:?}"))
    }
}

/// A request whose head has been sent; the test sends the body.
pub struct Sending {
    stream: TcpStream,
}

impl Sending {
    /// Sends a request's head.
    pub async fn begin(
        address: SocketAddr,
        (method, path): (&str, &str),
        headers: &[(&str, &str)],
    ) -> Self {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let mut head =
            format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        for (name, value) in headers {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        Self { stream }
    }

    /// Sends a part of the body. A server that has already answered may have stopped reading.
    pub async fn send(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes).await;
    }

    /// Sends one chunk of a chunked body; an empty one ends it.
    pub async fn send_chunk(&mut self, bytes: &[u8]) {
        self.send(format!("{:x}\r\n", bytes.len()).as_bytes()).await;
        self.send(bytes).await;
        self.send(b"\r\n").await;
    }

    /// Waits for the answer.
    pub async fn reply(mut self) -> Reply {
        let mut raw = Vec::new();
        let read = timeout(DEADLINE, self.stream.read_to_end(&mut raw)).await;
        read.expect("an answer in time").ok();
        parse(&raw)
    }
}

/// Sends a whole request and waits for its answer.
pub async fn exchange(
    address: SocketAddr,
    target: (&str, &str),
    headers: &[(&str, &str)],
    body: &[u8],
) -> Reply {
    let length = body.len().to_string();
    let mut headers = headers.to_vec();
    let is_chunked = headers.iter().any(|(name, _)| *name == "Transfer-Encoding");
    if !is_chunked && (!body.is_empty() || target.0 == "PATCH") {
        headers.push(("Content-Length", &length));
    }
    let mut sending = Sending::begin(address, target, &headers).await;
    sending.send(body).await;
    sending.reply().await
}

fn parse(raw: &[u8]) -> Reply {
    let raw = String::from_utf8_lossy(raw);
    let (head, body) = raw.split_once("\r\n\r\n").unwrap_or((&raw, ""));
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    let status = status.and_then(|status| status.parse().ok());
    let headers = lines.filter_map(|line| line.split_once(": "));
    Reply {
        status: status.unwrap_or_else(|| panic!("no answer: {raw:?}")),
        headers: headers
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect(),
        body: body.to_owned(),
    }
}

/// A metadata value: a text in base64.
pub fn text(value: &str) -> String {
    base64::engine::general_purpose::STANDARD.encode(value)
}
