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

/// Between the kernel and us; twice this may be under way in each direction.
const BUFFER_BYTES: u32 = 32 << 10;

/// A running proxy; it and its connections end with this value.
pub struct Proxy {
    address: SocketAddr,
    rules: Arc<Rules>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// Listens on a free port of loopback for what `target` gets; within a runtime.
    pub fn start(target: SocketAddr) -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        // Inherited by what it accepts.
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

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://` and where it listens.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Bytes a second, for each direction of each connection; `None`: as fast as it goes.
    pub fn set_speed(&self, bytes_per_second: Option<u64>) {
        self.rules
            .pace(|pace| pace.bytes_per_second = bytes_per_second);
    }

    /// How long each piece is held before it is passed on.
    pub fn set_delay(&self, delay: Duration) {
        self.rules.pace(|pace| pace.delay = delay);
    }

    /// Holds everything, and keeps the connections open.
    pub fn set_stalled(&self, is_stalled: bool) {
        self.rules.pace(|pace| pace.is_stalled = is_stalled);
    }

    /// Resets all connections once `bytes` more have gone up. Called twice, the second count
    /// begins at the first cut.
    pub fn cut_after(&self, bytes: usize) {
        self.rules.cut_after(bytes);
    }

    /// Resets all connections now.
    pub fn cut(&self) {
        self.rules.cut();
    }

    /// What went through so far.
    pub fn counts(&self) -> Counts {
        self.rules.counts()
    }

    /// Does what a line of the program `pawl-test-proxy` says.
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

/// Ends with the task, by [`Proxy`]'s drop; its links end by the cut that comes with it.
async fn accept(listener: TcpListener, target: SocketAddr, rules: Arc<Rules>) {
    while let Ok((client, _)) = listener.accept().await {
        let rules = Arc::clone(&rules);
        tokio::spawn(async move {
            // Whatever goes wrong with one connection is what the test is about.
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
