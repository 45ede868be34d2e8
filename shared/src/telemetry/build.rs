//! The version of the running build.

/// Name and origin of the running binary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Build {
    /// The binary.
    pub service: &'static str,
    /// The version of the workspace.
    pub version: &'static str,
    /// The commit of the build, if `PAWL_COMMIT` was set for the compiler.
    pub commit: &'static str,
}

impl Build {
    /// The build of `service`.
    pub const fn of(service: &'static str) -> Self {
        let commit = match option_env!("PAWL_COMMIT") {
            Some(commit) => commit,
            None => "unknown",
        };
        Self {
            service,
            version: env!("CARGO_PKG_VERSION"),
            commit,
        }
    }

    /// Logs the build; the first line of every run.
    pub fn log(self) {
        tracing::info!(
            service = self.service,
            version = self.version,
            commit = self.commit,
            pid = std::process::id(),
            "starting"
        );
    }
}
