//! The faults of a configuration, collected in one list.

use std::{collections::BTreeSet, fmt};

/// One fault to correct.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The variables concerned; empty if the fault concerns the whole command line.
    pub settings: Vec<String>,
    /// What is wrong and what to do.
    pub text: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, name) in self.settings.iter().enumerate() {
            write!(
                f,
                "{}{name} ({})",
                if index == 0 { "" } else { ", " },
                flag(name)
            )?;
        }
        write!(
            f,
            "{}{}",
            if self.settings.is_empty() { "" } else { ": " },
            self.text
        )
    }
}

/// The faults found so far.
#[derive(Debug, Default)]
pub struct Faults {
    found: Vec<Fault>,
    unread: BTreeSet<String>,
}

impl Faults {
    /// Adds a fault of `settings` (variables' names). It is left out when one of them could not
    /// even be read: that fault is listed already, and the default stands in for the value here.
    pub fn add(&mut self, settings: &[&str], text: impl Into<String>) {
        if settings.iter().all(|name| !self.unread.contains(*name)) {
            let settings = settings.iter().map(ToString::to_string).collect();
            self.found.push(Fault {
                settings,
                text: text.into(),
            });
        }
    }

    /// Adds a fault of a setting whose value could not be parsed.
    pub(super) fn add_unread(&mut self, setting: &str, text: impl Into<String>) {
        if self.unread.insert(setting.to_owned()) {
            self.found.push(Fault {
                settings: vec![setting.to_owned()],
                text: text.into(),
            });
        }
    }

    pub(super) fn is_unread(&self, setting: &str) -> bool {
        self.unread.contains(setting)
    }

    /// All faults, in the order found.
    pub fn into_vec(self) -> Vec<Fault> {
        self.found
    }
}

/// Rules for a configuration whose values have all been parsed: settings that need each other or
/// that exclude each other. It accesses nothing outside the configuration.
pub trait Check {
    /// Adds every fault to `faults`.
    fn check(&self, faults: &mut Faults);
}

/// The flag of a variable: `PAWL_API_LISTEN` → `--api-listen`.
pub(super) fn flag(variable: &str) -> String {
    let name = variable.strip_prefix("PAWL_").unwrap_or(variable);
    format!("--{}", name.to_ascii_lowercase().replace('_', "-"))
}
