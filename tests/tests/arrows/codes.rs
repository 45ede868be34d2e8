//! The codes of errors that stand in the sources, against the catalogue that explains them.

use std::collections::BTreeSet;
use std::{env, fs};

use shared::http::catalogue::{self, FIELDS, PROBLEMS};
use shared::media::FailureCode;

use super::sources;

const PACKAGES: [&str; 5] = [
    "shared/media",
    "shared",
    "upload-server/protocol",
    "upload-server",
    "api-server",
];
/// What codes are handed to: every literal in these that is one word in `snake_case` is a code.
const TAKERS: [&str; 12] = [
    "Problem::new(",
    "ApiError::new(",
    "::malformed(",
    "::unauthorized(",
    "::forbidden(",
    "::conflict(",
    "::conflict_at(",
    "field(",
    "fault(",
    "FieldError {",
    "fn code(&self) -> &'static str {",
    "fn row(&self) -> (StatusCode, &'static str) {",
];
const HOW: &str = "PAWL_WRITE_ERRORS=1 cargo test --workspace --all-features --test arrows codes";
const CATALOGUE: &str = "shared/src/http/catalogue/codes.rs";

#[test]
fn every_code_in_the_sources_is_in_the_catalogue() {
    let known = known();
    let mut missing = BTreeSet::new();
    for (file, code) in code_of_packages() {
        for taker in TAKERS {
            for (at, _) in code.match_indices(taker) {
                let inside = balanced(&code[at + taker.len() - 1..]);
                if is_debug_field(inside) {
                    continue;
                }
                let codes = literals(inside).filter(|text| is_code(text) && !known.contains(*text));
                missing.extend(codes.map(|code| format!("{code} ({file})")));
            }
        }
    }
    assert!(
        missing.is_empty(),
        "codes without an explanation: {missing:#?}\nAdd a line for each to {CATALOGUE}, by the \
         alphabet: to `problems!` as `code [422] \"What it means, and what to do.\";` if it is the \
         `code` of an answer, to `fields!` as `code \"What is wrong.\";` if it stands in `errors`; \
         then renew docs/errors.md with\n  {HOW}"
    );
}

#[test]
fn every_code_in_the_catalogue_is_in_the_sources() {
    let mut stale: BTreeSet<_> = PROBLEMS.iter().map(|code| code.name).collect();
    stale.extend(FIELDS.iter().map(|code| code.name));
    for (_, code) in code_of_packages() {
        stale.retain(|name| !code.contains(&format!("\"{name}\"")));
    }
    assert!(
        stale.is_empty(),
        "no longer used, take out of {CATALOGUE}: {stale:?}"
    );
}

#[test]
fn docs_errors_md_is_what_the_catalogue_says() {
    let path = sources::root().join("docs/errors.md");
    let text = catalogue::to_markdown();
    if env::var_os("PAWL_WRITE_ERRORS").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == text,
        "docs/errors.md is out of date; renew it with\n  {HOW}"
    );
}

fn known() -> BTreeSet<&'static str> {
    let problems = PROBLEMS.iter().map(|code| code.name);
    let fields = FIELDS.iter().map(|code| code.name);
    let failures = FailureCode::ALL.iter().map(|code| code.name());
    problems.chain(fields).chain(failures).collect()
}

/// The sources without their tests and without the catalogue: file and text.
fn code_of_packages() -> impl Iterator<Item = (String, String)> {
    let files = PACKAGES.into_iter().flat_map(sources::of);
    let files = files.filter(|source| source.file != CATALOGUE);
    files.map(|source| {
        let text = fs::read_to_string(sources::root().join(&source.file)).unwrap();
        let end = text.find("mod tests {").unwrap_or(text.len());
        // The remaining quotes begin and end literals.
        let text = text[..end].replace(r#"\""#, "").replace("'\"'", "");
        (source.file, text)
    })
}

/// The text from its first bracket up to the matching one.
fn balanced(text: &str) -> &str {
    let mut depth = 0;
    let mut is_literal = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' => is_literal = !is_literal,
            b'(' | b'{' if !is_literal => depth += 1,
            b')' | b'}' if !is_literal => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &text[..at];
        }
    }
    text
}

/// `DebugStruct::field` begins with a name, ours with a pointer.
fn is_debug_field(inside: &str) -> bool {
    inside.starts_with("(\"") && literals(inside).next().is_some_and(is_code)
}

fn literals(text: &str) -> impl Iterator<Item = &str> {
    text.split('"').skip(1).step_by(2)
}

fn is_code(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

#[test]
fn codes_are_found_between_the_right_brackets() {
    let code = r#"ApiError::new(Status::of(1), "a_code", "in (words")); other("none")"#;
    let inside = balanced(&code["ApiError::new".len()..]);
    let found: Vec<_> = literals(inside).filter(|text| is_code(text)).collect();
    assert_eq!(found, ["a_code"]);
}
