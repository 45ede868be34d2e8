use shared::{
    config::{Refused, Source, load_from},
    jobs::JobSettings,
};

use super::*;

fn load(arguments: &[&str]) -> Result<Settings, Vec<String>> {
    let arguments = ["transcoder"]
        .iter()
        .chain(arguments)
        .map(Into::into)
        .collect();
    match load_from::<Config>(Source {
        args: arguments,
        ..Source::default()
    }) {
        Ok(config) => Ok(config.command.settings().clone()),
        Err(Refused::Faults(faults)) => Err(faults.iter().map(ToString::to_string).collect()),
        Err(Refused::Help(text)) => panic!("{text}"),
    }
}

#[test]
fn a_database_is_all_that_has_to_be_set() {
    let settings = load(&["run", "--database-url", "postgres://localhost/x"]).unwrap();
    assert_eq!(settings.jobs.lease, Duration::from_secs(15));
    assert_eq!(settings.worker.job_attempts, 3);
    let jobs = JobSettings::new(&settings.jobs, None);
    assert_eq!(jobs.backoff.after(2), Duration::from_secs(20));
    assert_eq!(settings.limits().max_pixels, 36_000_000);
    assert!(settings.limits().threads >= 1);
}

#[test]
fn all_faults_are_listed_at_once() {
    let faults = load(&[
        "run",
        "--job-lease",
        "5s",
        "--job-poll",
        "0s",
        "--log",
        "==",
    ])
    .unwrap_err();
    for name in [
        "DATABASE_URL",
        "PAWL_JOB_LEASE",
        "PAWL_JOB_POLL",
        "PAWL_LOG",
    ] {
        assert!(
            faults.iter().any(|fault| fault.contains(name)),
            "{name}: {faults:?}"
        );
    }
}

#[test]
fn a_url_of_something_else_than_postgres_is_refused() {
    let faults = load(&["run", "--database-url", "mysql://x"]).unwrap_err();
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults.iter().all(|fault| fault.contains("DATABASE_URL")));
}
