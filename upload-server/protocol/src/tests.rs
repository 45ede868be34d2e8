//! Tables of requests with their meaning, and random requests that must never cause a panic.

use std::collections::BTreeSet;

use http::header::{ALLOW, CACHE_CONTROL};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use proptest::prelude::*;

use crate::*;

const LIMITS: Limits = Limits { max_size: 1 << 33 };
const BYTES: &str = "application/offset+octet-stream";

fn header_map(headers: &[(&str, &str)]) -> HeaderMap {
    headers
        .iter()
        .map(|(name, value)| {
            (
                HeaderName::try_from(*name).unwrap(),
                HeaderValue::from_str(value).unwrap(),
            )
        })
        .fold(HeaderMap::new(), |mut map, (name, value)| {
            map.append(name, value);
            map
        })
}

fn read_any(
    method: &str,
    target: Target,
    body: BodyLength,
    headers: &[(&str, &str)],
) -> Result<Operation, Error> {
    let headers = header_map(headers);
    let method = Method::try_from(method).unwrap();
    read(
        &Head {
            method: &method,
            target,
            headers: &headers,
            body,
        },
        &LIMITS,
    )
}

/// A tus 1.0 request.
fn read_v1(
    method: &str,
    target: Target,
    body: BodyLength,
    headers: &[(&str, &str)],
) -> Result<Operation, Error> {
    read_any(
        method,
        target,
        body,
        &[&[("tus-resumable", "1.0.0")], headers].concat(),
    )
}

fn create(headers: &[(&str, &str)]) -> Result<Creation, Error> {
    create_with(BodyLength::Empty, headers)
}

fn create_with(body: BodyLength, headers: &[(&str, &str)]) -> Result<Creation, Error> {
    match read_v1("POST", Target::Collection, body, headers)? {
        Operation::Create(creation) => Ok(creation),
        other => panic!("POST read as {other:?}"),
    }
}

fn append(body: BodyLength, headers: &[(&str, &str)]) -> Result<Append, Error> {
    match read_v1("PATCH", Target::Upload, body, headers)? {
        Operation::Append(append) => Ok(append),
        other => panic!("PATCH read as {other:?}"),
    }
}

#[test]
fn a_wrong_version_is_412_and_names_the_right_one_on_every_method() {
    for method in ["POST", "PATCH", "HEAD", "DELETE", "GET", "PUT"] {
        for target in [Target::Collection, Target::Upload] {
            for version in ["0.2.2", "1.0.0, 1.0.0", "", "1.0", "2.0.0"] {
                let error = read_any(
                    method,
                    target,
                    BodyLength::Empty,
                    &[("tus-resumable", version)],
                )
                .unwrap_err();
                assert_eq!(
                    error.status(),
                    StatusCode::PRECONDITION_FAILED,
                    "{method} {version}"
                );
                let headers = error.headers();
                assert_eq!(headers.get("tus-version").unwrap(), "1.0.0");
                assert_eq!(headers.get("tus-resumable").unwrap(), "1.0.0");
            }
        }
    }
}

#[test]
fn an_unmarked_post_or_patch_is_412() {
    for (method, target) in [("POST", Target::Collection), ("PATCH", Target::Upload)] {
        let error = read_any(method, target, BodyLength::Empty, &[]).unwrap_err();
        assert_eq!(error, Error::UnsupportedVersion);
    }
}

#[test]
fn a_request_in_the_draft_is_told_what_is_spoken() {
    let marks = [
        ("upload-complete", "?1"),
        ("upload-incomplete", "?0"),
        ("upload-draft-interop-version", "6"),
        ("content-type", "application/partial-upload"),
    ];
    for mark in marks {
        let error = read_any("POST", Target::Collection, BodyLength::Unknown, &[mark]).unwrap_err();
        assert_eq!(error, Error::DraftNotSpoken, "{mark:?}");
        assert_eq!(error.status(), StatusCode::PRECONDITION_FAILED);
        assert_eq!(error.headers().get("tus-version").unwrap(), "1.0.0");
    }
    for method in ["HEAD", "DELETE"] {
        let error = read_any(method, Target::Upload, BodyLength::Empty, &[]).unwrap_err();
        assert_eq!(error, Error::DraftNotSpoken);
    }
}

#[test]
fn tus_resumable_wins_over_marks_of_the_draft() {
    let operation = read_v1(
        "HEAD",
        Target::Upload,
        BodyLength::Empty,
        &[("upload-complete", "?0")],
    );
    assert_eq!(operation, Ok(Operation::Inspect));
}

#[test]
fn options_ignores_the_version_and_lists_exactly_what_works() {
    for target in [Target::Collection, Target::Upload] {
        let operation = read_any(
            "OPTIONS",
            target,
            BodyLength::Empty,
            &[("tus-resumable", "0.1")],
        );
        assert_eq!(operation, Ok(Operation::Options));
        let answer = v1::answer::options(&LIMITS, target);
        assert_eq!(answer.status, StatusCode::NO_CONTENT);
        assert_eq!(
            answer.headers.get("tus-extension").unwrap(),
            "creation,creation-with-upload,termination"
        );
        assert_eq!(answer.headers.get("tus-max-size").unwrap(), "8589934592");
        assert_eq!(answer.headers.get("tus-version").unwrap(), "1.0.0");
    }
}

#[test]
fn a_method_that_the_address_does_not_know_is_405_with_allow() {
    let table = [
        ("PATCH", Target::Collection, "OPTIONS, POST"),
        ("HEAD", Target::Collection, "OPTIONS, POST"),
        ("PUT", Target::Collection, "OPTIONS, POST"),
        ("POST", Target::Upload, "DELETE, HEAD, OPTIONS, PATCH"),
        ("GET", Target::Upload, "DELETE, HEAD, OPTIONS, PATCH"),
        ("BREW", Target::Upload, "DELETE, HEAD, OPTIONS, PATCH"),
    ];
    for (method, target, allow) in table {
        let error = read_v1(method, target, BodyLength::Empty, &[]).unwrap_err();
        assert_eq!(error.status(), StatusCode::METHOD_NOT_ALLOWED, "{method}");
        assert_eq!(error.headers().get("allow").unwrap(), allow);
    }
    for method in ["GET", "PUT"] {
        let error = read_any(method, Target::Upload, BodyLength::Empty, &[]).unwrap_err();
        assert_eq!(
            error.status(),
            StatusCode::METHOD_NOT_ALLOWED,
            "unmarked {method}"
        );
    }
}

#[test]
fn the_override_is_the_method_whatever_it_rides_on() {
    for carrier in ["POST", "GET", "PUT", "PATCH", "HEAD"] {
        for (named, expected) in [
            ("DELETE", Operation::Terminate),
            ("delete", Operation::Terminate),
            ("HEAD", Operation::Inspect),
        ] {
            let headers = [("x-http-method-override", named)];
            let operation = read_v1(carrier, Target::Upload, BodyLength::Empty, &headers);
            assert_eq!(operation, Ok(expected), "{named} on {carrier}");
        }
    }
    let headers = [
        ("x-http-method-override", "PATCH"),
        ("content-type", BYTES),
        ("upload-offset", "7"),
    ];
    let operation = read_v1("POST", Target::Upload, BodyLength::Exactly(3), &headers);
    let expected = Append {
        offset: 7,
        body: BodyLength::Exactly(3),
    };
    assert_eq!(operation, Ok(Operation::Append(expected)));
    for bad in ["", "PA TCH"] {
        let headers = [("x-http-method-override", bad)];
        let error = read_v1("POST", Target::Upload, BodyLength::Empty, &headers).unwrap_err();
        assert_eq!(error, Error::Malformed(names::METHOD_OVERRIDE), "{bad:?}");
    }
}

#[test]
fn absurd_lengths_are_413_and_never_wrap() {
    let above = [
        "8589934593",
        "9223372036854775808",
        "18446744073709551616",
        &"9".repeat(30),
    ];
    for length in above {
        let error = create(&[("upload-length", length)]).unwrap_err();
        assert_eq!(
            error,
            Error::TooLarge {
                max_size: LIMITS.max_size
            },
            "{length}"
        );
        assert_eq!(error.status(), StatusCode::PAYLOAD_TOO_LARGE);
    }
    for length in ["0", "007", "8589934592"] {
        let creation = create(&[("upload-length", length)]).unwrap();
        assert_eq!(creation.length, Some(length.parse().unwrap()));
    }
}

#[test]
fn what_is_no_length_is_400() {
    for length in [
        "", "-1", "+5", "1.5", "1e3", "0x10", "5 5", "5,5", "five", "٥",
    ] {
        let error = create(&[("upload-length", length)]).unwrap_err();
        assert_eq!(error, Error::Malformed(names::UPLOAD_LENGTH), "{length:?}");
    }
    assert_eq!(
        create(&[]).unwrap_err(),
        Error::Missing(names::UPLOAD_LENGTH)
    );
}

#[test]
fn extensions_that_are_not_offered_are_refused_and_not_ignored() {
    let table: [(&[(&str, &str)], Error); 4] = [
        (
            &[("upload-defer-length", "1")],
            Error::NotOffered(Extension::CreationDeferLength),
        ),
        (
            &[("upload-defer-length", "1"), ("upload-length", "5")],
            Error::Malformed(names::UPLOAD_DEFER_LENGTH),
        ),
        (
            &[("upload-concat", "partial"), ("upload-length", "5")],
            Error::NotOffered(Extension::Concatenation),
        ),
        (
            &[("upload-concat", "final;/files/a")],
            Error::NotOffered(Extension::Concatenation),
        ),
    ];
    for (headers, expected) in table {
        assert_eq!(create(headers).unwrap_err(), expected);
    }
    let headers = [
        ("content-type", BYTES),
        ("upload-offset", "0"),
        ("upload-checksum", "md5 AA=="),
    ];
    let error = append(BodyLength::Exactly(1), &headers).unwrap_err();
    assert_eq!(error, Error::NotOffered(Extension::Checksum));
    assert_eq!(error.status(), StatusCode::BAD_REQUEST);
}

#[test]
fn a_header_that_appears_twice_is_400() {
    let table = [
        ("upload-length", "5"),
        ("content-type", BYTES),
        ("x-http-method-override", "POST"),
        ("tus-resumable", "1.0.0"),
    ];
    for twice in table {
        let headers = [
            ("upload-length", "5"),
            ("content-type", BYTES),
            twice,
            twice,
        ];
        let error = create_with(BodyLength::Exactly(1), &headers).unwrap_err();
        assert_eq!(
            error,
            Error::Duplicate(HeaderName::try_from(twice.0).unwrap())
        );
        assert_eq!(error.status(), StatusCode::BAD_REQUEST);
    }
    let headers = [
        ("content-type", BYTES),
        ("upload-offset", "0"),
        ("upload-offset", "0"),
    ];
    let error = append(BodyLength::Empty, &headers).unwrap_err();
    assert_eq!(error, Error::Duplicate(names::UPLOAD_OFFSET));
}

#[test]
fn malformed_metadata_is_400_and_good_metadata_is_kept() {
    let error = create(&[("upload-length", "5"), ("upload-metadata", "a !")]).unwrap_err();
    assert_eq!(error, Error::Metadata(MetadataError::NotBase64));
    assert_eq!(error.status(), StatusCode::BAD_REQUEST);
    let sent = "zeta ,alpha //8=,filename";
    let creation = create(&[("upload-length", "5"), ("upload-metadata", sent)]).unwrap();
    let upload = Upload {
        offset: 0,
        length: creation.length,
        phase: Phase::Open,
        metadata: creation.metadata.as_str(),
    };
    let answer = v1::answer::inspected(&upload);
    assert_eq!(answer.headers.get("upload-metadata").unwrap(), sent);
    assert_eq!(creation.metadata.bytes("alpha"), Some(&[255, 255][..]));
}

#[test]
fn the_body_of_a_creation_counts_by_its_type() {
    let length = ("upload-length", "5");
    let bytes = ("content-type", BYTES);
    let text = ("content-type", "text/plain");
    let first = |body, headers: &[(&str, &str)]| create_with(body, headers).map(|c| c.first);
    let carried = |body| Ok(Some(Append { offset: 0, body }));
    assert_eq!(first(BodyLength::Empty, &[length]), Ok(None));
    assert_eq!(first(BodyLength::Empty, &[length, text]), Ok(None));
    assert_eq!(first(BodyLength::Unknown, &[length]), Ok(None));
    assert_eq!(
        first(BodyLength::Exactly(5), &[length]),
        Err(Error::ContentType)
    );
    assert_eq!(
        first(BodyLength::Exactly(5), &[length, text]),
        Err(Error::ContentType)
    );
    assert_eq!(
        first(BodyLength::Unknown, &[length, text]),
        Err(Error::ContentType)
    );
    for body in [
        BodyLength::Exactly(5),
        BodyLength::Unknown,
        BodyLength::Empty,
    ] {
        assert_eq!(first(body, &[length, bytes]), carried(body));
    }
    assert_eq!(
        first(BodyLength::Exactly(6), &[length, bytes]),
        Err(Error::BeyondLength)
    );
}

#[test]
fn an_append_needs_its_type_and_its_offset() {
    let offset = ("upload-offset", "0");
    for wrong in [
        "",
        "application/octet-stream",
        "application/offset",
        "text/plain",
    ] {
        let error = append(BodyLength::Exactly(1), &[("content-type", wrong), offset]).unwrap_err();
        assert_eq!(
            error.status(),
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "{wrong:?}"
        );
    }
    assert_eq!(
        append(BodyLength::Exactly(1), &[offset]).unwrap_err(),
        Error::ContentType
    );
    for right in [
        BYTES,
        "Application/Offset+Octet-Stream",
        "application/offset+octet-stream ; a=b",
    ] {
        assert!(append(BodyLength::Exactly(1), &[("content-type", right), offset]).is_ok());
    }
    let error = append(BodyLength::Exactly(1), &[("content-type", BYTES)]).unwrap_err();
    assert_eq!(error, Error::Missing(names::UPLOAD_OFFSET));
    for bad in ["-1", "", "1.0", "abc"] {
        let headers = [("content-type", BYTES), ("upload-offset", bad)];
        let error = append(BodyLength::Exactly(1), &headers).unwrap_err();
        assert_eq!(error, Error::Malformed(names::UPLOAD_OFFSET), "{bad:?}");
    }
}

#[test]
fn head_is_never_stored_and_tells_offset_and_length() {
    let answer = v1::answer::inspected(&Upload {
        offset: 4,
        length: Some(10),
        phase: Phase::Open,
        metadata: "",
    });
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.headers.get("cache-control").unwrap(), "no-store");
    assert_eq!(answer.headers.get("upload-offset").unwrap(), "4");
    assert_eq!(answer.headers.get("upload-length").unwrap(), "10");
    assert_eq!(answer.headers.get("upload-metadata"), None);
}

/// Method, whether the target is an upload, announced body, headers.
type AnyHead = (String, bool, Option<u64>, Vec<(&'static str, Vec<u8>)>);

fn any_head() -> impl Strategy<Value = AnyHead> {
    let names = prop::sample::select(vec![
        "tus-resumable",
        "upload-length",
        "upload-offset",
        "upload-metadata",
        "upload-defer-length",
        "upload-complete",
        "content-type",
        "x-http-method-override",
    ]);
    let values = prop_oneof![
        Just(b"1.0.0".to_vec()),
        Just(BYTES.as_bytes().to_vec()),
        "[0-9]{1,30}".prop_map(String::into_bytes),
        prop::collection::vec(32_u8..127, 0..20),
        prop::collection::vec(128_u8..=255, 0..8),
    ];
    let method = prop_oneof![
        Just("POST".to_owned()),
        Just("PATCH".to_owned()),
        Just("HEAD".to_owned()),
        "[A-Z]{1,8}"
    ];
    let headers = prop::collection::vec((names, values), 0..8);
    (method, any::<bool>(), any::<Option<u64>>(), headers)
}

proptest! {
    #[test]
    fn any_head_is_read_or_refused_with_a_4xx((method, is_upload, body, sent) in any_head()) {
        let headers = sent.iter().fold(HeaderMap::new(), |mut map, (name, value)| {
            map.append(*name, HeaderValue::from_bytes(value).unwrap());
            map
        });
        let method = Method::try_from(method.as_str()).unwrap();
        let target = if is_upload { Target::Upload } else { Target::Collection };
        let body = body.map_or(BodyLength::Unknown, BodyLength::Exactly);
        match read(&Head { method: &method, target, headers: &headers, body }, &LIMITS) {
            Ok(Operation::Create(creation)) => {
                prop_assert!(creation.length.unwrap() <= LIMITS.max_size);
            }
            Ok(_) => {}
            Err(error) => prop_assert!(error.status().is_client_error()),
        }
    }
}

#[test]
fn the_list_of_headers_in_answers_is_complete_and_has_no_other() {
    let upload = Upload {
        offset: 1,
        length: Some(2),
        phase: Phase::Open,
        metadata: "filename YQ==",
    };
    let answers = [
        v1::answer::options(&LIMITS, Target::Collection),
        v1::answer::created(HeaderValue::from_static("/files/1"), Some(1)),
        v1::answer::inspected(&upload),
        v1::answer::appended(1),
        v1::answer::terminated(),
    ];
    let errors = [
        Error::UnsupportedVersion,
        Error::MethodNotAllowed(Target::Upload),
        Error::Locked,
        Error::Unavailable { retry_after_s: 1 },
        Error::Internal,
    ];
    let headers = answers.into_iter().map(|answer| answer.headers);
    let headers = headers.chain(errors.iter().map(Error::headers));
    let sent: BTreeSet<String> = headers
        .flat_map(|headers| headers.into_iter().filter_map(|(name, _)| name))
        .filter(|name| ![ALLOW, CACHE_CONTROL].contains(name))
        .map(|name| name.to_string())
        .collect();
    let listed: BTreeSet<String> = names::in_answers().map(|name| name.to_string()).collect();
    assert_eq!(sent, listed);
}
