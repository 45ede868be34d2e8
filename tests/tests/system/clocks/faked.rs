//! A stack whose processes get a wrong time from libfaketime.

use std::{fs, path::Path};

use system_tests::harness::{Program, Stack};
use tempfile::TempDir;

/// The difference of the wall clock from the real time, in seconds.
pub const RIGHT: &str = "+0";
const LIBRARY: &str = "faketime/libfaketimeMT.so.1";

/// The clock of a stack's processes, in a file that they read on every use.
pub struct Clocks(TempDir);

impl Clocks {
    pub fn right() -> Self {
        let clocks = Self(tempfile::tempdir().unwrap());
        clocks.set(RIGHT);
        clocks
    }

    pub fn set(&self, offset_seconds: &str) {
        let draft = self.0.path().join("draft");
        fs::write(&draft, offset_seconds).unwrap();
        fs::rename(draft, self.0.path().join("offset")).unwrap();
    }

    /// A stack whose processes all use it.
    pub async fn stack(&self) -> Stack {
        let offset = self.0.path().join("offset").display().to_string();
        let library = library();
        let variables = [
            ("LD_PRELOAD", library.as_str()),
            ("FAKETIME_TIMESTAMP_FILE", offset.as_str()),
            ("FAKETIME_NO_CACHE", "1"),
            // Only the wall clock jumps; file times stay correct.
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
            ("NO_FAKE_STAT", "1"),
        ];
        let everywhere = Program::ALL
            .into_iter()
            .flat_map(|program| variables.map(|(name, value)| (program, name, value)));
        // Sign-in limits are under test here; requests are many, and come from one address.
        let limits = [
            (Program::Api, "PAWL_LIMITS", "on"),
            (Program::Api, "REDIS_URL", ""),
            (Program::Api, "PAWL_LIMIT_ANONYMOUS", "100000"),
            (Program::Api, "PAWL_LIMIT_SIGNED_IN", "100000"),
            (Program::Api, "PAWL_LIMIT_WRITES", "100000"),
            (Program::Api, "PAWL_LIMIT_SIGN_UPS", "100000"),
        ];
        let settings: Vec<_> = everywhere.chain(limits).collect();
        Stack::start_with(&settings).await
    }
}

/// The path of the library in Debian's package `faketime`.
fn library() -> String {
    let folders = fs::read_dir("/usr/lib").unwrap().flatten();
    let found = folders
        .map(|folder| folder.path().join(LIBRARY))
        .find(|path| Path::is_file(path));
    let found = found.expect("the package faketime is installed; `scripts/install test` does it");
    found.display().to_string()
}
