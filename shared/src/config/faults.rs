//! What is wrong with a configuration: everything, in one list, by the settings' names.

use std::{collections::BTreeSet, fmt};

/// One thing to put right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The variables concerned; none when it is about the command line as a whole.
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
    /// even be read: that is told already, and its default stands in for it here.
    pub fn add(&mut self, settings: &[&str], text: impl Into<String>) {
        if settings.iter().all(|name| !self.unread.contains(*name)) {
            let settings = settings.iter().map(ToString::to_string).collect();
            self.found.push(Fault {
                settings,
                text: text.into(),
            });
        }
    }

    /// Adds a fault of a setting whose value cannot be used at all.
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

    /// All of them, in the order found.
    pub fn into_vec(self) -> Vec<Fault> {
        self.found
    }
}

/// What a configuration demands beyond each value being readable: settings that need each other,
/// or that only make sense together. It looks at nothing outside the configuration.
pub trait Check {
    /// Adds every fault to `faults`.
    fn check(&self, faults: &mut Faults);
}

/// The flag of a variable: `PAWL_API_LISTEN` → `--api-listen`.
pub(super) fn flag(variable: &str) -> String {
    let name = variable.strip_prefix("PAWL_").unwrap_or(variable);
    format!("--{}", name.to_ascii_lowercase().replace('_', "-"))
}
