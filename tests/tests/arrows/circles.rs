//! No two files import each other, directly or through others, so that each can be read and changed
//! with only what stands below it in mind.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use super::sources::{self, Source};

/// Folders with the root of a crate.
const CRATES: [&str; 10] = [
    "shared/media/src",
    "shared/src",
    "upload-server/protocol/src",
    "upload-server/src",
    "api-server/src",
    "transcoder/src",
    "bench/src",
    "tests/src",
    "tests/tests/arrows",
    "tests/tests/system",
];
/// The longest chain of re-exports that is followed.
const MAX_REEXPORTS: usize = 8;

/// Each file with those that it names something of.
pub type Imports = BTreeMap<String, BTreeSet<String>>;

#[test]
fn no_package_has_an_import_circle() {
    let circles = CRATES
        .iter()
        .filter_map(|folder| find_circle(imports(&sources::below(folder))));
    let told: Vec<String> = circles.map(|circle| circle.join("\n    → ")).collect();
    assert!(told.is_empty(), "import circles:\n  {}", told.join("\n  "));
}

pub fn imports(sources: &[Source]) -> Imports {
    let modules = Modules::of(sources);
    let imports = sources.iter().map(|source| {
        let paths = source.named.paths.iter();
        let files = paths.filter_map(|path| modules.defining(path, 0));
        let files = files.filter(|file| *file != source.file).map(str::to_owned);
        (source.file.clone(), files.collect())
    });
    imports.collect()
}

/// The files of a crate by their modules.
struct Modules<'a>(HashMap<&'a [String], &'a Source>);

impl<'a> Modules<'a> {
    fn of(sources: &'a [Source]) -> Self {
        // `lib.rs` and `main.rs` may both be there; modules stand below the library.
        let is_main = |source: &&Source| source.file.ends_with("/main.rs");
        let (mains, others): (Vec<_>, Vec<_>) = sources.iter().partition(is_main);
        let all = mains.into_iter().chain(others);
        Self(
            all.map(|source| (source.module.as_slice(), source))
                .collect(),
        )
    }

    /// The file that defines what `path` names, behind all re-exports. None for what is another
    /// crate's, for a module as such, and for a file that holds no code of its own.
    fn defining(&self, path: &[String], reexports: usize) -> Option<&'a str> {
        let (first, inside) = path.split_first()?;
        if first != "crate" || reexports > MAX_REEXPORTS {
            return None;
        }
        // A function may be called like the module that it stands in: first look for an import.
        for length in (0..inside.len()).rev() {
            let (module, rest) = inside.split_at(length);
            let Some(source) = self.0.get(module) else {
                continue;
            };
            if let Some(whole) = source
                .named
                .imported
                .get(&rest[0])
                .filter(|whole| *whole != path)
            {
                let whole: Vec<String> = whole.iter().chain(&rest[1..]).cloned().collect();
                return self.defining(&whole, reexports + 1);
            }
            if self.0.contains_key(&inside[..=length]) || source.named.is_bare {
                return None;
            }
            return Some(&source.file);
        }
        None
    }
}

/// Some circle: each file imports the next, the last one is the first again.
pub fn find_circle(mut imports: Imports) -> Option<Vec<String>> {
    // A file that imports only files outside circles is in no circle.
    loop {
        let left: BTreeSet<String> = imports.keys().cloned().collect();
        for files in imports.values_mut() {
            files.retain(|file| left.contains(file));
        }
        imports.retain(|_, files| !files.is_empty());
        if imports.len() == left.len() {
            break;
        }
    }
    let mut walked = vec![imports.keys().next()?.clone()];
    loop {
        let next = imports.get(walked.last()?)?.first()?.clone();
        let met = walked.iter().position(|file| *file == next);
        walked.push(next);
        if let Some(start) = met {
            return Some(walked.split_off(start));
        }
    }
}

fn circle_in(files: &[(&str, &str)]) -> Option<Vec<String>> {
    let source = |(file, code): &(&str, &str)| sources::source("src", Path::new(file), code);
    let sources: Vec<Source> = files.iter().map(source).collect();
    find_circle(imports(&sources))
}

#[test]
fn a_planted_circle_is_found_through_re_exports_and_children() {
    let circle = circle_in(&[
        (
            "lib.rs",
            "pub mod posts; pub mod media; fn main() { posts::write(); }",
        ),
        (
            "posts/mod.rs",
            "mod actions; pub use actions::{write, read as look};",
        ),
        (
            "posts/actions.rs",
            "use crate::media; fn write() { media::hang(); } fn read() {}",
        ),
        ("media.rs", "mod files; pub fn hang() { files::store() }"),
        (
            "media/files.rs",
            "use crate::posts::look; fn store() { look() }",
        ),
    ]);
    let expected = [
        "src/posts/actions.rs",
        "src/media.rs",
        "src/media/files.rs",
        "src/posts/actions.rs",
    ];
    assert_eq!(circle.unwrap(), expected);
}

#[test]
fn a_module_that_only_declares_makes_no_circle() {
    let circle = circle_in(&[
        (
            "posts/mod.rs",
            "//! Posts.\nmod actions; mod model; pub use model::Post;",
        ),
        (
            "posts/actions.rs",
            "use super::{Post, model}; fn f() -> model::Post { Post }",
        ),
        ("posts/model.rs", "pub struct Post;"),
        (
            "media.rs",
            "use crate::posts; fn f() { posts::actions::f() }",
        ),
    ]);
    assert_eq!(circle, None);
}
