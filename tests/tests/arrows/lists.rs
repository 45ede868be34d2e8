//! The numbers of lists, which are part of issued cursors: a cursor of one list must not be valid
//! for another one.

use std::collections::BTreeMap;
use std::fs;

use super::sources;

const TAKERS: [&str; 2] = ["ListKind::newest_first(", "ListKind::oldest_first("];

#[test]
fn no_two_lists_have_the_same_number() {
    let declared = sources::of("api-server")
        .into_iter()
        .flat_map(|source| {
            let text = fs::read_to_string(sources::root().join(&source.file)).unwrap();
            let end = text.find("mod tests {").unwrap_or(text.len());
            let numbers = numbers(&text[..end]).into_iter();
            numbers.map(move |number| (number, source.file.clone()))
        })
        .collect::<Vec<_>>();
    assert!(declared.len() > 10, "found only {declared:?}");
    let twice = repeated(declared);
    assert!(twice.is_empty(), "numbers of several lists: {twice:#?}");
}

/// The arguments of the calls that declare lists.
fn numbers(code: &str) -> Vec<String> {
    let calls = TAKERS.iter().flat_map(|taker| {
        let rests = code.split(taker).skip(1);
        rests.filter_map(|rest| rest.split(')').next())
    });
    calls.map(|number| number.trim().to_owned()).collect()
}

fn repeated(declared: Vec<(String, String)>) -> Vec<(String, Vec<String>)> {
    let mut files = BTreeMap::<_, Vec<_>>::new();
    for (number, file) in declared {
        files.entry(number).or_default().push(file);
    }
    files.retain(|_, files| files.len() > 1);
    files.into_iter().collect()
}

#[test]
fn a_planted_repetition_is_found() {
    let code = "const A: ListKind = ListKind::newest_first(7); ListKind::oldest_first( 7 );";
    let found = numbers(code)
        .into_iter()
        .map(|number| (number, String::new()));
    assert_eq!(repeated(found.collect()).len(), 1);
}
