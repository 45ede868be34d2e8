//! Ports for servers that restart at the same address, for which port 0 does not work. They are
//! below the kernel's range for outgoing connections.

use std::{
    net::{Ipv4Addr, TcpListener},
    sync::atomic::{AtomicU16, Ordering},
};

const FIRST: u16 = 20_000;
const COUNT: u16 = 12_000;
/// Concurrent test processes start this far apart.
const STRIDE: u16 = 60;

static TAKEN: AtomicU16 = AtomicU16::new(0);

/// A free port of loopback, returned only once in this process.
pub(super) fn free_port() -> u16 {
    let start = u16::try_from(std::process::id() % u32::from(COUNT / STRIDE)).unwrap() * STRIDE;
    for _ in 0..COUNT {
        let port = FIRST + (start + TAKEN.fetch_add(1, Ordering::Relaxed)) % COUNT;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
    panic!("no port is free from {FIRST} on");
}
