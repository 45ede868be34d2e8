//! What the threads that hash passwords gain: memory that is kept from one hash to the next, and
//! low priority. `pawl-bench hashes` needs no services; run it on an idle machine.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use argon2::{Argon2, Block};
use clap::Args;
use rustix::time::{ClockId, clock_gettime};

/// As in `api-server/src/passwords/threads.rs`.
const NICENESS: i32 = 10;
const HASHES: u32 = 20;
const CLIENTS: usize = 4;
/// Tens of microseconds.
const TASK_STEPS: u64 = 60_000;

/// Options of `hashes`.
#[derive(Args)]
pub struct Arguments {
    /// Alternating rounds; the figures are medians.
    #[arg(long, default_value_t = 9)]
    rounds: usize,
}

/// Prints CPU time per hash, and the mean latency of short tasks beside hashes.
pub async fn run(arguments: &Arguments) -> Result<()> {
    let (mut fresh, mut kept) = (Vec::new(), Vec::new());
    let (mut idle, mut nice, mut equal) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..arguments.rounds {
        fresh.push(thread_cpu(hash_in_fresh_memory)?);
        kept.push(thread_cpu(hash_in_kept_memory)?);
        idle.push(latency_beside(None).await?);
        nice.push(latency_beside(Some(NICENESS)).await?);
        equal.push(latency_beside(Some(0)).await?);
    }
    for (what, figures) in [
        ("CPU per hash, memory allocated for each", fresh),
        ("CPU per hash, memory kept", kept),
        ("mean latency of short tasks, no hash", idle),
        (
            "mean latency of short tasks beside hashes at low priority",
            nice,
        ),
        (
            "mean latency of short tasks beside hashes at the same priority",
            equal,
        ),
    ] {
        println!("{what}: {:.3} ms", median(figures).as_secs_f64() * 1e3);
    }
    Ok(())
}

fn hash_in_fresh_memory() -> Result<()> {
    let mut output = [0; 32];
    let hashed = Argon2::default().hash_password_into(b"password", b"a longer salt", &mut output);
    hashed.map_err(|error| anyhow::anyhow!("{error}"))
}

fn hash_in_kept_memory() -> Result<()> {
    thread_local! {
        static BLOCKS: std::cell::RefCell<Vec<Block>> = const { std::cell::RefCell::new(Vec::new()) };
    }
    let argon2 = Argon2::default();
    let mut output = [0; 32];
    let hashed = BLOCKS.with_borrow_mut(|blocks| {
        blocks.resize(argon2.params().block_count(), Block::new());
        argon2.hash_password_into_with_memory(b"password", b"a longer salt", &mut output, blocks)
    });
    hashed.map_err(|error| anyhow::anyhow!("{error}"))
}

/// CPU time per call of `hash`, all on one new thread.
fn thread_cpu(hash: fn() -> Result<()>) -> Result<Duration> {
    let measured = thread::spawn(move || {
        hash()?;
        let before = thread_time()?;
        (0..HASHES).try_for_each(|_| hash())?;
        Ok(thread_time()?.saturating_sub(before) / HASHES)
    });
    measured.join().ok().context("the thread panicked")?
}

fn thread_time() -> Result<Duration> {
    Ok(clock_gettime(ClockId::ThreadCPUTime).try_into()?)
}

/// The mean latency of short tasks that keep all cores busy, with one thread that hashes at
/// `niceness` beside them. No percentile: one in a hundred such tasks is interrupted at all.
async fn latency_beside(niceness: Option<i32>) -> Result<Duration> {
    let stop = Arc::new(AtomicBool::new(false));
    let hasher = niceness.map(|niceness| {
        let stop = Arc::clone(&stop);
        thread::spawn(move || {
            rustix::process::nice(niceness)?;
            while !stop.load(Ordering::Relaxed) {
                hash_in_kept_memory()?;
            }
            anyhow::Ok(())
        })
    });
    let until = Instant::now() + Duration::from_secs(2);
    let clients: Vec<_> = (0..CLIENTS).map(|_| tokio::spawn(ask(until))).collect();
    let mut latencies = Vec::new();
    for client in clients {
        latencies.extend(client.await??);
    }
    stop.store(true, Ordering::Relaxed);
    if let Some(hasher) = hasher {
        hasher.join().ok().context("the thread panicked")??;
    }
    let count = u32::try_from(latencies.len())?;
    let sum: Duration = latencies.iter().sum();
    sum.checked_div(count).context("no task ended")
}

/// Sends one short task after the other, so that all cores are busy.
async fn ask(until: Instant) -> Result<Vec<Duration>> {
    let mut latencies = Vec::new();
    while Instant::now() < until {
        let began = Instant::now();
        tokio::spawn(async {
            (0..TASK_STEPS).for_each(|step| {
                black_box(step);
            });
        })
        .await?;
        latencies.push(began.elapsed());
    }
    Ok(latencies)
}

fn median(mut figures: Vec<Duration>) -> Duration {
    figures.sort();
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}
