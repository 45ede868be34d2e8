//! Metrics besides those of requests and jobs: requests refused by limits, and the use of each
//! bounded resource.

use std::sync::Arc;

use shared::telemetry::Metrics;

use crate::app::App;

/// A name, its help text, and its source.
type Reading = (&'static str, &'static str, fn(&App) -> usize);

const IN_USE: [Reading; 4] = [
    (
        "passwords_pending",
        "Passwords being hashed or waiting to be hashed",
        |app| app.passwords.pending(),
    ),
    (
        "pictures_pending",
        "Child processes that convert pictures, and pictures that wait for one",
        |app| app.pictures.pending(),
    ),
    (
        "form_memory_bytes",
        "Memory held by multipart forms",
        |app| app.pictures.memory().used_bytes(),
    ),
    (
        "json_memory_bytes",
        "Memory held by JSON bodies that are being received",
        |app| app.json_memory.used_bytes(),
    ),
];

const BATCH_WAITING: (&str, &str) = (
    "batch_requests_waiting",
    "Requests that wait until their batch of changes begins",
);

/// Registers the metrics of the application.
pub fn register(app: &Arc<App>, metrics: &Metrics) {
    app.refusals.register(metrics);
    app.sweeps.register(metrics);
    for (name, help, number) in IN_USE {
        let app = Arc::clone(app);
        metrics.register_reading(name, help, move || number(&app));
    }
    let batches = Arc::clone(app);
    metrics.register_labelled_reading(BATCH_WAITING, "batch", move || batches.batches.waiting());
}

#[cfg(all(test, feature = "testing"))]
mod tests {
    use shared::telemetry::Build;

    use super::*;
    use crate::testing::TestApp;

    #[tokio::test]
    async fn what_is_in_use_and_what_was_refused_is_told() {
        let test = TestApp::start().await;
        let registry = Metrics::new(Build::of("example"));
        register(&test.app, &registry);
        let number = |name: &str| {
            let all = registry.encode().unwrap();
            let line = all.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|rest| rest.trim().parse::<usize>().ok())
        };
        for name in [
            "passwords_pending",
            "pictures_pending",
            "form_memory_bytes",
            "json_memory_bytes",
        ] {
            assert_eq!(number(&format!("pawl_{name} ")), Some(0), "{name}");
        }
        for batch in ["post_likes", "comments", "comment_likes", "follows"] {
            let name = format!("pawl_batch_requests_waiting{{batch=\"{batch}\"}} ");
            assert_eq!(number(&name), Some(0), "{name}");
        }
        let refused = number("pawl_limit_refusals_total{limit=\"sign-ins\"} ");
        assert_eq!(refused, Some(0), "it is there before the first refusal");
        test.app.refusals.count("sign-ins");
        let refused = number("pawl_limit_refusals_total{limit=\"sign-ins\"} ");
        assert_eq!(refused, Some(1));
    }
}
