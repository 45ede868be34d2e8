//! The names and passwords of an account.

use std::ops::RangeInclusive;

use utoipa::openapi::KnownFormat;

use crate::http::{Text, TextFault, TextRule, all, fault_if};

/// The user's name in URLs. Its case does not matter.
pub type Username = Text<UsernameRule>;
/// The address that receives the user's mail.
pub type EmailAddress = Text<EmailRule>;
/// A password to be compared with the stored hash. The bound is above that of any accepted
/// password, and is needed because hashing reads the whole text.
pub type Password = Text<PasswordRule>;
/// A password that a user wants. Its strength is checked in `passwords`, because that takes
/// milliseconds and needs the user's names.
pub type NewPassword = Text<NewPasswordRule>;

pub struct UsernameRule;
pub struct EmailRule;
pub struct PasswordRule;
pub struct NewPasswordRule;

/// RFC 5321, section 4.5.3.1, and RFC 1035, section 2.3.4.
const LOCAL_PART_CHARS: usize = 64;
const LABEL_CHARS: usize = 63;

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

impl TextRule for EmailRule {
    const NAME: &'static str = "EmailAddress";
    const CHARS: RangeInclusive<usize> = 0..=254;
    const PATTERN: Option<&'static str> = Some(
        r"^[^\s@\x00-\x1f\x7f-\x9f]+@[^\s@.\x00-\x1f\x7f-\x9f]([^\s@\x00-\x1f\x7f-\x9f]*[^\s@.\x00-\x1f\x7f-\x9f])?$",
    );
    const FORMAT: Option<KnownFormat> = Some(KnownFormat::Email);
    const EXAMPLE: Option<&'static str> = Some("ada@example.org");

    fn faults(text: &str) -> Vec<TextFault> {
        let most = Self::CHARS.end();
        let detail = format!("enter an e-mail address of at most {most} characters");
        let is_bad = Self::is_too_long(text) || !is_email(text);
        all([fault_if(is_bad, "invalid_email", detail)])
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
    const NOTE: Option<&'static str> = None;
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

/// Checks only what all public addresses share; only sending mail proves an address. A domain
/// without a dot means another mailbox on each machine, so a dot is required.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    is_local_part(local) && is_domain(domain)
}

/// A dot-atom (RFC 5322, section 3.2.3) with the letters of all languages (RFC 6531), without
/// quoted strings.
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
    // An IP address is not a domain.
    let is_top = |label: &str| !label.chars().all(char::is_numeric);
    text.split('.').all(is_label) && text.rsplit_once('.').is_some_and(|(_, top)| is_top(top))
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
            assert!(is_good::<EmailRule>(good), "{good}");
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
            assert!(!is_good::<EmailRule>(bad), "{bad:?}");
        }
        let domain = ["b"; 96].join(".");
        assert!(is_good::<EmailRule>(&format!(
            "{}@{domain}",
            "a".repeat(62)
        )));
        assert!(!is_good::<EmailRule>(&format!(
            "{}@{domain}",
            "a".repeat(64)
        )));
    }
}
