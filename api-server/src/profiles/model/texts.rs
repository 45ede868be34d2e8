//! Texts by users about themselves.

use std::ops::{Deref, RangeInclusive};
use std::str::FromStr;

use shared::text::Lines;
use utoipa::PartialSchema;
use utoipa::openapi::{RefOr, Schema};

use crate::account_texts::Username;
use crate::http::{Text, TextFault, TextRule, all, fault_if, is_blank, refused_characters};
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
    const PATTERN: Option<&'static str> = Some(concat!(
        r"^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*",
        r"[^\s\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]",
        r"[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*$"
    ));
    const EXAMPLE: Option<&'static str> = Some("Ada");

    fn faults(text: &str) -> Vec<TextFault> {
        let most = Self::CHARS.end();
        let bounds = format!("enter 1 to {most} characters, at least one of them visible");
        let is_bad = Self::is_too_long(text) || is_blank(text);
        let refused = refused_characters(text, Lines::One);
        let detail = refused.or_else(|| is_bad.then_some(bounds));
        all([detail.and_then(|detail| fault_if(true, "invalid_name", detail))])
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
