//! Which module may name which.

use std::path::Path;

use super::domains::domains;
use super::sources::{self, Source};

/// Modules of a domain that other domains may import.
const ENTRANCES: [&str; 2] = ["actions", "model"];

/// Fails with every line that `broken` gives.
fn assert_none(broken: &[String]) {
    assert!(broken.is_empty(), "\n  {}", broken.join("\n  "));
}

#[test]
fn sql_stands_only_in_stores_and_in_shared() {
    let packages = [
        "upload-server/protocol",
        "upload-server",
        "api-server",
        "transcoder",
    ];
    let is_store = |source: &Source| source.module.iter().any(|part| part == "store");
    let broken: Vec<String> = packages
        .into_iter()
        .flat_map(sources::of)
        .filter(|source| !is_store(source))
        .flat_map(|source| {
            let is_sql = |name: &str| {
                name.starts_with("query") || name == "raw_sql" || name == "QueryBuilder"
            };
            let paths = source.named.paths.into_iter();
            paths
                .filter(move |path| path[0] == "sqlx" && path.iter().skip(1).any(|n| is_sql(n)))
                .map(move |path| format!("{} names {}", source.file, path.join("::")))
        })
        .collect();
    assert_none(&broken);
}

#[test]
fn only_routes_and_http_know_warp() {
    let may = |source: &Source| {
        let module = source.module.first().map(String::as_str);
        matches!(module, Some("routes" | "http"))
    };
    let broken: Vec<String> = sources::of("api-server")
        .into_iter()
        .filter(|source| source.mentions(&["warp"]) && !may(source))
        .map(|source| source.file)
        .collect();
    assert_none(&broken);
}

/// The paths by which `http` names the domains, the settings or the application.
fn imports_of_http(sources: &[Source]) -> Vec<String> {
    let leaves = |path: &&Vec<String>| path[0] == "crate" && path[1] != "http";
    sources
        .iter()
        .filter(|source| source.module.first().is_some_and(|module| module == "http"))
        .flat_map(|source| describe(source, leaves))
        .collect()
}

#[test]
fn http_imports_no_other_module_of_the_api_server() {
    assert_none(&imports_of_http(&sources::of("api-server")));
}

#[test]
fn a_planted_import_of_http_is_found() {
    let source = |file, code| sources::source("src", Path::new(file), code);
    let found = imports_of_http(&[
        source(
            "http/page.rs",
            "use crate::http::ApiError; use super::super::config::{LimitArgs};",
        ),
        source(
            "http/body.rs",
            "use std::io; fn f() { crate::refusals::count() }",
        ),
        source("posts/model.rs", "use crate::config::Settings;"),
    ]);
    let expected = [
        "src/http/page.rs names crate::config::LimitArgs",
        "src/http/body.rs names crate::refusals::count",
    ];
    assert_eq!(found, expected);
}

#[test]
fn shared_and_the_protocol_name_none_of_our_other_crates() {
    let ours = ["upload_server", "api_server", "transcoder", "system_tests"];
    let names =
        |source: &Source, crates: &[&str]| crates.iter().any(|name| source.mentions(&[name]));
    let shared = sources::of("shared")
        .into_iter()
        .filter(|source| names(source, &ours) || names(source, &["tus_protocol", "warp"]));
    let protocol = sources::of("upload-server/protocol")
        .into_iter()
        .filter(|source| names(source, &ours) || names(source, &["shared", "tokio", "std::fs"]));
    let broken: Vec<String> = shared.chain(protocol).map(|source| source.file).collect();
    assert_none(&broken);
}

#[test]
fn in_a_domain_actions_call_stores_and_not_the_reverse() {
    let forbidden: [(&str, &[&str]); 2] =
        [("store", &["actions"]), ("model", &["actions", "store"])];
    let broken: Vec<String> = sources::of("api-server")
        .into_iter()
        .flat_map(|source| {
            let layer = source.module.get(1).map(String::as_str);
            let forbidden = forbidden.iter().find(|(from, _)| Some(*from) == layer);
            let forbidden = forbidden.map_or(&[][..], |(_, to)| to);
            let crosses = |path: &&Vec<String>| {
                path[0] == "crate"
                    && path
                        .get(2)
                        .is_some_and(|to| forbidden.contains(&to.as_str()))
            };
            describe(&source, crosses)
        })
        .collect();
    assert_none(&broken);
}

#[test]
fn a_domain_is_entered_by_its_actions_and_models_only() {
    let sources = sources::of("api-server");
    let domains = domains(&sources);
    let is_in_domain = |source: &&Source| {
        let first = source.module.first().map(String::as_str);
        first.is_some_and(|name| domains.contains(name))
    };
    let broken: Vec<String> = sources
        .iter()
        .filter(is_in_domain)
        .flat_map(|source| {
            let enters = |path: &&Vec<String>| {
                path[0] == "crate"
                    && path.len() > 2
                    && path[1] != source.module[0]
                    && domains.contains(&path[1].as_str())
                    && !ENTRANCES.contains(&path[2].as_str())
            };
            describe(source, enters)
        })
        .collect();
    assert_none(&broken);
}

fn describe(source: &Source, is_broken: impl Fn(&&Vec<String>) -> bool) -> Vec<String> {
    let paths = source.named.paths.iter().filter(is_broken);
    paths
        .map(|path| format!("{} names {}", source.file, path.join("::")))
        .collect()
}
