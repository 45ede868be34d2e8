//! What makes a password acceptable. Each rule has a code of its own, and all that are broken are
//! told.

use zxcvbn::matching::patterns::MatchPattern;
use zxcvbn::{Entropy, Score, zxcvbn};

use super::similarity::ratio;

/// In characters.
const SHORTEST: usize = 8;
const LONGEST: usize = 256;
/// From here on a password is the same as a name, for somebody who guesses.
const TOO_SIMILAR: f64 = 0.7;

/// Whose password it will be: it must not be one of these in disguise. To contain one is no fault.
#[derive(Debug, Clone)]
pub struct Owner {
    pub username: String,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
}

/// A rule that a password breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// Stable.
    pub code: &'static str,
    /// For people.
    pub detail: &'static str,
}

/// The rules that `password` breaks. Takes some milliseconds of a core.
pub fn faults(password: &str, owner: &Owner) -> Vec<Fault> {
    let length = password.chars().count();
    // Dear to look at, and refused already.
    if length > LONGEST {
        return vec![TOO_LONG];
    }
    // It looks at the first 100 characters, which bounds its time; and at no names, because to
    // contain one is no fault.
    let strength = zxcvbn(password, &[]);
    [
        (length < SHORTEST, TOO_SHORT),
        (password.chars().all(char::is_numeric), NUMERIC),
        (is_common(&strength, length), COMMON),
        (strength.score() < Score::Two, TOO_WEAK),
        (is_similar(password, owner), SIMILAR),
    ]
    .into_iter()
    .filter_map(|(is_broken, fault)| is_broken.then_some(fault))
    .collect()
}

const TOO_SHORT: Fault = Fault {
    code: "password_too_short",
    detail: "a password has at least 8 characters",
};
const TOO_LONG: Fault = Fault {
    code: "password_too_long",
    detail: "a password has at most 256 characters",
};
const NUMERIC: Fault = Fault {
    code: "password_numeric",
    detail: "a password is not only digits",
};
const COMMON: Fault = Fault {
    code: "password_common",
    detail: "this is one of the passwords that are tried first",
};
const TOO_WEAK: Fault = Fault {
    code: "password_too_weak",
    detail: "this is easily guessed: add a word or two that have nothing to do with each other",
};
const SIMILAR: Fault = Fault {
    code: "password_too_similar",
    detail: "this is too much like the name or the e-mail address",
};

/// Whether the whole of it stands, in any case, in zxcvbn's list of 30,000 passwords.
fn is_common(strength: &Entropy, length: usize) -> bool {
    let [whole] = strength.sequence() else {
        return false;
    };
    let MatchPattern::Dictionary(word) = &whole.pattern else {
        return false;
    };
    // The type of the list's name is not public.
    let is_passwords = format!("{:?}", word.dictionary_name) == "Passwords";
    is_passwords && !word.reversed && !word.l33t && whole.token.chars().count() == length
}

fn is_similar(password: &str, owner: &Owner) -> bool {
    let password = password.to_lowercase();
    let local = owner.email.rsplit_once('@').map(|(local, _)| local);
    [
        Some(owner.username.as_str()),
        local,
        Some(owner.first_name.as_str()),
        Some(owner.last_name.as_str()),
    ]
    .into_iter()
    .flatten()
    .any(|name| ratio(&password, &name.to_lowercase()) >= TOO_SIMILAR)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(password: &str) -> Vec<&'static str> {
        let owner = Owner {
            username: "countess".to_owned(),
            email: "analytical.engine@example.org".to_owned(),
            first_name: "Augusta".to_owned(),
            last_name: "Lovelace".to_owned(),
        };
        let found = faults(password, &owner);
        found.iter().map(|fault| fault.code).collect()
    }

    #[test]
    fn good_passwords_break_no_rule() {
        let long = "correct horse battery ".repeat(12);
        for good in [
            "correct horse",
            "tr0ub4dour&3x",
            "größenwahnsinnig",
            "lovelace wrote the first program",
            &long[..256],
        ] {
            assert_eq!(codes(good), [""; 0], "{good}");
        }
    }

    #[test]
    fn each_rule_has_its_own_code() {
        for (password, code) in [
            ("kx9#q!z", "password_too_short"),
            ("84620573915", "password_numeric"),
            ("٨٤٦٢٠٥٧٣٩١٥", "password_numeric"),
            ("sunshine", "password_common"),
            ("PassWord1", "password_common"),
            ("aaaaaaaab", "password_too_weak"),
            ("qwertzui", "password_too_weak"),
            ("countess1!", "password_too_similar"),
            ("Analytical.Engine", "password_too_similar"),
            ("augusta99", "password_too_similar"),
            ("LOVELACE?!", "password_too_similar"),
        ] {
            assert!(
                codes(password).contains(&code),
                "{password}: {:?}",
                codes(password)
            );
        }
        assert_eq!(codes(&"kx9#".repeat(65)), ["password_too_long"]);
    }

    #[test]
    fn all_rules_that_are_broken_are_told() {
        let expected = [
            "password_too_short",
            "password_numeric",
            "password_common",
            "password_too_weak",
        ];
        assert_eq!(codes("123456"), expected);
    }

    #[test]
    fn the_dearest_password_is_looked_at_within_a_bounded_time() {
        let started = std::time::Instant::now();
        for dear in ["@4(<{[", "password", "1aA!", "qwertyuiop", "19"] {
            codes(&dear.repeat(256).chars().take(256).collect::<String>());
        }
        let taken = started.elapsed();
        assert!(taken.as_secs() < 60, "{taken:?}");
    }
}
