//! The domains of api-server: no two of them import each other, directly or through others. What is
//! no domain (the application, the list of routes, the start) puts domains together.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use super::circles::{Imports, find_circle, imports};
use super::sources::{self, Source};

/// Folders of api-server that are no domains.
const NO_DOMAINS: [&str; 2] = ["http", "routes"];
const LAYERS: [&str; 2] = ["actions", "store"];

/// The folders with actions or with SQL.
pub fn domains(sources: &[Source]) -> BTreeSet<&str> {
    let has_layer = |source: &&Source| {
        let layer = source.module.get(1);
        layer.is_some_and(|layer| LAYERS.contains(&layer.as_str()))
    };
    let folders = sources.iter().filter(has_layer);
    folders
        .map(|source| source.module[0].as_str())
        .filter(|name| !NO_DOMAINS.contains(name))
        .collect()
}

/// Each domain with those that it names something of.
fn imports_of_domains(sources: &[Source]) -> Imports {
    let domains = domains(sources);
    let homes = sources.iter().filter_map(|source| {
        let first = source.module.first()?.as_str();
        domains.contains(first).then_some((&source.file, first))
    });
    let homes: HashMap<&String, &str> = homes.collect();
    let mut found = Imports::new();
    for (file, imported) in imports(sources) {
        let Some(home) = homes.get(&file) else {
            continue;
        };
        let others = imported.iter().filter_map(|file| homes.get(file));
        let others = others.filter(|other| *other != home);
        let others = others.map(|other| (*other).to_owned());
        found.entry((*home).to_owned()).or_default().extend(others);
    }
    found
}

#[test]
fn no_two_domains_import_each_other() {
    let sources = sources::of("api-server");
    assert!(domains(&sources).len() > 10);
    assert_eq!(find_circle(imports_of_domains(&sources)), None);
}

#[test]
fn a_planted_circle_of_domains_is_found_where_no_files_have_one() {
    let source = |(file, code): (&str, &str)| sources::source("src", Path::new(file), code);
    let sources: Vec<Source> = [
        (
            "accounts/actions.rs",
            "use crate::profiles::model::User; fn f() -> User { User }",
        ),
        ("accounts/model.rs", "pub struct Username;"),
        (
            "profiles/actions.rs",
            "use crate::accounts::model::Username; fn f() -> Username { Username }",
        ),
        ("profiles/model.rs", "pub struct User;"),
        (
            "app.rs",
            "use crate::{accounts, profiles}; fn f() { accounts::actions::f(); profiles::actions::f() }",
        ),
    ]
    .into_iter()
    .map(source)
    .collect();
    assert_eq!(find_circle(imports(&sources)), None);
    let circle = find_circle(imports_of_domains(&sources)).unwrap();
    assert_eq!(circle, ["accounts", "profiles", "accounts"]);
}
