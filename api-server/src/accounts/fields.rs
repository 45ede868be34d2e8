//! The bounds of an account's fields; every fault is told, not only the first.

use shared::http::problem::FieldError;

use super::model::NewUser;

const USERNAME_CHARS: usize = 64;
const EMAIL_CHARS: usize = 254;
const NAME_CHARS: usize = 50;
const PASSWORD_CHARS: std::ops::RangeInclusive<usize> = 8..=256;

/// What is wrong with the fields of a new account.
pub fn faults(new: &NewUser) -> Vec<FieldError> {
    [
        check(
            is_username(&new.username),
            "/username",
            "invalid_username",
            USERNAME_RULE,
        ),
        check(
            is_email(&new.email),
            "/email",
            "invalid_email",
            "this is no e-mail address",
        ),
        check(
            is_password(&new.password),
            "/password",
            "invalid_password",
            PASSWORD_RULE,
        ),
        check(
            is_name(&new.first_name),
            "/first_name",
            "invalid_name",
            NAME_RULE,
        ),
        check(
            is_name(&new.last_name),
            "/last_name",
            "invalid_name",
            NAME_RULE,
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

const USERNAME_RULE: &str = "1 to 64 of A-Z a-z 0-9 _ . + -, beginning with a letter, a digit or \
                             _ and not ending in a dot";
const PASSWORD_RULE: &str = "8 to 256 characters";
/// What a first or last name is.
pub const NAME_RULE: &str = "1 to 50 characters, not only spaces";

fn check(is_good: bool, pointer: &str, code: &'static str, rule: &str) -> Option<FieldError> {
    let fault = || FieldError {
        pointer: pointer.to_owned(),
        code,
        detail: rule.to_owned(),
    };
    (!is_good).then(fault)
}

fn is_username(text: &str) -> bool {
    let is_start = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.len() <= USERNAME_CHARS
        && text.starts_with(is_start)
        && !text.ends_with('.')
        && text
            .chars()
            .all(|c| is_start(c) || matches!(c, '.' | '+' | '-'))
}

/// Only what every address has: whether mail arrives is found out by sending some.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    text.chars().count() <= EMAIL_CHARS
        && !local.is_empty()
        && !domain.is_empty()
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
        && !local.contains('@')
}

/// Whether the text may be a first or a last name.
pub fn is_name(text: &str) -> bool {
    text.chars().count() <= NAME_CHARS
        && !text.trim().is_empty()
        && !text.chars().any(char::is_control)
}

fn is_password(text: &str) -> bool {
    PASSWORD_CHARS.contains(&text.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usernames_keep_to_their_alphabet_and_ends() {
        let long = "a".repeat(64);
        for good in ["a", "_x", "0", "ada.l+v-1", "A_", "x-", "x+", &long] {
            assert!(is_username(good), "{good}");
        }
        let longer = "a".repeat(65);
        for bad in [
            "", ".a", "-a", "+a", "a.", "a b", "ü", "a@b", "a\0", "a/b", &longer,
        ] {
            assert!(!is_username(bad), "{bad:?}");
        }
    }

    #[test]
    fn an_email_has_one_at_sign_and_no_blanks() {
        for good in ["a@b", "a.b+c@example.org", "ü@example.org"] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "", "a", "@b", "a@", "a@b@c", "a b@c", "a@b.", "a@.b", "a\0@b",
        ] {
            assert!(!is_email(bad), "{bad:?}");
        }
        assert!(!is_email(&format!("{}@b", "a".repeat(253))));
    }

    #[test]
    fn passwords_and_names_are_counted_in_characters() {
        assert!(is_password(&"ü".repeat(8)) && is_password(&"ü".repeat(256)));
        assert!(!is_password(&"ü".repeat(7)) && !is_password(&"ü".repeat(257)));
        assert!(is_name(&"ü".repeat(50)) && !is_name(&"ü".repeat(51)));
        assert!(!is_name("") && !is_name("  ") && !is_name("a\nb"));
    }
}
