//! Invalid input to every route that accepts any: the answer is always a 4xx problem with a code,
//! never a 5xx, and nothing changes.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::scene::Scene;
use super::{Row, digests, table};
use crate::routes;
use crate::testing::{Answer, send};

/// The index of the owner, the caller with the most rights.
pub(super) const CALLER: usize = 4;
pub(super) const JSON: &str = "application/json";

#[tokio::test]
async fn bodies_that_make_no_sense_are_refused_and_change_nothing() {
    let scene = Scene::set().await;
    let mut tried = 0;
    for row in rows_with_bodies() {
        let body = row.body_of(CALLER).unwrap();
        scene.reset().await;
        let before = digests::all(&scene).await;
        for (kind, bytes, expected) in bodies(&body) {
            let answer = post(&scene, &row, kind, bytes.clone()).await;
            let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(80)]).into_owned();
            assert_refused(&answer, &format!("{} {shown}", row.path));
            if let Some(expected) = expected {
                assert_eq!(answer.status, expected, "{} {shown}: {answer:?}", row.path);
            }
            tried += 1;
        }
        assert_eq!(
            digests::all(&scene).await,
            before,
            "{} {}",
            row.method,
            row.path
        );
    }
    assert!(tried > 60, "only {tried} were tried");
}

#[tokio::test]
async fn fields_that_are_unknown_or_of_another_type_are_422_with_their_pointer() {
    let scene = Scene::set().await;
    for row in rows_with_bodies() {
        let body = row.body_of(CALLER).unwrap();
        let mut unknown = body.clone();
        unknown["no_such_field"] = json!(1);
        let mut wrong = vec![("no_such_field".to_owned(), unknown)];
        for (name, value) in body.as_object().unwrap() {
            let mut changed = body.clone();
            changed[name] = if value.is_array() {
                json!(7)
            } else {
                json!({"a": []})
            };
            wrong.push((name.clone(), changed));
        }
        for (name, body) in wrong {
            let answer = post(&scene, &row, JSON, body.to_string().into_bytes()).await;
            assert_eq!(answer.status, 422, "{} {body}: {answer:?}", row.path);
            let pointer = answer.json()["errors"][0]["pointer"].clone();
            assert_eq!(pointer, json!(format!("/{name}")), "{} {body}", row.path);
        }
    }
}

#[tokio::test]
async fn a_field_that_is_left_out_is_asked_for_or_not_needed() {
    let scene = Scene::set().await;
    for row in rows_with_bodies() {
        let body = row.body_of(CALLER).unwrap();
        for name in body.as_object().unwrap().keys() {
            let mut less = body.clone();
            less.as_object_mut().unwrap().remove(name);
            scene.reset().await;
            let before = digests::all(&scene).await;
            let answer = post(&scene, &row, JSON, less.to_string().into_bytes()).await;
            assert!(answer.status < 500, "{} {less}: {answer:?}", row.path);
            if answer.status >= 300 {
                assert_refused(&answer, row.path);
                assert_eq!(digests::all(&scene).await, before, "{} {less}", row.path);
            }
        }
    }
}

#[tokio::test]
async fn addresses_that_are_none_are_404_and_queries_that_are_none_are_refused() {
    let scene = Scene::set().await;
    let owner = &scene.callers[CALLER];
    let mut wrong = Vec::new();
    for route in routes::all() {
        let is_list = route.operation_id.starts_with("list_") || route.operation_id == "search";
        if route.template.contains('{') {
            for id in BAD_IDS {
                let path = fill(route.template, id);
                let request = owner.request(route.method.clone(), &format!("/api/v1{path}"));
                let answer = send(request.header("content-type", JSON).body("{}")).await;
                if answer.status != 404 {
                    wrong.push(format!("{} {path}: {answer:?}", route.operation_id));
                }
            }
        }
        if route.method == Method::GET && is_list {
            for (query, expected) in BAD_QUERIES {
                let path = fill(route.template, "owner").replace("/posts/owner", "/posts/1");
                let answer = owner.get(&format!("{path}?q=words&{query}")).await;
                assert_refused(&answer, &format!("{path}?{query}"));
                assert_eq!(answer.status, expected, "{path}?{query}: {answer:?}");
            }
        }
    }
    assert!(wrong.is_empty(), "\n  {}", wrong.join("\n  "));
}

#[tokio::test]
async fn a_cursor_is_good_for_its_list_only_and_only_whole() {
    let scene = Scene::set().await;
    let owner = &scene.callers[CALLER];
    for _ in 0..3 {
        owner.write_post(json!({"text": "words"})).await;
    }
    let first = owner.get("/feeds/public?limit=1").await.json();
    let cursor = first["next_cursor"].as_str().unwrap();
    assert_eq!(
        owner
            .get(&format!("/feeds/public?cursor={cursor}"))
            .await
            .status,
        200
    );
    let elsewhere = owner
        .get(&format!("/users/owner/posts?cursor={cursor}"))
        .await;
    assert_eq!(elsewhere.refusal(), (422, "invalid_cursor".to_owned()));
    for at in 0..cursor.len() {
        let mut changed = cursor.to_owned();
        let other = if &cursor[at..=at] == "A" { "B" } else { "A" };
        changed.replace_range(at..=at, other);
        let answer = owner.get(&format!("/feeds/public?cursor={changed}")).await;
        assert_eq!(
            answer.refusal(),
            (422, "invalid_cursor".to_owned()),
            "{changed}"
        );
    }
}

/// Ids of another kind, and texts that are no ids.
const BAD_IDS: [&str; 12] = [
    "%00",
    "%ff",
    "a%00b",
    "0",
    "-1",
    "01",
    "9223372036854775808",
    "1e3",
    "01990000-0000-7000-8000-00000000000g",
    "01990000-0000-7000-8000-0000000000ff",
    "..%2f..%2fetc",
    "%27%20or%201%3D1--",
];

const BAD_QUERIES: [(&str, u16); 8] = [
    ("limit=0", 422),
    ("limit=-1", 422),
    ("limit=abc", 422),
    ("limit=101", 422),
    ("limit=%ff", 400),
    ("cursor=%00", 422),
    ("cursor=abc", 422),
    ("cursor=%zz", 400),
];

/// A content type, a body, and the status if only one is correct.
fn bodies(good: &Value) -> Vec<(&'static str, Vec<u8>, Option<u16>)> {
    let good = good.to_string();
    let nested = format!("{{\"a\":{}1{}}}", "[".repeat(50_000), "]".repeat(50_000));
    let mut broken = good.clone().into_bytes();
    broken.insert(1, 0xff);
    vec![
        (JSON, b"".to_vec(), Some(400)),
        (JSON, b"{".to_vec(), Some(400)),
        (JSON, b"nul".to_vec(), Some(400)),
        (JSON, broken, Some(400)),
        (JSON, format!("{good}{good}").into_bytes(), Some(400)),
        (JSON, vec![0; 64], Some(400)),
        (JSON, "[".repeat(100_000).into_bytes(), Some(400)),
        (JSON, nested.into_bytes(), None),
        (JSON, b"[]".to_vec(), Some(422)),
        (JSON, b"7".to_vec(), Some(422)),
        (JSON, b"null".to_vec(), Some(422)),
        (JSON, vec![b' '; 10 << 20], Some(413)),
        ("text/plain", good.clone().into_bytes(), Some(415)),
        (
            "application/x-www-form-urlencoded",
            b"a=b".to_vec(),
            Some(415),
        ),
        ("multipart/form-data", b"--x--".to_vec(), None),
    ]
}

pub(super) fn rows_with_bodies() -> Vec<Row> {
    let rows = table::rows().into_iter();
    rows.filter(|row| row.body.is_some()).collect()
}

pub(super) async fn post(scene: &Scene, row: &Row, kind: &str, body: Vec<u8>) -> Answer {
    let path = format!("/api/v1{}", row.path);
    let request = scene.callers[CALLER].request(row.method.clone(), &path);
    let request = request.timeout(Duration::from_secs(30));
    send(request.header("content-type", kind).body(body)).await
}

fn fill(template: &str, id: &str) -> String {
    let segments = template.split('/');
    let fill = |segment: &str| {
        if segment.starts_with('{') {
            id
        } else {
            segment
        }
        .to_owned()
    };
    segments.map(fill).collect::<Vec<_>>().join("/")
}

pub(super) fn assert_refused(answer: &Answer, what: &str) {
    let is_4xx = (400..500).contains(&answer.status);
    assert!(is_4xx, "{what}: {answer:?}");
    assert!(!answer.refusal().1.is_empty(), "{what}: {answer:?}");
}
