//! The source files of the packages.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::paths;

/// One source file that is not a test.
pub struct Source {
    /// From the project's root: `api-server/src/accounts/store.rs`.
    pub file: String,
    /// Where it stands in its crate: `["accounts", "store"]`.
    pub module: Vec<String>,
    /// What it mentions.
    pub paths: Vec<paths::Path>,
}

impl Source {
    /// Whether some path begins with these segments.
    pub fn mentions(&self, start: &[&str]) -> bool {
        self.paths
            .iter()
            .any(|path| path.len() >= start.len() && path.iter().zip(start).all(|(a, b)| a == b))
    }
}

/// The project's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every source file below `package/src`, files of tests excepted. Never empty.
pub fn of(package: &str) -> Vec<Source> {
    let folder = root().join(package).join("src");
    let mut files = Vec::new();
    collect(&folder, &mut files);
    let sources: Vec<Source> = files
        .iter()
        .map(|file| {
            (
                file,
                file.strip_prefix(&folder).expect("it was found there"),
            )
        })
        .filter(|(_, inside)| !is_test(inside))
        .map(|(file, inside)| {
            let module = module_of(inside);
            let code = fs::read_to_string(file).expect("sources are readable");
            Source {
                file: format!("{package}/src/{}", inside.display()),
                paths: paths::named_in(&code, &module),
                module,
            }
        })
        .collect();
    assert!(!sources.is_empty(), "{} holds no sources", folder.display());
    sources
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder of sources is readable") {
        let path = entry.expect("its entries are readable").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn is_test(inside: &Path) -> bool {
    let is_named = |part: &str| matches!(part, "tests" | "testing") || part.ends_with("_tests");
    inside
        .with_extension("")
        .iter()
        .any(|part| part.to_str().is_some_and(is_named))
}

fn module_of(inside: &Path) -> Vec<String> {
    let mut module: Vec<String> = inside
        .with_extension("")
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    if matches!(
        module.last().map(String::as_str),
        Some("mod" | "main" | "lib")
    ) {
        module.pop();
    }
    module
}
