//! The names and passwords of an account.

use std::ops::RangeInclusive;

use utoipa::openapi::KnownFormat;

use crate::http::{Text, TextFault, TextRule, all, fault_if};

/// The user's name in URLs. Its case does not matter.
pub type Username = Text<UsernameRule>;
/// A password to be compared with the stored hash. The bound is above that of any accepted
/// password, and is needed because hashing reads the whole text.
pub type Password = Text<PasswordRule>;
/// A password that a user wants. Its strength is checked in `passwords`, because that takes
/// milliseconds and needs the user's names.
pub type NewPassword = Text<NewPasswordRule>;

pub struct UsernameRule;
pub struct PasswordRule;
pub struct NewPasswordRule;

impl TextRule for UsernameRule {
    const NAME: &'static str = "Username";
    const CHARS: RangeInclusive<usize> = 1..=64;
    const PATTERN: Option<&'static str> = Some(r"^[A-Za-z0-9_]([A-Za-z0-9_.+-]*[A-Za-z0-9_+-])?$");
    const NOTE: Option<&'static str> = None;
    const EXAMPLE: Option<&'static str> = Some("ada");

    fn faults(text: &str) -> Vec<TextFault> {
        let detail = format!(
            "use at most {} of A-Z a-z 0-9 _ . + -; begin with a letter, a digit or _; do not end \
             with a dot",
            Self::CHARS.end()
        );
        let is_bad = Self::is_too_long(text) || !is_username(text);
        all([fault_if(is_bad, "invalid_username", detail)])
    }
}

impl TextRule for PasswordRule {
    const NAME: &'static str = "Password";
    const CHARS: RangeInclusive<usize> = 0..=1024;
    const PATTERN: Option<&'static str> = None;
    const NOTE: Option<&'static str> = None;
    const FORMAT: Option<KnownFormat> = Some(KnownFormat::Password);

    fn normalized(text: String) -> String {
        text
    }

    fn faults(text: &str) -> Vec<TextFault> {
        all([Self::too_long(text)])
    }
}

impl TextRule for NewPasswordRule {
    const NAME: &'static str = "NewPassword";
    const CHARS: RangeInclusive<usize> = 8..=256;
    const PATTERN: Option<&'static str> = None;
    const FORMAT: Option<KnownFormat> = Some(KnownFormat::Password);
    const NOTE: Option<&'static str> = Some(
        "Characters are composed (Unicode NFC) and every space is U+0020; the length is counted \
         after that, in code points.",
    );
    const EXAMPLE: Option<&'static str> = Some("as the crow flies");

    fn normalized(text: String) -> String {
        text
    }

    fn faults(_: &str) -> Vec<TextFault> {
        Vec::new()
    }
}

fn is_username(text: &str) -> bool {
    let is_start = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.starts_with(is_start)
        && !text.ends_with('.')
        && text
            .chars()
            .all(|c| is_start(c) || matches!(c, '.' | '+' | '-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_good<R: TextRule>(text: &str) -> bool {
        R::faults(text).is_empty()
    }

    #[test]
    fn usernames_keep_to_their_alphabet_and_ends() {
        let long = "a".repeat(64);
        for good in ["a", "_x", "0", "ada.l+v-1", "A_", "x-", "x+", &long] {
            assert!(is_good::<UsernameRule>(good), "{good}");
        }
        let longer = "a".repeat(65);
        for bad in [
            "", ".a", "-a", "+a", "a.", "a b", "ü", "a@b", "a\0", "a/b", &longer,
        ] {
            assert!(!is_good::<UsernameRule>(bad), "{bad:?}");
        }
    }
}
