use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs};

use reqwest::Method;

use crate::openapi::{document, operations};
use crate::routes;
use crate::testing::{TestApp, send};

const HOW: &str = "PAWL_WRITE_OPENAPI=1 cargo test -p api-server --all-features openapi";

#[tokio::test]
async fn the_document_and_the_route_table_name_the_same_operations() {
    let test = TestApp::start().await;
    let routes = routes::all(&test.app);
    let document = document(&routes);
    let mut described = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            described.insert((method.to_uppercase(), path.clone(), id.to_owned()));
        }
    }
    let table: BTreeSet<_> = routes
        .iter()
        .map(|route| {
            let path = format!("/api/v1{}", route.template);
            (
                route.method.to_string(),
                path,
                route.operation_id.to_owned(),
            )
        })
        .collect();
    let missing: Vec<_> = table.difference(&described).collect();
    assert!(
        missing.is_empty(),
        "routes without a description; add them to api-server/src/openapi/operations.rs: {missing:#?}"
    );
    let known: BTreeSet<_> = table.iter().map(|(_, _, id)| id.as_str()).collect();
    let groups = operations::all();
    let stale = groups.iter().flat_map(|group| &group.operations);
    let stale: Vec<_> = stale
        .map(|operation| operation.id)
        .filter(|id| !known.contains(id))
        .collect();
    assert!(stale.is_empty(), "descriptions without a route: {stale:?}");
}

#[tokio::test]
async fn docs_openapi_json_is_what_the_server_answers() {
    let app = TestApp::start().await;
    let answer = app.anon().fetch("/openapi.json").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["content-type"], "application/json");
    let text = format!("{:#}\n", answer.json());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    if env::var_os("PAWL_WRITE_OPENAPI").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == text,
        "docs/openapi.json is out of date; renew it with\n  {HOW}"
    );
}

#[tokio::test]
async fn every_operation_takes_the_kinds_of_bodies_that_it_names_and_no_other() {
    let test = TestApp::start().await;
    let ada = test.person("ada").await;
    let document = document(&routes::all(&test.app));
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let Some(kinds) = operation["requestBody"]["content"].as_object() else {
                continue;
            };
            let path = path.replace("{username}", "ada").replace("{id}", "1");
            let method: Method = method.to_uppercase().parse().unwrap();
            let ask = async |kind: &str| {
                let request = ada.request(method.clone(), &path);
                let request = request.header("content-type", kind);
                send(request.body("{}")).await.status
            };
            for kind in kinds.keys() {
                let kind = kind.replace("form-data", "form-data; boundary=x");
                assert_ne!(ask(&kind).await, 415, "{method} {path} with {kind}");
            }
            assert_eq!(ask("text/plain").await, 415, "{method} {path}");
        }
    }
}
