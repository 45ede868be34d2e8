//! Tests of the test proxy; otherwise tests that use it would prove nothing.

use std::time::Duration;

use system_tests::{
    harness::{DEADLINE, eventually},
    proxy::Proxy,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::Instant,
};

/// A server that reads each connection to its end and reports the number of bytes.
async fn sink() -> (std::net::SocketAddr, JoinHandle<Vec<usize>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let lengths = tokio::spawn(async move {
        let mut lengths = Vec::new();
        for _ in 0..2 {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut bytes = Vec::new();
            // A reset counts as an end too.
            let _ = stream.read_to_end(&mut bytes).await;
            lengths.push(bytes.len());
        }
        lengths
    });
    (address, lengths)
}

#[tokio::test]
async fn a_cut_comes_after_exactly_the_planned_bytes() {
    let (address, lengths) = sink().await;
    let proxy = Proxy::start(address).unwrap();
    proxy.cut_after(100_000);
    proxy.cut_after(30_000);
    for cut in 1..=2 {
        let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
        let _ = stream.write_all(&vec![7; 1_000_000]).await;
        eventually("the cut", DEADLINE, async || {
            (proxy.counts().cuts == cut).then_some(())
        })
        .await;
        let mut answer = Vec::new();
        assert!(
            stream.read_to_end(&mut answer).await.is_err(),
            "the client sees a reset"
        );
    }
    assert_eq!(proxy.counts().up, 130_000);
    assert_eq!(lengths.await.unwrap(), [100_000, 30_000]);
}

#[tokio::test]
async fn a_speed_is_kept_and_a_stall_lets_nothing_through() {
    let (address, lengths) = sink().await;
    let proxy = Proxy::start(address).unwrap();
    proxy.set_speed(Some(400_000));
    let started = Instant::now();
    let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
    stream.write_all(&vec![1; 100_000]).await.unwrap();
    eventually("all to pass", DEADLINE, async || {
        (proxy.counts().up == 100_000).then_some(())
    })
    .await;
    assert!(
        started.elapsed() > Duration::from_millis(200),
        "{:?}",
        started.elapsed()
    );
    stream.shutdown().await.unwrap();

    proxy.set_speed(None);
    proxy.set_stalled(true);
    let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
    stream.write_all(&[1; 1_000]).await.unwrap();
    let connected = async || (proxy.counts().connections == 2).then_some(());
    eventually("the second connection", DEADLINE, connected).await;
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
    assert_eq!(proxy.counts().up, 100_000, "nothing passes a stall");
    proxy.set_stalled(false);
    stream.shutdown().await.unwrap();
    assert_eq!(lengths.await.unwrap(), [100_000, 1_000]);
}
