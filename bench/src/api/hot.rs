//! Measures many clients that change the same row, compared with as many rows as clients. A request
//! that is not answered with success ends the measurement.

use super::rows::{Row, Work};
use crate::report::Target;

/// The number of clients, each with a user of its own.
const CLIENTS: usize = 64;

const NEAR_MANY_ROWS: Target = Target {
    what: "requests/s ≥ 0.5 × those on 64 rows",
    figure: |one, many| many.per_second / one.per_second,
    at_most: 2.0,
    limit: None,
};
const NOBODY_WAITS_LONG: Target = Target {
    what: "p99 ≤ 250 ms",
    figure: |one, _| one.p99_ms,
    at_most: 250.0,
    limit: None,
};

/// The rows: all clients use one post or person, or each client uses its own.
pub static ROWS: [Row; 3] = [
    row("hot like", Work::Like),
    row("hot comment", Work::Comment),
    row("hot follow", Work::Follow),
];

const fn row(name: &'static str, work: Work) -> Row {
    Row {
        name,
        work,
        clients: CLIENTS,
        targets: &[NEAR_MANY_ROWS, NOBODY_WAITS_LONG],
    }
}
