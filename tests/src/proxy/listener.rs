//! The proxy itself: it accepts connections and passes them on by its rules.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    task::JoinHandle,
};

use super::{
    command::Command,
    link::Link,
    rules::{Counts, Rules},
};

/// The size of a socket buffer; twice this may be in transit in each direction.
const BUFFER_BYTES: u32 = 32 << 10;

/// A running proxy; it and its connections end when it is dropped.
pub struct Proxy {
    address: SocketAddr,
    rules: Arc<Rules>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// Listens on a free port of loopback and forwards to `target`. Call it within a runtime.
    pub fn start(target: SocketAddr) -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        // Accepted connections inherit it.
        socket.set_recv_buffer_size(BUFFER_BYTES)?;
        socket.bind(([127, 0, 0, 1], 0).into())?;
        let listener = socket.listen(64)?;
        let rules = Arc::new(Rules::default());
        Ok(Self {
            address: listener.local_addr()?,
            accepting: tokio::spawn(accept(listener, target, Arc::clone(&rules))),
            rules,
        })
    }

    /// The address on which it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://` and that address.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Bytes per second, for each direction of each connection; `None`: unlimited.
    pub fn set_speed(&self, bytes_per_second: Option<u64>) {
        self.rules
            .pace(|pace| pace.bytes_per_second = bytes_per_second);
    }

    /// How long each piece is delayed.
    pub fn set_delay(&self, delay: Duration) {
        self.rules.pace(|pace| pace.delay = delay);
    }

    /// Stops forwarding, and keeps the connections open.
    pub fn set_stalled(&self, is_stalled: bool) {
        self.rules.pace(|pace| pace.is_stalled = is_stalled);
    }

    /// Resets all connections after `bytes` more bytes upstream. If called twice, the second count
    /// begins at the first cut.
    pub fn cut_after(&self, bytes: usize) {
        self.rules.cut_after(bytes);
    }

    /// Resets all connections now.
    pub fn cut(&self) {
        self.rules.cut();
    }

    /// The counts so far.
    pub fn counts(&self) -> Counts {
        self.rules.counts()
    }

    /// Executes a line of the program `pawl-test-proxy`.
    pub fn obey(&self, command: &Command) {
        match *command {
            Command::Speed(speed) => self.set_speed(speed),
            Command::Delay(delay) => self.set_delay(delay),
            Command::Stall(is_stalled) => self.set_stalled(is_stalled),
            Command::CutAfter(bytes) => self.cut_after(bytes),
            Command::Cut => self.cut(),
            Command::Counts => {}
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
        self.rules.cut();
    }
}

/// Ends with the task when [`Proxy`] is dropped; a cut then ends its links.
async fn accept(listener: TcpListener, target: SocketAddr, rules: Arc<Rules>) {
    while let Ok((client, _)) = listener.accept().await {
        let rules = Arc::clone(&rules);
        tokio::spawn(async move {
            // Errors of a single connection are what the test is about.
            if let Ok(server) = connect(target).await {
                Link {
                    client,
                    server,
                    rules,
                }
                .run()
                .await;
            }
        });
    }
}

async fn connect(target: SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.set_send_buffer_size(BUFFER_BYTES)?;
    socket.connect(target).await
}
