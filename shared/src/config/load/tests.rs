//! A configuration with one setting of each kind, read from sources made here.

use super::*;
use crate::config::{ByteSize, DatabaseArgs, DrainArgs, LogArgs, Origin, OriginArgs, Secret};

#[derive(Debug, Parser)]
#[command(name = "example", version)]
struct Example {
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(flatten)]
    origins: OriginArgs,
    #[command(flatten)]
    drain: DrainArgs,
    #[command(flatten)]
    log: LogArgs,
    /// Largest upload.
    #[arg(
        id = "PAWL_MAX",
        long = "max",
        env = "PAWL_MAX",
        default_value = "8GiB"
    )]
    max: ByteSize,
    /// Smallest upload.
    #[arg(id = "PAWL_MIN", long = "min", env = "PAWL_MIN", default_value = "1B")]
    min: ByteSize,
    /// A key.
    #[arg(id = "PAWL_SECRET_KEY", long = "secret-key", env = "PAWL_SECRET_KEY")]
    key: Secret,
}

impl Check for Example {
    fn check(&self, faults: &mut Faults) {
        self.database.check(faults);
        self.origins.check(faults);
        self.log.check(faults);
        if self.min > self.max {
            faults.add(
                &["PAWL_MIN", "PAWL_MAX"],
                "the smallest is larger than the largest",
            );
        }
    }
}

/// A source that is complete and good, with `variables` over it.
fn source(args: &[&str], variables: &[(&str, &str)]) -> Source {
    let good = [
        ("DATABASE_URL", "postgres://pawl:hunter2@127.0.0.1/pawl"),
        ("PAWL_SECRET_KEY", "correct horse"),
        ("PAWL_DEV", "1"),
    ];
    let variables = good.iter().chain(variables);
    Source {
        args: std::iter::once(&"example")
            .chain(args)
            .map(Into::into)
            .collect(),
        variables: variables
            .map(|(name, value)| ((*name).to_owned(), value.into()))
            .collect(),
        ..Source::default()
    }
}

fn faults(source: Source) -> Vec<String> {
    match load_from::<Example>(source) {
        Err(Refused::Faults(faults)) => faults.iter().map(ToString::to_string).collect(),
        other => panic!("faults were expected, not {other:?}"),
    }
}

#[test]
fn flags_win_over_variables_and_variables_over_dotenv() {
    let mut source = source(
        &["--max", "3GiB"],
        &[("PAWL_MAX", "2GiB"), ("PAWL_DRAIN_GRACE", "2s")],
    );
    for (name, value) in [
        ("PAWL_MAX", "1GiB"),
        ("PAWL_DRAIN_GRACE", "1s"),
        ("PAWL_MIN", "7B"),
    ] {
        source.dotenv.insert(name.to_owned(), value.into());
    }
    let config: Example = load_from(source).unwrap();
    assert_eq!(config.max, ByteSize(3 << 30));
    assert_eq!(config.drain.grace.as_secs(), 2);
    assert_eq!(config.min, ByteSize(7));
    assert!(config.origins.dev);
}

#[derive(Debug, Parser)]
#[command(name = "example")]
struct WithCommand {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    drain: DrainArgs,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Serve(LogArgs),
}

impl Check for WithCommand {
    fn check(&self, _: &mut Faults) {}
}

#[test]
fn flags_stand_before_or_after_the_subcommand() {
    for args in [["--drain-grace=3s", "serve"], ["serve", "--drain-grace=3s"]] {
        let source = source(&args, &[("PAWL_DRAIN_GRACE", "2s"), ("PAWL_LOG", "debug")]);
        let config: WithCommand = load_from(source).unwrap();
        let Command::Serve(log) = config.command;
        assert_eq!(
            (config.drain.grace.as_secs(), log.filter.as_str()),
            (3, "debug"),
            "{args:?}"
        );
    }
}

#[test]
fn without_a_subcommand_the_choices_are_named() {
    let Err(Refused::Faults(found)) = load_from::<WithCommand>(source(&[], &[])) else {
        panic!("a fault was expected");
    };
    assert_eq!(found[0].to_string(), "use a subcommand: serve");
}

#[derive(Debug, Parser)]
enum Nested {
    #[command(subcommand)]
    Keys(Keys),
}

#[derive(Debug, clap::Subcommand)]
enum Keys {
    List,
    Revoke { kid: String },
}

impl Check for Nested {
    fn check(&self, _: &mut Faults) {}
}

#[test]
fn what_a_command_within_a_command_lacks_is_named() {
    for (args, told) in [
        (&["keys"][..], "use a subcommand: keys list, keys revoke"),
        (&["keys", "revoke"], "<KID> is missing"),
    ] {
        let Err(Refused::Faults(found)) = load_from::<Nested>(source(args, &[])) else {
            panic!("a fault was expected");
        };
        assert_eq!(found[0].to_string(), told);
    }
    let Err(Refused::Help(text)) = load_from::<Nested>(source(&["keys", "revoke", "-h"], &[]))
    else {
        panic!("help was expected");
    };
    assert!(text.contains("keys revoke <KID>"), "{text}");
}

#[test]
fn a_bad_flag_behind_the_subcommand_is_told_as_any_other() {
    let source = source(
        &["serve", "--drain-grace", "soon", "--log-format", "xml"],
        &[],
    );
    let Err(Refused::Faults(found)) = load_from::<WithCommand>(source) else {
        panic!("faults were expected");
    };
    assert_eq!(found.len(), 2, "{found:#?}");
}

#[test]
fn the_development_switch_needs_no_value() {
    for (flag, expected) in [("--dev", true), ("--dev=on", true), ("--dev=off", false)] {
        let mut source = source(&[flag], &[("PAWL_PUBLIC_URL", "https://pawl.example")]);
        source.variables.remove("PAWL_DEV");
        assert_eq!(
            load_from::<Example>(source).unwrap().origins.dev,
            expected,
            "{flag}"
        );
    }
}

#[test]
fn a_bad_item_of_a_list_is_told() {
    let variables = [("PAWL_ALLOWED_ORIGINS", "https://a.example,b.example")];
    let found = faults(source(&[], &variables)).concat();
    assert!(
        found.contains("PAWL_ALLOWED_ORIGINS") && found.contains("`b.example`"),
        "{found}"
    );
}

#[test]
fn an_empty_variable_is_not_set_and_hides_dotenv() {
    let mut source = source(&[], &[("PAWL_MAX", "")]);
    source.dotenv.insert("PAWL_MAX".to_owned(), "1GiB".into());
    assert_eq!(load_from::<Example>(source).unwrap().max, ByteSize(8 << 30));
}

#[test]
fn lists_are_split_at_commas() {
    let variables = [(
        "PAWL_ALLOWED_ORIGINS",
        "https://a.example,https://b.example",
    )];
    let config: Example = load_from(source(&[], &variables)).unwrap();
    let origins: Vec<_> = config
        .origins
        .allowed_origins
        .iter()
        .map(Origin::as_str)
        .collect();
    assert_eq!(origins, ["https://a.example", "https://b.example"]);
}

#[test]
fn all_faults_are_told_at_once_by_name_and_flag() {
    let mut source = source(
        &["--max", "8 potatoes", "--log-format=xml"],
        &[
            ("PAWL_DRAIN_GRACE", "soon"),
            ("PAWL_DEV", "off"),
            ("DATABASE_URL", "mysql://a"),
        ],
    );
    source.variables.remove("PAWL_SECRET_KEY");
    let found = faults(source);
    for (setting, part) in [
        ("PAWL_MAX (--max)", "`8 potatoes`"),
        ("PAWL_DRAIN_GRACE (--drain-grace)", "`soon`"),
        ("PAWL_LOG_FORMAT (--log-format)", "text, json"),
        ("PAWL_SECRET_KEY (--secret-key)", "not set"),
    ] {
        let told = |fault: &&String| fault.starts_with(setting) && fault.contains(part);
        assert_eq!(
            found.iter().filter(told).count(),
            1,
            "{setting} in {found:#?}"
        );
    }
    assert_eq!(found.len(), 4, "{found:#?}");
}

#[test]
fn rules_between_settings_are_told_beside_values_that_cannot_be_read() {
    let variables = [
        ("PAWL_DRAIN_GRACE", "soon"),
        ("PAWL_MIN", "9GiB"),
        ("DATABASE_URL", "mysql://hunter2"),
    ];
    let found = faults(source(&[], &variables));
    assert!(
        found
            .iter()
            .any(|fault| fault.starts_with("PAWL_MIN (--min), PAWL_MAX (--max): "))
    );
    assert!(
        found
            .iter()
            .any(|fault| fault.starts_with("DATABASE_URL (--database-url): "))
    );
    assert_eq!(found.len(), 3, "{found:#?}");
    assert!(!found.concat().contains("hunter2"));
}

#[test]
fn a_rule_is_not_judged_by_the_default_of_a_value_that_cannot_be_read() {
    let found = faults(source(&[], &[("PAWL_MAX", "small"), ("PAWL_MIN", "9GiB")]));
    assert_eq!(found.len(), 1, "{found:#?}");
}

#[test]
fn outside_development_some_host_must_be_named() {
    let found = faults(source(&[], &[("PAWL_DEV", "off")]));
    assert!(found.concat().contains("PAWL_PUBLIC_URL"), "{found:#?}");
}

#[test]
fn an_unknown_flag_is_a_fault_beside_the_others() {
    let found = faults(source(&["--colour=red"], &[("PAWL_MAX", "much")]));
    assert!(
        found.concat().contains("unknown argument --colour"),
        "{found:#?}"
    );
    assert_eq!(found.len(), 2, "{found:#?}");
}

#[test]
fn a_secret_may_come_from_a_file() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "from the file\n").unwrap();
    let mut source = source(
        &[],
        &[("PAWL_SECRET_KEY_FILE", file.path().to_str().unwrap())],
    );
    source.variables.remove("PAWL_SECRET_KEY");
    assert_eq!(
        load_from::<Example>(source).unwrap().key.expose(),
        "from the file"
    );
}

#[test]
fn a_secret_given_twice_or_in_a_missing_file_is_a_fault() {
    let twice = source(&[], &[("PAWL_SECRET_KEY_FILE", "/dev/null")]);
    assert!(faults(twice).concat().contains("keep one"));
    let mut missing = source(&[], &[("PAWL_SECRET_KEY_FILE", "/nowhere/key")]);
    missing.variables.remove("PAWL_SECRET_KEY");
    assert!(faults(missing).concat().contains("/nowhere/key"));
}

#[test]
fn neither_debug_nor_help_shows_a_secret_or_a_value() {
    let config: Example = load_from(source(&[], &[])).unwrap();
    let Err(Refused::Help(help)) = load_from::<Example>(source(&["--help"], &[])) else {
        panic!("help was asked for");
    };
    for text in [format!("{config:?}"), help.clone()] {
        assert!(
            !text.contains("hunter2") && !text.contains("correct horse"),
            "{text}"
        );
    }
    assert!(
        help.contains("--drain-grace") && help.contains("20s"),
        "{help}"
    );
}

#[test]
fn the_report_names_the_program_and_counts() {
    let faults = [Fault {
        settings: vec!["PAWL_MAX".to_owned()],
        text: "no".to_owned(),
    }];
    let command = clap::Command::new("example").subcommand(clap::Command::new("serve"));
    let args = ["example", "serve", "--max", "x"].map(OsString::from);
    let text = report(&command, &args, &faults);
    assert!(text.starts_with("example: the configuration has 1 fault; nothing was started\n"));
    assert!(text.contains("  PAWL_MAX (--max): no\n"), "{text}");
    assert!(
        text.ends_with("\nexample serve --help explains every setting\n"),
        "{text}"
    );
}
