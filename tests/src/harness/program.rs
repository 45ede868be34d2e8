//! The three binaries.

use std::{
    env,
    path::{Path, PathBuf},
};

/// One of the three.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Program {
    /// `api-server serve`
    Api,
    /// `upload-server serve`
    Upload,
    /// `transcoder run`
    Transcoder,
}

impl Program {
    /// All, in the order of their start.
    pub const ALL: [Self; 3] = [Self::Api, Self::Upload, Self::Transcoder];

    /// The file's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Api => "api-server",
            Self::Upload => "upload-server",
            Self::Transcoder => "transcoder",
        }
    }

    /// The subcommand that serves.
    pub fn subcommand(self) -> &'static str {
        match self {
            Self::Api | Self::Upload => "serve",
            Self::Transcoder => "run",
        }
    }

    /// The variable of its main listener.
    pub fn listen_setting(self) -> Option<&'static str> {
        match self {
            Self::Api => Some("PAWL_API_LISTEN"),
            Self::Upload => Some("PAWL_UPLOAD_LISTEN"),
            Self::Transcoder => None,
        }
    }

    /// The variable of its listener for health and metrics.
    pub fn ops_setting(self) -> &'static str {
        match self {
            Self::Api => "PAWL_API_OPS_LISTEN",
            Self::Upload => "PAWL_UPLOAD_OPS_LISTEN",
            Self::Transcoder => "PAWL_TRANSCODER_OPS_LISTEN",
        }
    }

    /// The variables of all its listeners.
    pub fn listeners(self) -> impl Iterator<Item = &'static str> {
        self.listen_setting()
            .into_iter()
            .chain([self.ops_setting()])
    }

    /// The path of its file.
    ///
    /// # Panics
    /// If it was not built.
    pub fn path(self) -> PathBuf {
        let folder = env::var_os("PAWL_TEST_BIN_DIR").map_or_else(beside_the_test, PathBuf::from);
        let path = folder.join(self.name());
        assert!(path.is_file(), "{} is not built", path.display());
        path
    }
}

/// `target/debug`, for a test in `deps/` and for a program next to it.
fn beside_the_test() -> PathBuf {
    let own = env::current_exe().expect("a process has a file");
    let folder = own.parent().expect("a file has a folder");
    let above = folder.parent().filter(|_| folder.ends_with("deps"));
    above.map_or_else(|| folder.to_owned(), Path::to_owned)
}
