//! The definition of the texts that people write: how they are stored, which characters they may
//! contain, and how their length is counted. Both servers use it.

use std::collections::BTreeSet;

use icu_normalizer::ComposingNormalizerBorrowed;

/// The line breaks of other systems: CR, NEL, and Unicode's line and paragraph separators.
const OTHER_BREAKS: [char; 4] = ['\r', '\u{85}', '\u{2028}', '\u{2029}'];
/// How many different characters a refusal names.
const MOST_NAMED: usize = 5;

/// How many lines a text may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// One, without tabs.
    One,
    /// Any number. Tabs are allowed.
    Many,
}

/// The text as it is stored: each line break is LF, and characters are composed (Unicode NFC), so
/// that equal texts are equal bytes whatever system they were typed on.
pub fn normalized(text: &str) -> String {
    let lines = text.replace("\r\n", "\n").replace(OTHER_BREAKS, "\n");
    let nfc = ComposingNormalizerBorrowed::new_nfc();
    nfc.normalize(&lines).into_owned()
}

/// The password that is hashed, as in the profile `OpaqueString` of RFC 8265: characters are
/// composed (Unicode NFC) and every space is U+0020, so that keyboards of different systems type
/// the same one.
pub fn password(typed: &str) -> String {
    let is_space = |c| {
        matches!(
            c,
            '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
        )
    };
    let nfc = ComposingNormalizerBorrowed::new_nfc();
    nfc.normalize(&typed.replace(is_space, " ")).into_owned()
}

/// The length of a normalized text in Unicode code points, as Postgres and JSON Schema count it.
pub fn length(text: &str) -> usize {
    text.chars().count()
}

/// Whether a normalized text must not contain this character: control characters, and bidirectional
/// controls, because they change how the text after them is displayed. Joiners and directional
/// marks are allowed.
pub fn is_refused(c: char, lines: Lines) -> bool {
    match c {
        '\n' | '\t' => lines == Lines::One,
        c => c.is_control() || is_bidirectional_control(c),
    }
}

/// The refused characters of a normalized text, as a list for its author; `None` if it has none.
pub fn refused_characters(text: &str, lines: Lines) -> Option<String> {
    let refused: BTreeSet<char> = text.chars().filter(|c| is_refused(*c, lines)).collect();
    let named = refused.iter().take(MOST_NAMED).map(|c| named(*c));
    (!refused.is_empty()).then(|| named.collect::<Vec<_>>().join(", "))
}

/// Embeddings, overrides and isolates, and the ends of them.
fn is_bidirectional_control(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn named(c: char) -> String {
    let name = match c {
        '\0' => "NUL",
        '\t' => "tab",
        '\n' => "line break",
        c if c.is_control() => "control character",
        _ => "bidirectional control",
    };
    format!("U+{:04X} ({name})", u32::from(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_breaks_become_lf_and_characters_are_composed() {
        for (sent, stored) in [
            ("a\r\nb\rc\nd", "a\nb\nc\nd"),
            ("a\r\n\r\nb", "a\n\nb"),
            ("a\u{85}b\u{2028}c\u{2029}d", "a\nb\nc\nd"),
            ("cre\u{300}me", "cr\u{e8}me"),
            ("\u{1112}\u{1161}\u{11ab}", "\u{d55c}"),
            ("\u{fb01} \u{ff21} \t", "\u{fb01} \u{ff21} \t"),
        ] {
            assert_eq!(normalized(sent), stored, "{sent:?}");
            assert_eq!(normalized(stored), stored, "{stored:?}");
        }
    }

    #[test]
    fn a_password_keeps_all_but_the_form_of_its_characters_and_spaces() {
        for (typed, hashed) in [
            (
                "cre\u{300}me  bru\u{302}le\u{301}e",
                "cr\u{e8}me  br\u{fb}l\u{e9}e",
            ),
            ("\u{a0}a\u{3000}b\u{2009}", " a b "),
            ("\u{ff21}\u{fb01}\t\r\n", "\u{ff21}\u{fb01}\t\r\n"),
        ] {
            assert_eq!(password(typed), hashed, "{typed:?}");
            assert_eq!(password(hashed), hashed, "{hashed:?}");
        }
    }

    #[test]
    fn a_line_break_counts_one_and_a_flag_of_seven_code_points_seven() {
        assert_eq!(length(&normalized(&"a\r\n".repeat(200))), 400);
        let flag = "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}";
        assert_eq!(length(&normalized(&flag.repeat(100))), 700);
    }

    #[test]
    fn controls_are_refused_by_name_and_letters_of_all_scripts_are_not() {
        for good in [
            "نی\u{200c}لوفر",
            "O’Neil 👩\u{200d}👩",
            "\u{200e}a\u{200f}\u{61c}",
        ] {
            assert_eq!(refused_characters(good, Lines::One), None, "{good:?}");
        }
        assert_eq!(refused_characters("a\n\tb", Lines::Many), None);
        for (bad, named) in [
            ("a\nb", "U+000A (line break)"),
            ("a\tb", "U+0009 (tab)"),
            ("a\0\0", "U+0000 (NUL)"),
            (
                "\u{202e}a\u{7f}\u{202e}",
                "U+007F (control character), U+202E (bidirectional control)",
            ),
            ("a\u{2066}b", "U+2066 (bidirectional control)"),
            ("\u{9f}", "U+009F (control character)"),
        ] {
            assert_eq!(refused_characters(bad, Lines::One).as_deref(), Some(named));
        }
        let many: String = ('\0'..='\u{8}').collect();
        let named = refused_characters(&many, Lines::Many).unwrap();
        assert_eq!(named.split(", ").count(), MOST_NAMED);
    }
}
