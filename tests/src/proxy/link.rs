//! One connection through the proxy.

use std::{io, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::sleep,
};

use super::rules::{Direction, Rules};

/// The largest piece that is forwarded at once.
const PIECE_BYTES: usize = 16 << 10;
/// With a speed limit, about this many pieces per second.
const PIECES_PER_SECOND: u64 = 50;

pub(super) struct Link {
    pub client: TcpStream,
    pub server: TcpStream,
    pub rules: Arc<Rules>,
}

impl Link {
    /// Runs until both sides are done, one fails, or the proxy cuts.
    pub async fn run(mut self) {
        self.rules.count_connection();
        let mut cuts = self.rules.watch_cuts();
        let was_cut = {
            let (from_client, to_client) = self.client.split();
            let (from_server, to_server) = self.server.split();
            let both = async {
                tokio::try_join!(
                    copy(from_client, to_server, Direction::Up, &self.rules),
                    copy(from_server, to_client, Direction::Down, &self.rules),
                )
            };
            tokio::select! {
                _ = cuts.changed() => true,
                ended = both => ended.is_err(),
            }
        };
        if was_cut {
            // A reset, as if the network had failed. The server may still read what it received.
            let _ = self.client.set_zero_linger();
        }
    }
}

async fn copy(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    direction: Direction,
    rules: &Rules,
) -> io::Result<()> {
    let mut pace = rules.watch_pace();
    let mut buffer = vec![0; PIECE_BYTES];
    loop {
        let speed = pace.borrow().bytes_per_second;
        let piece = speed.map_or(PIECE_BYTES, |speed| {
            usize::try_from(speed / PIECES_PER_SECOND)
                .map_or(PIECE_BYTES, |n| n.clamp(1, PIECE_BYTES))
        });
        let length = from.read(&mut buffer[..piece]).await?;
        if length == 0 {
            return to.shutdown().await;
        }
        let (delay, speed) = {
            let now = pace.wait_for(|pace| !pace.is_stalled).await;
            now.map_or((Duration::ZERO, None), |pace| {
                (pace.delay, pace.bytes_per_second)
            })
        };
        sleep(delay + time_for(length, speed)).await;
        let (allowed, is_cut) = rules.take(direction, length);
        to.write_all(&buffer[..allowed]).await?;
        if is_cut {
            to.flush().await?;
            rules.cut();
        }
    }
}

fn time_for(bytes: usize, bytes_per_second: Option<u64>) -> Duration {
    match bytes_per_second {
        Some(speed) if speed > 0 => Duration::from_micros(bytes as u64 * 1_000_000 / speed),
        _ => Duration::ZERO,
    }
}
