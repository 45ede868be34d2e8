//! What is asked, and what it may cost.

use crate::report::Target;

/// One kind of request.
pub struct Row {
    /// As the table calls it.
    pub name: &'static str,
    /// What each request is.
    pub work: Work,
    /// How many ask at once.
    pub clients: usize,
    /// What it may cost.
    pub targets: &'static [Target],
}

/// What is asked of the server, and in its own way of the yardstick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Work {
    /// A page of the home feed of someone who follows about fifty people.
    Feed,
    /// The same of someone who follows twenty quiet people.
    SparseFeed,
    /// The same of someone who follows five thousand.
    DenseFeed,
    /// A profile, with what stands between its owner and the viewer.
    Profile,
    /// A post with its media and counts.
    Post,
    /// The caller's own account.
    Me,
    /// A like, and in turn its end.
    Like,
    /// A new comment.
    Comment,
    /// A sign-in; the yardstick is the check of the password alone.
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

/// All that have the bare queries for a yardstick.
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

/// The feed page beside itself on a thousandth of the posts.
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
