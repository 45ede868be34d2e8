//! The bounds of an account's fields; every fault is told, not only the first.

use shared::http::problem::FieldError;

use super::model::NewUser;
use crate::text;

const USERNAME_CHARS: usize = 64;
const EMAIL_CHARS: usize = 254;
const NAME_CHARS: usize = 50;
/// RFC 5321, section 4.5.3.1, and RFC 1035, section 2.3.4.
const LOCAL_PART_CHARS: usize = 64;
const LABEL_CHARS: usize = 63;

/// What is wrong with the fields of a new account, but for its password.
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
            "this is not an e-mail address",
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

const USERNAME_RULE: &str = "use 1 to 64 of A-Z a-z 0-9 _ . + -; begin with a letter, a digit or _; \
                             do not end with a dot";
/// What a first or last name is.
pub const NAME_RULE: &str = "enter 1 to 50 characters, at least one of them visible, and no control \
                             characters";

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

/// Only what every public address has: whether mail arrives is found out by sending some. A domain
/// has a dot, because an address without one means another mailbox on every machine.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    text.chars().count() <= EMAIL_CHARS && is_local_part(local) && is_domain(domain)
}

/// A dot-atom (RFC 5322, section 3.2.3) with the letters of all languages (RFC 6531); nothing
/// quoted.
fn is_local_part(text: &str) -> bool {
    let is_atom = |atom: &str| {
        !atom.is_empty()
            && atom
                .chars()
                .all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c))
    };
    text.chars().count() <= LOCAL_PART_CHARS && text.split('.').all(is_atom)
}

fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=LABEL_CHARS).contains(&label.chars().count())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    // The address of a machine is no domain.
    let is_top = |label: &str| !label.chars().all(char::is_numeric);
    text.split('.').all(is_label) && text.rsplit_once('.').is_some_and(|(_, top)| is_top(top))
}

/// Whether the text may be a first or a last name.
pub fn is_name(text: &str) -> bool {
    text.chars().count() <= NAME_CHARS && !text::is_blank(text) && !text::has_controls(text)
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
    fn an_email_is_a_mailbox_at_a_domain() {
        let long = format!("{}@{}.example.org", "a".repeat(64), "b".repeat(63));
        for good in [
            "a@b.c",
            "a.b+c@example.org",
            "O'Neil@mail.example.co",
            "ü@bücher.example",
            "a@xn--bcher-kva.example",
            &long,
        ] {
            assert!(is_email(good), "{good}");
        }
        let (local, label) = ("a".repeat(65), "b".repeat(64));
        for bad in [
            "",
            "a",
            "@b.c",
            "a@",
            "a@b",
            "a@localhost",
            "a@b@c.d",
            "a b@c.d",
            "a@b.c.",
            "a@.c",
            "a@b..c",
            "a\0@b.c",
            ".a@b.c",
            "a.@b.c",
            "a..b@c.d",
            "\"a\"@b.c",
            "a@-b.c",
            "a@b-.c",
            "a@192.0.2.1",
            "a@[192.0.2.1]",
            "a@b.c\n",
            "a<b>@c.d",
            "a@b_c.d",
            "a\u{200b}@b.c",
            &format!("{local}@b.c"),
            &format!("a@{label}.c"),
        ] {
            assert!(!is_email(bad), "{bad:?}");
        }
        let domain = ["b"; 96].join(".");
        assert!(is_email(&format!("{}@{domain}", "a".repeat(62))));
        assert!(!is_email(&format!("{}@{domain}", "a".repeat(64))));
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
