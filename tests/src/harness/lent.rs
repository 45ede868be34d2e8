//! One stack shared by all tests that do not touch its processes. It belongs to the program
//! `pawl-test-stack`, which ends it when the tests' process is gone, however that ended.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::OnceLock,
};

use serde::Deserialize;

use super::{client::Client, stack::show_logs_of_failure};

static LENDER: OnceLock<(Child, Addresses)> = OnceLock::new();

#[derive(Clone, Deserialize)]
struct Addresses {
    api_url: String,
    upload_url: String,
    folder: PathBuf,
}

/// The shared stack, as one test sees it; a test that fails prints the logs.
pub struct LentStack(Addresses);

impl LentStack {
    /// Starts it, or uses the running one. `program` is the path of `pawl-test-stack`.
    ///
    /// # Panics
    /// If it does not start.
    pub fn from(program: &str) -> Self {
        let (_, addresses) = LENDER.get_or_init(|| {
            let mut lender = Command::new(program)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .expect("pawl-test-stack is built with the tests");
            let mut line = String::new();
            let mut output = BufReader::new(lender.stdout.take().expect("it is piped"));
            output.read_line(&mut line).expect("pawl-test-stack speaks");
            let addresses = serde_json::from_str(&line).expect("pawl-test-stack came up");
            (lender, addresses)
        });
        Self(addresses.clone())
    }

    /// api-server's origin.
    pub fn api_url(&self) -> &str {
        &self.0.api_url
    }

    /// upload-server's origin.
    pub fn upload_url(&self) -> &str {
        &self.0.upload_url
    }

    /// An anonymous client.
    pub fn anonymous(&self) -> Client {
        Client::at(&self.0.api_url, &self.0.upload_url)
    }

    /// A new user.
    pub async fn sign_up(&self) -> Client {
        self.anonymous().with_account().await
    }
}

impl Drop for LentStack {
    fn drop(&mut self) {
        show_logs_of_failure(&self.0.folder);
    }
}
