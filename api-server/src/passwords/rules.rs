//! What makes a password acceptable. Each rule has a code of its own, and all that are broken are
//! told.

use zxcvbn::matching::patterns::MatchPattern;
use zxcvbn::{Entropy, Score, zxcvbn};

use super::similarity::ratio;

/// In characters.
const SHORTEST: usize = 8;
const LONGEST: usize = 256;
/// How many characters zxcvbn looks at at a time. What looks like several words at once in many
/// spellings costs it far more than the square of the length: 100 such characters take seconds.
const PIECE: usize = 24;
const STRONG: Score = Score::Two;
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
    if password.is_empty() {
        return vec![TOO_SHORT];
    }
    let strength = strength(password);
    [
        (length < SHORTEST, TOO_SHORT),
        (password.chars().all(char::is_numeric), NUMERIC),
        (is_common(&strength, length), COMMON),
        (strength.score() < STRONG, TOO_WEAK),
        (is_similar(password, owner), SIMILAR),
        (password.contains('\0'), WITH_NUL),
    ]
    .into_iter()
    .filter_map(|(is_broken, fault)| is_broken.then_some(fault))
    .collect()
}

/// Of the first piece that is strong, else of the first one: a password is as strong as its
/// strongest piece at least. No names are looked for, because to contain one is no fault.
fn strength(password: &str) -> Entropy {
    let characters: Vec<char> = password.chars().collect();
    let pieces = characters.chunks(PIECE).map(String::from_iter);
    let mut judged = pieces.map(|piece: String| zxcvbn(&piece, &[]));
    let first = judged.next().unwrap_or_else(|| zxcvbn("", &[]));
    if first.score() >= STRONG {
        return first;
    }
    judged
        .find(|piece| piece.score() >= STRONG)
        .unwrap_or(first)
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

const WITH_NUL: Fault = Fault {
    code: "invalid_text",
    detail: "no text contains a NUL",
};

/// Whether the whole of it stands, in any case, in one of zxcvbn's lists: 30,000 passwords, and the words
/// and names that are more frequent as such, which are left out of the first.
fn is_common(strength: &Entropy, length: usize) -> bool {
    let [whole] = strength.sequence() else {
        return false;
    };
    let MatchPattern::Dictionary(word) = &whole.pattern else {
        return false;
    };
    !word.reversed && !word.l33t && whole.token.chars().count() == length
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
            ("jennifer", "password_common"),
            ("Alexander", "password_common"),
            ("aaaaaaaab", "password_too_weak"),
            ("qwertzui", "password_too_weak"),
            ("countess1!", "password_too_similar"),
            ("Analytical.Engine", "password_too_similar"),
            ("augusta99", "password_too_similar"),
            ("LOVELACE?!", "password_too_similar"),
            ("correct\0horse battery", "invalid_text"),
        ] {
            assert!(
                codes(password).contains(&code),
                "{password}: {:?}",
                codes(password)
            );
        }
        assert_eq!(codes(&"kx9#".repeat(65)), ["password_too_long"]);
        assert_eq!(codes(""), ["password_too_short"]);
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
    fn a_long_password_is_as_strong_as_its_strongest_piece() {
        let behind = format!("{}tr0ub4dour&3x", "a".repeat(PIECE));
        assert_eq!(codes(&behind), [""; 0]);
        let weak = codes(&"password".repeat(20));
        assert_eq!(weak, ["password_too_weak"]);
    }

    /// Chosen for what they cost zxcvbn: letters in other spellings, dates, keyboards, repetitions.
    #[test]
    fn the_dearest_password_is_looked_at_within_a_bounded_time() {
        for dear in [
            "4@8({[<3691!|05$+7%2",
            "%g6<m$3tc[ua[@jtf+1kt5xe",
            "sjd1146nhe6aem2y6o{tu2j3",
            "$5+7|1!0",
            "@4(<{[",
            "password",
            "147852369",
            "0123456789/",
            "19",
        ] {
            let text: String = dear.repeat(256).chars().take(256).collect();
            let started = std::time::Instant::now();
            codes(&text);
            let taken = started.elapsed();
            // A tenth of a second on an idle machine; unbounded work would take hours.
            assert!(taken.as_secs() < 30, "{dear}: {taken:?}");
        }
    }
}
