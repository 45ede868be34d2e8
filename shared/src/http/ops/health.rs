//! Health checks of the parts that a process needs.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::future::{BoxFuture, join_all};
use http::{HeaderValue, Response, StatusCode, header};
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{family::Family, gauge::Gauge},
};
use serde::Serialize;
use tokio::{sync::Mutex, time::timeout};

use crate::{
    http::{Body, full},
    telemetry::Metrics,
};

/// How long one check may take.
const DEADLINE: Duration = Duration::from_secs(2);

/// A report is reused for this long, so that asking often costs nothing.
const REUSE: Duration = Duration::from_secs(1);

/// The result of a check. Its text is static, because anyone may read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// The part works.
    Ok,
    /// The part fails, and the process goes on with less.
    Degraded(&'static str),
    /// The part fails, and the process cannot work without it: `/readyz` answers 503.
    Failed(&'static str),
}

type Check = Arc<dyn Fn() -> BoxFuture<'static, Health> + Send + Sync>;

#[derive(Clone)]
struct NamedCheck {
    name: &'static str,
    check: Check,
}

/// The checks of a process.
#[derive(Clone, Default)]
pub struct Checks {
    all: Vec<NamedCheck>,
    last: Arc<Mutex<Option<DatedReport>>>,
    up: Family<Dependency, Gauge>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Dependency {
    dependency: &'static str,
}

#[derive(Debug, Clone, Serialize)]
struct Report {
    status: &'static str,
    checks: Vec<Line>,
}

struct DatedReport {
    made_at: Instant,
    report: Report,
}

#[derive(Debug, Clone, Serialize)]
struct Line {
    name: &'static str,
    status: &'static str,
    detail: Option<&'static str>,
    duration_ms: u128,
}

impl Checks {
    /// No checks: the process is always ready.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the check of a part. One that takes longer than 2 s has failed.
    #[must_use]
    pub fn with<F, R>(mut self, name: &'static str, check: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Health> + Send + 'static,
    {
        self.all.push(NamedCheck {
            name,
            check: Arc::new(move || Box::pin(check())),
        });
        self
    }

    /// Registers the state of each part as `pawl_dependency_up`.
    #[must_use]
    pub fn registered(self, metrics: &Metrics) -> Self {
        for check in &self.all {
            let dependency = check.name;
            let _ = self.up.get_or_create(&Dependency { dependency });
        }
        let help = "Whether a part that this program needs works (1) or not (0)";
        metrics.register("dependency_up", help, self.up.clone());
        self
    }

    /// Runs the checks, so that their metrics are up to date.
    pub(super) async fn measure(&self) {
        self.report().await;
    }

    /// The response for `/healthz` and `/readyz`, `None` for any other path.
    pub async fn answer(&self, path: &str) -> Option<Response<Body>> {
        match path {
            "/healthz" => Some(json(
                StatusCode::OK,
                &Report {
                    status: "ok",
                    checks: Vec::new(),
                },
            )),
            "/readyz" => {
                let report = self.report().await;
                let is_ready = report.status != "failed";
                let status = if is_ready {
                    StatusCode::OK
                } else {
                    StatusCode::SERVICE_UNAVAILABLE
                };
                Some(json(status, &report))
            }
            _ => None,
        }
    }

    async fn report(&self) -> Report {
        // Held across the checks on purpose: concurrent requests share one report.
        let mut last = self.last.lock().await;
        if let Some(last) = last.as_ref()
            && last.made_at.elapsed() < REUSE
        {
            return last.report.clone();
        }
        let checks = join_all(self.all.iter().map(run)).await;
        for line in &checks {
            let dependency = line.name;
            let is_up = i64::from(line.status == "ok");
            self.up.get_or_create(&Dependency { dependency }).set(is_up);
        }
        let worst = |status| checks.iter().any(|line| line.status == status);
        let status = ["failed", "degraded"]
            .into_iter()
            .find(|status| worst(*status));
        let report = Report {
            status: status.unwrap_or("ok"),
            checks,
        };
        *last = Some(DatedReport {
            made_at: Instant::now(),
            report: report.clone(),
        });
        report
    }
}

impl fmt::Debug for Checks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.all.iter().map(|check| check.name))
            .finish()
    }
}

async fn run(check: &NamedCheck) -> Line {
    let began = Instant::now();
    let health = timeout(DEADLINE, (check.check)())
        .await
        .unwrap_or(Health::Failed("no answer in time"));
    let (status, detail) = match health {
        Health::Ok => ("ok", None),
        Health::Degraded(detail) => ("degraded", Some(detail)),
        Health::Failed(detail) => ("failed", Some(detail)),
    };
    Line {
        name: check.name,
        status,
        detail,
        duration_ms: began.elapsed().as_millis(),
    }
}

fn json(status: StatusCode, report: &Report) -> Response<Body> {
    // Strings and numbers always serialize.
    let mut response = Response::new(full(serde_json::to_vec(report).unwrap_or_default()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
