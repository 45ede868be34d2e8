//! `pawl-test-proxy HOST:PORT`: the test proxy for suites that are not written in Rust.
//!
//! It prints `{"url": …}`, then executes the lines of its standard input (see `proxy::Command`) and
//! answers each with one line of counts. It ends when its standard input ends.

use std::{env, io};

use anyhow::Context;
use serde_json::json;
use system_tests::proxy::{Command, Proxy};
use tokio::runtime::Runtime;

fn main() -> anyhow::Result<()> {
    let target = env::args()
        .nth(1)
        .context("usage: pawl-test-proxy HOST:PORT")?;
    let runtime = Runtime::new()?;
    let _inside = runtime.enter();
    let proxy = Proxy::start(target.parse()?)?;
    println!("{}", json!({ "url": proxy.url() }));
    for line in io::stdin().lines() {
        match line?.parse::<Command>() {
            Ok(command) => {
                proxy.obey(&command);
                println!("{}", serde_json::to_string(&proxy.counts())?);
            }
            Err(_) => println!("{}", json!({ "error": "unknown command" })),
        }
    }
    Ok(())
}
