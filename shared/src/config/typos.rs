//! Finds misspelt names of settings. Without this, a setting with a wrong name has no effect, and
//! nobody notices.

use std::collections::BTreeSet;

use clap::Command;
use strsim::damerau_levenshtein;

use super::{
    faults::Faults,
    source::{Source, all_args},
};

/// The settings of all programs: they may share one environment.
const ALL: &str = include_str!("../../../.env.example");
const PREFIX: &str = "PAWL_";
/// A name that differs in more letters is not meant for the programs.
const MOST_EDITS: usize = 2;

/// Adds a fault for each variable whose name is almost that of a setting.
pub(super) fn check_names(source: &Source, command: &Command, faults: &mut Faults) {
    let known = known(command);
    let layers = [&source.variables, &source.dotenv];
    let names: BTreeSet<_> = layers.into_iter().flat_map(|layer| layer.keys()).collect();
    for name in names.into_iter().filter(|name| name.starts_with(PREFIX)) {
        let plain = name.strip_suffix("_FILE").unwrap_or(name);
        let near = known
            .iter()
            .map(|known| (damerau_levenshtein(known, plain), known));
        if let Some((1..=MOST_EDITS, meant)) = near.min() {
            let text = format!("there is no setting {name}; did you mean {meant}?");
            faults.add(&[], text);
        }
    }
}

fn known(command: &Command) -> BTreeSet<String> {
    let listed = ALL.lines().filter_map(|line| line.split_once('='));
    let listed = listed.map(|(name, _)| name.trim_start_matches('#').to_owned());
    let own = all_args(command)
        .into_iter()
        .filter_map(|arg| arg.get_env());
    let own = own.map(|name| name.to_string_lossy().into_owned());
    listed.chain(own).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(names: &[&str]) -> String {
        let source = Source {
            variables: names
                .iter()
                .map(|name| ((*name).to_owned(), "x".into()))
                .collect(),
            ..Source::default()
        };
        let mut faults = Faults::default();
        check_names(&source, &Command::new("example"), &mut faults);
        let faults = faults.into_vec();
        let lines: Vec<_> = faults.iter().map(ToString::to_string).collect();
        lines.join("\n")
    }

    #[test]
    fn a_misspelt_setting_is_told_with_the_right_name() {
        for (wrong, right) in [
            ("PAWL_STOER", "PAWL_STORE"),
            ("PAWL_UPLOAD_LISTENS", "PAWL_UPLOAD_LISTEN"),
            ("PAWL_SECRET_KAY_FILE", "PAWL_SECRET_KEY"),
            ("PAWL_FFMEPG", "PAWL_FFMPEG"),
        ] {
            let told = told(&[wrong]);
            let expected = format!("there is no setting {wrong}; did you mean {right}?");
            assert_eq!(told, expected);
        }
    }

    #[test]
    fn right_names_of_any_program_and_names_of_others_are_no_faults() {
        let names = [
            "PAWL_STORE",
            "PAWL_FFMPEG",
            "PAWL_SECRET_KEY_FILE",
            "PAWL_TEST_DATABASE_URL",
            "PAWL_FAIL_POINT",
            "STORE",
        ];
        assert_eq!(told(&names), "");
    }
}
