//! The rules for new passwords. Each rule has a code of its own; the answer lists all that are
//! broken.

use zxcvbn::matching::patterns::MatchPattern;
use zxcvbn::{Entropy, Score, zxcvbn};

use super::similarity::ratio;
use crate::account_texts::NewPasswordRule;
use crate::http::{TextFault, TextRule, all, fault_if, with_nul};

/// In characters.
const SHORTEST: usize = *NewPasswordRule::CHARS.start();
const LONGEST: usize = *NewPasswordRule::CHARS.end();
/// How many characters zxcvbn gets at a time. If a text matches many words in many spellings, the
/// time grows faster than the square of its length: 100 such characters take seconds.
const PIECE: usize = 24;
const STRONG: Score = Score::Two;
/// From this ratio on, guessing the name is guessing the password.
const TOO_SIMILAR: f64 = 0.7;

/// The names of the user whose password it will be. It must not be similar to any of them, but may
/// contain them.
#[derive(Debug, Clone)]
pub struct Owner {
    pub username: String,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
}

/// The rules that `password` breaks. Takes some milliseconds of a core.
pub fn broken_rules(password: &str, owner: &Owner) -> Vec<TextFault> {
    let length = password.chars().count();
    let too_long = format!("use at most {LONGEST} characters");
    let too_long = fault_if(length > LONGEST, "password_too_long", too_long);
    let too_short = format!("use at least {SHORTEST} characters");
    let too_short = fault_if(length < SHORTEST, "password_too_short", too_short);
    // The other rules would take too long on a long password.
    if length > LONGEST || password.is_empty() {
        return all([too_long, too_short]);
    }
    let strength = strength(password);
    let is_numeric = password.chars().all(char::is_numeric);
    let is_weak = strength.score() < STRONG;
    let common = "this is one of the most common passwords";
    let weak = "this is easy to guess: add one or two unrelated words";
    let similar = "this is too similar to your name or your e-mail address";
    all([
        too_short,
        fault_if(is_numeric, "password_numeric", "use more than digits"),
        fault_if(is_common(&strength, length), "password_common", common),
        fault_if(is_weak, "password_too_weak", weak),
        fault_if(is_similar(password, owner), "password_too_similar", similar),
        with_nul(password),
    ])
}

/// The strength of the first strong piece, otherwise of the first piece: a password is at least as
/// strong as its strongest piece. zxcvbn gets no names, because a password may contain them.
fn strength(password: &str) -> Entropy {
    let characters: Vec<char> = password.chars().collect();
    let pieces = characters.chunks(PIECE).map(String::from_iter);
    let mut entropies = pieces.map(|piece: String| zxcvbn(&piece, &[]));
    let first = entropies.next().unwrap_or_else(|| zxcvbn("", &[]));
    if first.score() >= STRONG {
        return first;
    }
    entropies
        .find(|piece| piece.score() >= STRONG)
        .unwrap_or(first)
}

/// Whether the whole password, in any case, is in one of zxcvbn's lists: 30,000 passwords, and the
/// words and names that the first list leaves out because they are more frequent as such.
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
        let found = broken_rules(password, &owner);
        found.iter().map(|rule| rule.code).collect()
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
    fn all_broken_rules_are_listed() {
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

    /// zxcvbn takes long on these: letters in other spellings, dates, keyboard rows, repetitions.
    #[test]
    fn the_slowest_password_is_checked_in_bounded_time() {
        for slow in [
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
            let text: String = slow.repeat(256).chars().take(256).collect();
            let started = std::time::Instant::now();
            codes(&text);
            let taken = started.elapsed();
            assert!(taken.as_secs() < 2, "{slow}: {taken:?}");
        }
    }
}
