//! A private stack for suites that are not written in Rust.
//!
//! `pawl-test-stack` prints `{"api_url": …, "upload_url": …, "store": …, "folder": …,
//! "database_url": …}` when everything is ready and runs until its standard input ends.
//! `pawl-test-stack COMMAND…` runs a command with the same values in `PAWL_TEST_API_URL`,
//! `PAWL_TEST_UPLOAD_URL` and `PAWL_TEST_STORE`, and exits with its exit code.

use std::{env, io, process::ExitCode, thread};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use system_tests::harness::Stack;
use tokio::{
    process::Command,
    runtime::Builder,
    signal::unix::{SignalKind, signal},
    sync::oneshot,
};

fn main() -> anyhow::Result<ExitCode> {
    // A single thread: the kernel ends the binaries with the thread that started them.
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let stack = Stack::start().await;
        let mut command = env::args_os().skip(1);
        match command.next() {
            Some(program) => beside(&stack, Command::new(program).args(command)).await,
            None => until_standard_input_ends(&stack).await,
        }
    })
}

async fn beside(stack: &Stack, command: &mut Command) -> anyhow::Result<ExitCode> {
    command
        .env("PAWL_TEST_API_URL", stack.api_url())
        .env("PAWL_TEST_UPLOAD_URL", stack.upload_url())
        .env("PAWL_TEST_STORE", stack.store())
        .env(
            "PAWL_TEST_PROXY",
            env::current_exe()?.with_file_name("pawl-test-proxy"),
        );
    let mut child = command.spawn()?;
    let mut terminated = signal(SignalKind::terminate())?;
    let status = tokio::select! {
        status = child.wait() => status?,
        _ = terminated.recv() => {
            if let Some(pid) = child.id().and_then(|pid| Pid::from_raw(pid.try_into().ok()?)) {
                kill_process(pid, Signal::TERM)?;
            }
            child.wait().await?
        }
    };
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

async fn until_standard_input_ends(stack: &Stack) -> anyhow::Result<ExitCode> {
    let told = json!({
        "api_url": stack.api_url(),
        "upload_url": stack.upload_url(),
        "store": stack.store(),
        "folder": stack.folder(),
        "database_url": stack.database.url,
    });
    println!("{told}");
    let (ended, end) = oneshot::channel();
    thread::spawn(move || {
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        ended.send(())
    });
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = end => {}
        _ = terminated.recv() => {}
    }
    Ok(ExitCode::SUCCESS)
}
