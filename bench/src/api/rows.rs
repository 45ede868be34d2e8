//! The rows, and the targets for their cost.

use crate::report::Target;

/// One kind of request.
pub struct Row {
    /// The name in the table.
    pub name: &'static str,
    /// The work of each request.
    pub work: Work,
    /// The number of concurrent clients.
    pub clients: usize,
    /// The target for its cost.
    pub targets: &'static [Target],
}

/// The work of a request, for the server and for the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Work {
    /// A page of the home feed of a user who follows about fifty users.
    Feed,
    /// The same for a user who follows twenty quiet users.
    SparseFeed,
    /// The same for a user who follows five thousand users.
    DenseFeed,
    /// A profile, with the relations between its owner and the viewer.
    Profile,
    /// A post with its media and counts.
    Post,
    /// The caller's own account.
    Me,
    /// A like, and then its removal.
    Like,
    /// A new comment.
    Comment,
    /// A follow, and then its end.
    Follow,
    /// A sign-in; the baseline only verifies the password.
    SignIn,
}

const MILLISECOND_OF_CPU: Target = Target {
    what: "CPU ≤ 1 ms",
    figure: |ours, _| ours.cpu_us,
    at_most: 1000.0,
    limit: None,
};
const FEW_STATEMENTS: Target = Target {
    what: "statements ≤ 5",
    figure: |ours, _| ours.statements,
    at_most: 5.0,
    limit: None,
};
const NEAR_THE_QUERIES: Target = Target {
    what: "CPU ≤ 1.5 × bare",
    figure: |ours, bare| ours.cpu_us / bare.cpu_us,
    at_most: 1.5,
    limit: Some(
        "any request costs most of what `me` does before its first statement; the rest is 20 posts \
         with their media, decoded and written as JSON, which the yardstick leaves out",
    ),
};
const FEW_BUFFERS: Target = Target {
    what: "buffers ≤ 2,000",
    figure: |ours, _| ours.buffers,
    at_most: 2000.0,
    limit: None,
};
const QUICK: Target = Target {
    what: "p50 ≤ 20 ms",
    figure: |ours, _| ours.p50_ms,
    at_most: 20.0,
    limit: None,
};

/// All rows whose baseline is the bare queries.
pub static ROWS: [Row; 9] = [
    row(
        "feed page",
        Work::Feed,
        16,
        &[NEAR_THE_QUERIES, FEW_STATEMENTS],
    ),
    row(
        "sparse feed",
        Work::SparseFeed,
        1,
        &[QUICK, FEW_BUFFERS, FEW_STATEMENTS],
    ),
    row(
        "dense feed",
        Work::DenseFeed,
        1,
        &[QUICK, FEW_BUFFERS, FEW_STATEMENTS],
    ),
    row("profile", Work::Profile, 16, &[MILLISECOND_OF_CPU]),
    row("post", Work::Post, 16, &[MILLISECOND_OF_CPU]),
    row("me", Work::Me, 16, &[MILLISECOND_OF_CPU]),
    row("like", Work::Like, 16, &[MILLISECOND_OF_CPU]),
    row("comment", Work::Comment, 16, &[MILLISECOND_OF_CPU]),
    row(
        "sign-in",
        Work::SignIn,
        4,
        &[Target {
            what: "CPU ≤ 1.1 × the hash",
            figure: |ours, hash| ours.cpu_us / hash.cpu_us,
            at_most: 1.1,
            limit: None,
        }],
    ),
];

/// The feed page, compared with itself on a thousandth of the posts.
pub static GROWTH: Row = row(
    "feed page, 10⁶ posts",
    Work::Feed,
    16,
    &[Target {
        what: "CPU ≤ 1.2 × that at 10³ posts",
        figure: |ours, small| {
            (ours.cpu_us + ours.postgres_cpu_us) / (small.cpu_us + small.postgres_cpu_us)
        },
        at_most: 1.2,
        limit: Some(
            "api-server's own part is the same; the followees' posts lie further apart among a million, \
             and their index is a level deeper, so Postgres looks at more buffers",
        ),
    }],
);

const fn row(name: &'static str, work: Work, clients: usize, targets: &'static [Target]) -> Row {
    Row {
        name,
        work,
        clients,
        targets,
    }
}
