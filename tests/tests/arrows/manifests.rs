//! Which package may depend on which.

use std::process::Command;

use serde_json::Value;

/// `(package, the packages of ours that it may depend on)`.
const ALLOWED: [(&str, &[&str]); 8] = [
    ("tus-protocol", &[]),
    ("media-core", &[]),
    ("shared", &["media-core"]),
    ("upload-server", &["shared", "tus-protocol"]),
    ("api-server", &["shared"]),
    ("transcoder", &["shared"]),
    ("system-tests", &["shared"]),
    ("pawl-bench", &[]),
];

/// `(package, a crate that it must not know)`.
const FORBIDDEN: [(&str, &str); 8] = [
    ("media-core", "tokio"),
    ("media-core", "sqlx"),
    ("tus-protocol", "tokio"),
    ("tus-protocol", "hyper"),
    ("tus-protocol", "sqlx"),
    ("shared", "warp"),
    ("upload-server", "warp"),
    ("transcoder", "warp"),
];

#[test]
fn packages_depend_on_no_package_they_should_not_know() {
    let packages = packages();
    for (name, dependencies) in &packages {
        let allowed = ALLOWED.iter().find(|(package, _)| package == name);
        let (_, allowed) = allowed.unwrap_or_else(|| panic!("{name} has no line in ALLOWED"));
        for dependency in dependencies {
            let is_ours = packages.iter().any(|(ours, _)| ours == dependency);
            assert!(
                !is_ours || allowed.contains(&dependency.as_str()),
                "{name} depends on {dependency}"
            );
            assert!(
                !FORBIDDEN.contains(&(name.as_str(), dependency.as_str())),
                "{name} depends on {dependency}"
            );
        }
    }
}

/// Every package of the workspace with the names of its dependencies, those of tests included.
fn packages() -> Vec<(String, Vec<String>)> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--no-deps",
            "--format-version",
            "1",
            "--offline",
        ])
        .current_dir(super::sources::root())
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
    let packages = metadata["packages"].as_array().expect("a list of packages");
    packages
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().expect("a list");
            (name(package), dependencies.iter().map(name).collect())
        })
        .collect()
}

fn name(value: &Value) -> String {
    value["name"].as_str().expect("a name").to_owned()
}
