//! The source files of the packages.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::paths::{self, Named};

/// One source file that is not a test.
pub struct Source {
    /// From the project's root: `api-server/src/accounts/store.rs`.
    pub file: String,
    /// Where it stands in its crate: `["accounts", "store"]`.
    pub module: Vec<String>,
    /// What it mentions.
    pub named: Named,
}

impl Source {
    /// Whether some path begins with these segments.
    pub fn mentions(&self, start: &[&str]) -> bool {
        self.named
            .paths
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
    below(&format!("{package}/src"))
}

/// Every source file below the folder, which holds the root of a crate.
pub fn below(folder: &str) -> Vec<Source> {
    let path = root().join(folder);
    let mut files = Vec::new();
    collect(&path, &mut files);
    let inside = files
        .iter()
        .map(|file| file.strip_prefix(&path).expect("it was found there"));
    let (mut sources, mut tests) = (Vec::new(), Vec::new());
    for inside in inside {
        let code = fs::read_to_string(path.join(inside)).expect("sources are readable");
        let module = module_of(inside);
        tests.extend(test_modules(&code).map(|name| [&module[..], &[name]].concat()));
        sources.push(source(folder, inside, &code));
    }
    let is_test = |source: &Source| tests.iter().any(|test| source.module.starts_with(test));
    sources.retain(|source| !is_test(source));
    assert!(!sources.is_empty(), "{folder} holds no sources");
    sources
}

/// A file that stands in `folder` at the path `inside`.
pub fn source(folder: &str, inside: &Path, code: &str) -> Source {
    let module = module_of(inside);
    Source {
        file: format!("{folder}/{}", inside.display()),
        named: paths::named_in(code, &module),
        module,
    }
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

/// The modules that `code` declares for tests only.
fn test_modules(code: &str) -> impl Iterator<Item = String> {
    let lines = code.lines().zip(code.lines().skip(1));
    lines.filter_map(|(attribute, declared)| {
        let is_test = attribute.starts_with("#[cfg(") && attribute.contains("test");
        let name = declared.trim_start_matches("pub ").strip_prefix("mod ")?;
        is_test.then(|| name.trim_end_matches(';').to_owned())
    })
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
