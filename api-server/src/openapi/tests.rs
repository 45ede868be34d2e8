use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs};

use crate::openapi::{document, operations};
use crate::routes;
use crate::testing::TestApp;

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
