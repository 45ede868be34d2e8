use std::ops::RangeInclusive;

use super::*;
use crate::http::{Text, TextRule};

struct ShortRule;

impl TextRule for ShortRule {
    const NAME: &'static str = "Short";
    const CHARS: RangeInclusive<usize> = 1..=3;
}

struct Outer {
    text: Text<ShortRule>,
    media: Inners,
    note: Option<String>,
}

#[derive(Default)]
struct Inners(Vec<Inner>);

struct Inner {
    alt: String,
}

impl FromJson for Inners {
    fn from_json(json: &RawValue, at: At<'_>, faults: &mut Faults) -> Option<Self> {
        let items = read_items(json, at, faults)?.into_iter();
        items.collect::<Option<_>>().map(Self)
    }
}

struct Patch {
    text: Option<Text<ShortRule>>,
    is_open: Option<bool>,
}

struct Partial {
    text: Option<Text<ShortRule>>,
    note: Option<Text<ShortRule>>,
}

from_json! { Outer { text, media = Inners::default(), note } }
from_json! { Inner { alt } }
from_json! { patch Patch { text, is_open } }
from_json! { partial Partial { text, note } }

/// The status of a refusal, and the pointers and codes of its faults.
fn refusal<T: FromJson>(body: &[u8]) -> (u16, Vec<(String, &'static str)>) {
    let mut faults = Faults::default();
    let status = parse::<T>(body, Faults::default()).err();
    let status = status.map_or(200, |error| error.into_problem().status().as_u16());
    if let Some(json) = std::str::from_utf8(body)
        .ok()
        .and_then(|text| serde_json::from_str(text).ok())
    {
        T::from_json(json, At::Body, &mut faults);
    }
    let found = faults.found.into_iter();
    (
        status,
        found.map(|fault| (fault.pointer, fault.code)).collect(),
    )
}

fn assert_refused<T: FromJson>(body: &str, expected: &[(&str, &str)]) {
    let (status, found) = refusal::<T>(body.as_bytes());
    assert_eq!(status, 422, "{body}");
    let found: Vec<_> = found
        .iter()
        .map(|(pointer, code)| (pointer.as_str(), *code))
        .collect();
    assert_eq!(found, expected, "{body}");
}

#[test]
fn every_fault_of_a_body_is_told_with_a_pointer_and_a_code() {
    assert_refused::<Outer>(
        r#"{"text":"long\u0000","media":[{"alt":7},{},{"alt":"","y":1}],"note":[],"x":1,"a/b~c":2,"x":3}"#,
        &[
            ("/x", "duplicate_field"),
            ("/text", "too_long"),
            ("/text", "invalid_text"),
            ("/media/0/alt", "wrong_type"),
            ("/media/1/alt", "required"),
            ("/media/2/y", "unknown_field"),
            ("/note", "wrong_type"),
            ("/x", "unknown_field"),
            ("/a~1b~0c", "unknown_field"),
        ],
    );
}

#[test]
fn json_that_does_not_fit_is_422() {
    for (body, pointer, code) in [
        (
            r#"{"text":"a","media":[],"a/b~`c` d":1}"#,
            "/a~1b~0`c` d",
            "unknown_field",
        ),
        ("{}", "/text", "required"),
        (r#"{"text":" "}"#, "/text", "required"),
        (r#"{"text":"a","text":"b"}"#, "/text", "duplicate_field"),
        (r#"{"text":null}"#, "/text", "wrong_type"),
        (r#"{"text":"a","media":{}}"#, "/media", "wrong_type"),
        (
            r#"{"text":"a","media":[{"alt":"","alt":""}]}"#,
            "/media/0/alt",
            "duplicate_field",
        ),
        (r#"{"text":"a","media":[[]]}"#, "/media/0", "wrong_type"),
        ("[]", "", "wrong_type"),
        (" 7 ", "", "wrong_type"),
    ] {
        assert_refused::<Outer>(body, &[(pointer, code)]);
    }
    let nested = format!(
        "{{\"text\":{}{}}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    assert_refused::<Outer>(&nested, &[("/text", "wrong_type")]);
}

#[test]
fn what_is_absent_is_the_default_and_null_is_none() {
    let outer: Outer = parse(br#" {"text":"a\u00fcb","note":null} "#, Faults::default()).unwrap();
    assert_eq!(
        (&*outer.text, outer.media.0.len(), outer.note),
        ("a\u{fc}b", 0, None)
    );
    let outer: Outer = parse(br#"{"media":[{"alt":"b"}],"text":"a"}"#, Faults::default()).unwrap();
    assert_eq!(outer.media.0[0].alt, "b");
}

#[test]
fn a_field_of_a_patch_may_be_absent_and_not_null() {
    let patch: Patch = parse(br#"{"is_open":true}"#, Faults::default()).unwrap();
    assert!(patch.text.is_none() && patch.is_open == Some(true));
    let expected = [("/text", "wrong_type"), ("/is_open", "wrong_type")];
    assert_refused::<Patch>(r#"{"text":null,"is_open":"true"}"#, &expected);
}

#[test]
fn a_judged_body_keeps_its_good_fields_beside_its_faults() {
    let body = br#"{"text":"a","note":"much too long"}"#;
    let ValueWithFaults { value, faults } =
        parse::<ValueWithFaults<Partial>>(body, Faults::default()).unwrap();
    assert!(value.text.as_deref() == Some("a") && value.note.is_none());
    assert_eq!(faults.found[0].pointer, "/note");
    assert_eq!(refusal::<ValueWithFaults<Partial>>(b"[]").0, 422);
    assert_eq!(
        refusal::<ValueWithFaults<Partial>>(br#"{"text":"\ud800"}"#).0,
        400
    );
}

#[test]
fn what_is_not_json_is_400() {
    let deep = "[".repeat(100_000);
    for body in [
        b"".as_slice(),
        b"{",
        b"{} {}",
        b"\xff",
        b"nul",
        br#"{"text":"\ud800"}"#,
        br#"{"\ud800":1}"#,
        deep.as_bytes(),
    ] {
        assert_eq!(refusal::<Outer>(body).0, 400);
    }
}

#[test]
fn at_most_a_hundred_faults_are_told() {
    let members: Vec<_> = (0..1000).map(|n| format!("\"{n}\":0")).collect();
    let body = format!("{{{}}}", members.join(","));
    assert_eq!(refusal::<Outer>(body.as_bytes()).1.len(), 100);
}

#[test]
fn bodies_with_very_many_members_or_faults_cost_no_more_than_their_answer() {
    let members = |count: usize| {
        let members: Vec<_> = (0..count).map(|number| format!("\"{number}\":0")).collect();
        format!("{{{}}}", members.join(","))
    };
    let (status, faults) = refusal::<Patch>(members(MAX_MEMBERS).as_bytes());
    assert_eq!((status, faults.len()), (422, 100));
    assert_eq!(refusal::<Patch>(members(MAX_MEMBERS + 1).as_bytes()).0, 400);

    let list = format!("[{}0]", "0,".repeat(100_000));
    let (json, mut faults) = (serde_json::from_str(&list).unwrap(), Faults::default());
    let items = read_items::<String>(json, At::Body, &mut faults).unwrap();
    assert_eq!((items.len(), faults.found.len()), (100, 100));
}
