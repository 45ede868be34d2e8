//! Texts by users about themselves.

use std::ops::{Deref, RangeInclusive};
use std::str::FromStr;

use utoipa::PartialSchema;
use utoipa::openapi::{RefOr, Schema};

use crate::accounts::model::Username;
use crate::http::{Text, TextFault, TextRule, all, fault_if, has_controls, is_blank};
use crate::routes::PathInput;

/// A first or last name.
pub type PersonName = Text<PersonNameRule>;
/// A text by the user about themselves; may be empty.
pub type Bio = Text<BioRule>;

/// The username in a path, which need not exist. It contains no NUL, because Postgres text cannot.
pub struct SoughtUsername(String);

pub struct PersonNameRule;
pub struct BioRule;

impl TextRule for PersonNameRule {
    const NAME: &'static str = "PersonName";
    const CHARS: RangeInclusive<usize> = 1..=50;
    const PATTERN: Option<&'static str> =
        Some(r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$");
    const EXAMPLE: Option<&'static str> = Some("Ada");

    fn faults(text: &str) -> Vec<TextFault> {
        let most = Self::CHARS.end();
        let detail = format!("enter a name of at most {most} characters, none a control character");
        let is_bad = Self::is_too_long(text) || is_blank(text) || has_controls(text);
        all([fault_if(is_bad, "invalid_name", detail)])
    }
}

impl TextRule for BioRule {
    const NAME: &'static str = "Bio";
    const CHARS: RangeInclusive<usize> = 0..=500;
    const EXAMPLE: Option<&'static str> = Some("I draw birds.");
}

impl FromStr for SoughtUsername {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let has_nul = text.contains('\0');
        (!has_nul).then(|| Self(text.to_owned())).ok_or(())
    }
}

impl Deref for SoughtUsername {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl PartialSchema for SoughtUsername {
    fn schema() -> RefOr<Schema> {
        Username::schema()
    }
}

impl PathInput for SoughtUsername {}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_name(text: &str) -> bool {
        PersonNameRule::faults(text).is_empty()
    }

    #[test]
    fn names_are_counted_in_characters_and_show_something() {
        assert!(is_name(&"ü".repeat(50)) && !is_name(&"ü".repeat(51)));
        for good in ["A", "李", "Jean-Luc O'Neil", "نی\u{200c}لوفر", " x "] {
            assert!(is_name(good), "{good:?}");
        }
        for bad in [
            "",
            "  ",
            "a\nb",
            "\u{200b}",
            "\u{3164}",
            "a\u{202e}b",
            "a\0",
        ] {
            assert!(!is_name(bad), "{bad:?}");
        }
    }
}
