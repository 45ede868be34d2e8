//! Records the statements of the code under test and the buffers that they touch.
//!
//! sqlx reports each statement as an event. Postgres reports each plan as a notice if
//! `auto_explain` is on, as in a [`super::SeededDatabase`]. So the real statements are measured,
//! with the plans for their parameters.

use std::{
    fmt,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use serde_json::Value;
use tracing::{
    Dispatch, Event,
    field::{Field, Visit},
    subscriber::DefaultGuard,
};
use tracing_subscriber::{
    Layer, Registry,
    filter::{LevelFilter, Targets},
    layer::{Context, SubscriberExt},
};

/// With a single subscriber, tracing asks only the first thread that reaches an event whether
/// anybody listens, and caches a "no" for all threads.
static SECOND: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(Registry::default()));

/// Records every statement of this thread. In a test on a single-threaded runtime, these are all
/// statements of the test and its server.
pub struct Statements {
    seen: Arc<Mutex<Seen>>,
    _listening: DefaultGuard,
}

/// The recorded statements.
#[derive(Debug, Default)]
pub struct Seen {
    /// The text of each statement, including `commit`. Excluded are `begin`, and a rollback that
    /// changed nothing, which may follow after the answer.
    pub statements: Vec<String>,
    /// The plan of each statement, if Postgres reports one.
    pub plans: Vec<Plan>,
}

/// An executed plan.
#[derive(Debug)]
pub struct Plan {
    /// The statement.
    pub statement: String,
    /// Pages of 8 KiB that were read, from memory or disk.
    pub buffers: u64,
    /// The whole plan in the form of `explain (format json)`.
    pub tree: Value,
}

impl Statements {
    /// Starts recording; ends when dropped.
    #[must_use]
    pub fn watch() -> Self {
        LazyLock::force(&SECOND);
        let seen = Arc::new(Mutex::new(Seen::default()));
        let wanted = Targets::new()
            .with_target("sqlx::query", LevelFilter::DEBUG)
            .with_target("sqlx::postgres::notice", LevelFilter::INFO);
        let layer = Listener(Arc::clone(&seen)).with_filter(wanted);
        Self {
            seen,
            _listening: tracing::subscriber::set_default(Registry::default().with(layer)),
        }
    }

    /// The statements since the last call.
    #[must_use]
    pub fn take(&self) -> Seen {
        std::mem::take(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Seen {
    /// The sum over all statements.
    #[must_use]
    pub fn buffers(&self) -> u64 {
        self.plans.iter().map(|plan| plan.buffers).sum()
    }
}

struct Listener(Arc<Mutex<Seen>>);

impl<S: tracing::Subscriber> Layer<S> for Listener {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut told = Told::default();
        event.record(&mut told);
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if event.metadata().target() == "sqlx::query" {
            // A short statement is reported only by its summary.
            let text = [told.statement, told.summary];
            let text = text.into_iter().find(|text| !text.is_empty());
            let is_bracket = |text: &String| text.starts_with("begin") || text == "rollback";
            seen.statements
                .extend(text.filter(|text| !is_bracket(text)));
        } else {
            seen.plans.extend(plan(&told.message));
        }
    }
}

/// `duration: 0.1 ms  plan:` and JSON.
fn plan(notice: &str) -> Option<Plan> {
    let json = notice.split_once("plan:")?.1;
    let told: Value = serde_json::from_str(json).ok()?;
    let tree = told.get("Plan")?.clone();
    let pages = |name| tree.get(name).and_then(Value::as_u64).unwrap_or(0);
    Some(Plan {
        statement: told.get("Query Text")?.as_str()?.trim().to_owned(),
        buffers: pages("Shared Hit Blocks") + pages("Shared Read Blocks"),
        tree,
    })
}

#[derive(Default)]
struct Told {
    summary: String,
    statement: String,
    message: String,
}

impl Visit for Told {
    fn record_str(&mut self, field: &Field, value: &str) {
        let kept = match field.name() {
            "summary" => &mut self.summary,
            "db.statement" => &mut self.statement,
            "message" => &mut self.message,
            _ => return,
        };
        value.trim().clone_into(kept);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}
