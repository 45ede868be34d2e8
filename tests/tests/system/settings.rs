//! `.env.example` matches the settings of the binaries, and binaries report important settings.

use std::{env, fs, path::Path, process::Command};

use shared::config::{Setting, env_example, merge};
use system_tests::harness::{DEADLINE, Program, Stack};

#[test]
fn env_example_is_what_the_binaries_say() {
    let all = Program::ALL.into_iter().flat_map(settings_of);
    let text = env_example(&merge(all), Program::ALL.len());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.env.example");
    if env::var_os("PAWL_WRITE_ENV_EXAMPLE").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == text,
        ".env.example is out of date: run this test with PAWL_WRITE_ENV_EXAMPLE=1"
    );
}

/// Proves that the limits are never off without a warning.
#[tokio::test]
async fn api_server_says_at_its_start_that_limits_are_off() {
    const LINE: &str = "PAWL_LIMITS is off";
    let mut stack = Stack::start().await;
    let told = stack.log(Program::Api);
    assert_eq!(told.matches(LINE).count(), 1, "{told}");
    stack.terminate(Program::Api, DEADLINE).await;
    let limited = [("PAWL_LIMITS", "on")];
    stack.restart_with(Program::Api, &limited).await;
    let told = stack.log(Program::Api);
    assert_eq!(told.matches(LINE).count(), 1, "{told}");
}

fn settings_of(program: Program) -> Vec<Setting> {
    let output = Command::new(program.path())
        .arg("print-settings")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", program.name());
    serde_json::from_slice(&output.stdout).expect("settings in JSON")
}
