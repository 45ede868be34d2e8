//! The sources of values: the command line, the environment, `.env`, and files of secrets.

use std::{
    any::TypeId,
    collections::HashMap,
    ffi::{OsStr, OsString},
    path::Path,
};

use clap::{Arg, Command};

use super::{faults::Faults, secret::Secret};

/// All sources of a configuration. Tests create their own.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// The command line, beginning with the program's name.
    pub args: Vec<OsString>,
    /// The environment.
    pub variables: HashMap<String, OsString>,
    /// The values of `.env`. The environment overrides them.
    pub dotenv: HashMap<String, OsString>,
}

impl Source {
    /// This process's command line and environment, and `.env` in its working directory.
    pub(super) fn of_process(faults: &mut Faults) -> Self {
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
            .collect();
        Self {
            args: std::env::args_os().collect(),
            variables,
            dotenv: read_dotenv(Path::new(".env"), faults),
        }
    }

    /// The value of a setting from outside the command line. An empty variable means "not set" and
    /// still overrides `.env`.
    pub(super) fn value(&self, arg: &Arg, faults: &mut Faults) -> Option<OsString> {
        let name = arg.get_env()?.to_str()?;
        [&self.variables, &self.dotenv]
            .into_iter()
            .find_map(|layer| {
                let plain = layer.get(name);
                let file = layer
                    .get(&format!("{name}_FILE"))
                    .filter(|path| !path.is_empty());
                match (plain, file) {
                    (Some(value), Some(_)) if is_secret(arg) && !value.is_empty() => {
                        faults.add_unread(name, format!("is set, and so is {name}_FILE: keep one"));
                        Some(None)
                    }
                    (_, Some(path)) if is_secret(arg) => Some(read_secret(name, path, faults)),
                    (Some(value), _) => Some(Some(value.clone()).filter(|value| !value.is_empty())),
                    (None, _) => None,
                }
            })?
    }
}

/// Whether a setting's value must not be shown.
pub(super) fn is_secret(arg: &Arg) -> bool {
    arg.get_value_parser().type_id() == TypeId::of::<Secret>()
}

/// All arguments of a command and its subcommands.
pub(super) fn all_args(command: &Command) -> Vec<&Arg> {
    let nested = command.get_subcommands().flat_map(all_args);
    command.get_arguments().chain(nested).collect()
}

fn read_dotenv(path: &Path, faults: &mut Faults) -> HashMap<String, OsString> {
    let mut values = HashMap::new();
    let lines = match dotenvy::from_path_iter(path) {
        Ok(lines) => lines,
        Err(error) if error.not_found() => return values,
        Err(_) => {
            faults.add(&[], "`.env` cannot be read: check its permissions");
            return values;
        }
    };
    let mut after = "its beginning".to_owned();
    for line in lines {
        match line {
            Ok((name, value)) => {
                after.clone_from(&name);
                values.entry(name).or_insert_with(|| value.into());
            }
            // The line may contain a secret, so only its position is reported.
            Err(_) => faults.add(
                &[],
                format!("`.env`: the line after {after} is not NAME=value"),
            ),
        }
    }
    values
}

/// The first line of a secret's file.
fn read_secret(name: &str, path: &OsStr, faults: &mut Faults) -> Option<OsString> {
    match std::fs::read_to_string(path) {
        Ok(text) => Some(text.trim_end_matches(['\n', '\r']).into()),
        Err(error) => {
            let path = Path::new(path).display();
            faults.add_unread(name, format!("{name}_FILE: cannot read {path}: {error}"));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dotenv_is_read_and_a_bad_line_is_located_but_not_shown() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let text = "# a comment\nA=1\nexport B='two words'\nhunter2 is no setting\nC=\"x\"\n";
        std::fs::write(file.path(), text).unwrap();
        let mut faults = Faults::default();
        let values = read_dotenv(file.path(), &mut faults);
        for (name, value) in [("A", "1"), ("B", "two words"), ("C", "x")] {
            assert_eq!(values[name], value);
        }
        let faults: String = faults.into_vec().iter().map(ToString::to_string).collect();
        assert!(
            faults.contains("after B") && !faults.contains("hunter2"),
            "{faults}"
        );
    }

    #[test]
    fn without_a_dotenv_there_is_nothing_to_tell() {
        let mut faults = Faults::default();
        assert!(read_dotenv(Path::new("/nowhere/.env"), &mut faults).is_empty());
        assert!(faults.into_vec().is_empty());
    }
}
