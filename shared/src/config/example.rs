//! The list of all settings and the text of `.env.example`, both generated from the clap
//! structures.

use std::fmt::Write;

use clap::{Arg, Command};
use serde::{Deserialize, Serialize};

use super::{
    faults::flag,
    source::{all_args, is_secret},
};

/// One setting, as the documentation shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// The environment variable.
    pub variable: String,
    /// The flag.
    pub flag: String,
    /// The heading of its group.
    pub heading: String,
    /// Its help text.
    pub help: String,
    /// Its default; empty if it has none.
    pub default: String,
    /// Whether `<variable>_FILE` works too.
    pub is_secret: bool,
    /// The binaries that have this setting.
    pub used_by: Vec<String>,
}

/// The settings of a program and its subcommands, without duplicates, in order of declaration.
pub fn settings(command: &Command) -> Vec<Setting> {
    let program = command.get_name();
    let all = all_args(command);
    merge(all.into_iter().filter_map(|arg| setting(arg, program)))
}

/// The settings of several programs, without duplicates.
pub fn merge(all: impl IntoIterator<Item = Setting>) -> Vec<Setting> {
    let mut found: Vec<Setting> = Vec::new();
    for new in all {
        let mut known = found.iter_mut();
        match known.find(|known| known.variable == new.variable) {
            Some(known) => {
                let more = new.used_by.into_iter();
                let more: Vec<_> = more.filter(|name| !known.used_by.contains(name)).collect();
                known.used_by.extend(more);
            }
            None => found.push(new),
        }
    }
    found
}

/// The text of `.env.example` for this many programs: every setting with its help and its default,
/// commented out.
pub fn env_example(settings: &[Setting], programs: usize) -> String {
    let mut headings: Vec<&str> = Vec::new();
    for setting in settings {
        if !headings.contains(&setting.heading.as_str()) {
            headings.push(&setting.heading);
        }
    }
    let mut text = String::from(
        "# Every setting with its default. Copy this file to `.env` and change what you need.\n# \
         Environment variables override `.env`; flags override both.\n",
    );
    for heading in headings {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "\n## {heading}");
        for setting in settings.iter().filter(|setting| setting.heading == heading) {
            text.push_str(&entry(setting, programs));
        }
    }
    text
}

fn entry(setting: &Setting, programs: usize) -> String {
    let mut help = setting.help.clone();
    if setting.is_secret {
        let _ = write!(
            help,
            " Alternatively, set {}_FILE to the path of a file that contains it.",
            setting.variable
        );
    }
    if setting.used_by.len() < programs {
        let _ = write!(help, " ({})", setting.used_by.join(", "));
    }
    let comment = wrap(&help, 96).join("\n# ");
    format!("\n# {comment}\n#{}={}\n", setting.variable, setting.default)
}

fn setting(arg: &Arg, program: &str) -> Option<Setting> {
    let variable = arg.get_env()?.to_str()?.to_owned();
    if arg.is_hide_set() {
        return None;
    }
    let help = arg.get_long_help().or(arg.get_help());
    let defaults: Vec<_> = arg
        .get_default_values()
        .iter()
        .map(|v| v.to_string_lossy())
        .collect();
    Some(Setting {
        flag: arg
            .get_long()
            .map_or_else(|| flag(&variable), |long| format!("--{long}")),
        variable,
        heading: arg.get_help_heading().unwrap_or("General").to_owned(),
        help: sentence(&help.map(ToString::to_string).unwrap_or_default()) + &choices(arg),
        default: defaults.join(","),
        is_secret: is_secret(arg),
        used_by: vec![program.to_owned()],
    })
}

/// The values of an enumeration, as a sentence; empty for other settings.
fn choices(arg: &Arg) -> String {
    let values = arg.get_possible_values();
    let names = values.iter().map(|value| format!("`{}`", value.get_name()));
    let names = names.collect::<Vec<_>>().join(", ");
    if names.is_empty() {
        names
    } else {
        format!(" One of {names}.")
    }
}

/// clap removes the full stop from short help; this restores it.
fn sentence(help: &str) -> String {
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    if help.is_empty() || help.ends_with('.') {
        help
    } else {
        help + "."
    }
}

fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use clap::Args;

    use super::*;
    use crate::config::{DatabaseArgs, DrainArgs, LogArgs, StoreArgs};

    fn commands() -> [Command; 2] {
        let one = StoreArgs::augment_args(DatabaseArgs::augment_args(Command::new("one")));
        let serve = DrainArgs::augment_args(Command::new("serve"));
        let two = StoreArgs::augment_args(Command::new("two").subcommand(serve));
        [one, two]
    }

    fn both() -> Vec<Setting> {
        merge(commands().iter().flat_map(settings))
    }

    #[test]
    fn every_setting_stands_there_once_with_its_default_commented_out() {
        let text = env_example(&both(), 2);
        for line in [
            "#PAWL_STORE=.pawl/store",
            "#DATABASE_URL=",
            "#PAWL_DRAIN_GRACE=20s",
        ] {
            assert_eq!(
                text.lines().filter(|found| *found == line).count(),
                1,
                "{line}\n{text}"
            );
        }
        assert!(text.contains("DATABASE_URL_FILE"), "{text}");
        assert!(
            text.lines()
                .all(|line| line.is_empty() || line.starts_with('#')),
            "{text}"
        );
        assert!(text.lines().all(|line| line.len() <= 100), "{text}");
    }

    #[test]
    fn the_values_of_an_enumeration_are_listed() {
        let command = LogArgs::augment_args(Command::new("one"));
        let text = env_example(&settings(&command), 1);
        assert!(
            text.contains("# The format of log lines. One of `text`, `json`.\n"),
            "{text}"
        );
        assert_eq!(text.matches("One of").count(), 1, "{text}");
    }

    #[test]
    fn a_setting_knows_who_uses_it() {
        let settings = both();
        let store = settings
            .iter()
            .find(|setting| setting.variable == "PAWL_STORE")
            .unwrap();
        assert_eq!(
            (store.flag.as_str(), &store.used_by[..]),
            ("--store", &["one".to_owned(), "two".to_owned()][..])
        );
    }
}
