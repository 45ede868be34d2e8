//! E-mail addresses. One mailbox has several spellings: the domain in Unicode or in Punycode, upper
//! or lower case, composed or decomposed characters. [`mailbox`] returns the one that is compared.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};
use shared::text;
use utoipa::openapi::KnownFormat;

use crate::http::{Text, TextFault, TextRule, all, fault_if};

/// The address that receives the user's mail.
pub type EmailAddress = Text<EmailRule>;

pub struct EmailRule;

/// RFC 5321, section 4.5.3.1.
const LOCAL_PART_CHARS: usize = 64;

impl TextRule for EmailRule {
    const NAME: &'static str = "EmailAddress";
    const CHARS: RangeInclusive<usize> = 0..=254;
    const PATTERN: Option<&'static str> = Some(
        r"^[^\s@\x00-\x1f\x7f-\x9f]+@[^\s@.\x00-\x1f\x7f-\x9f]([^\s@\x00-\x1f\x7f-\x9f]*[^\s@.\x00-\x1f\x7f-\x9f])?$",
    );
    const NOTE: Option<&'static str> = Some(
        "Case does not matter, and a domain in Unicode and in Punycode is the same. A domain in \
         Unicode is stored as IDNA maps it.",
    );
    const FORMAT: Option<KnownFormat> = Some(KnownFormat::IdnEmail);
    const EXAMPLE: Option<&'static str> = Some("ada@example.org");

    fn normalized(text: String) -> String {
        let text = text::normalized(&text);
        match text.rsplit_once('@') {
            Some((local, domain)) if !domain.is_ascii() => {
                let (domain, _) =
                    Uts46::new().to_unicode(domain.as_bytes(), AsciiDenyList::STD3, HYPHENS);
                format!("{local}@{domain}")
            }
            _ => text,
        }
    }

    fn faults(text: &str) -> Vec<TextFault> {
        let most = Self::CHARS.end();
        let detail = format!("enter an e-mail address of at most {most} characters");
        let is_bad = Self::is_too_long(text) || mailbox(text).is_none();
        all([fault_if(is_bad, "invalid_email", detail)])
    }
}

/// Real domains have hyphens in the third and fourth position, which the strictest rule refuses.
const HYPHENS: Hyphens = Hyphens::CheckFirstLast;

/// The spelling of a mailbox that is compared, from any of its spellings; `None` if the text is no
/// address. This checks only what all public addresses share; only sending mail proves an address.
pub fn mailbox(address: &str) -> Option<String> {
    let address = text::normalized(address);
    let (local, domain) = address.rsplit_once('@')?;
    let domain = ascii_domain(domain)?;
    // Lower case may need other compositions.
    is_local_part(local).then(|| text::normalized(&format!("{}@{domain}", local.to_lowercase())))
}

/// The spelling that stands for an address without a mailbox in its row.
pub fn own_spelling(address: &str) -> String {
    address.to_ascii_lowercase()
}

/// A dot-atom (RFC 5322, section 3.2.3) with the letters of all languages (RFC 6531), without
/// quoted strings.
fn is_local_part(text: &str) -> bool {
    let is_atom = |atom: &str| {
        !atom.is_empty()
            && atom
                .chars()
                .all(|c| c.is_alphanumeric() || is_joined(c) || "!#$%&'*+-/=?^_`{|}~".contains(c))
    };
    text::length(text) <= LOCAL_PART_CHARS && text.split('.').all(is_atom)
}

/// The dot above, which a lower-case `İ` has and which composes with no letter `i`.
fn is_joined(c: char) -> bool {
    c == '\u{307}'
}

/// The domain in ASCII (IDNA: UTS 46 with the lengths of RFC 1035). A domain without a dot means
/// another mailbox on each machine, and an IP address is not a domain.
fn ascii_domain(domain: &str) -> Option<Cow<'_, str>> {
    let ascii = Uts46::new().to_ascii(
        domain.as_bytes(),
        AsciiDenyList::STD3,
        HYPHENS,
        DnsLength::Verify,
    );
    let ascii = ascii.ok()?;
    let (_, top) = ascii.rsplit_once('.')?;
    (!top.bytes().all(|byte| byte.is_ascii_digit())).then_some(ascii)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_good(text: &str) -> bool {
        EmailRule::faults(&EmailRule::normalized(text.to_owned())).is_empty()
    }

    #[test]
    fn all_spellings_of_a_mailbox_are_one() {
        for (spellings, expected) in [
            (
                &[
                    "ada@bücher.example",
                    "ADA@BÜCHER.example",
                    "ada@bu\u{308}cher.example",
                    "Ada@xn--bcher-kva.example",
                    "ada@XN--BCHER-KVA.EXAMPLE",
                    "ada@ｂücher.example",
                ][..],
                "ada@xn--bcher-kva.example",
            ),
            (
                &["zo\u{eb}@b.example", "ZOE\u{308}@B.example"],
                "zo\u{eb}@b.example",
            ),
            (
                &[
                    "\u{130}@b.example",
                    "I\u{307}@b.example",
                    "i\u{307}@b.example",
                ],
                "i\u{307}@b.example",
            ),
        ] {
            for address in spellings {
                assert_eq!(mailbox(address).as_deref(), Some(expected), "{address}");
                assert!(is_good(address), "{address}");
            }
            assert_eq!(mailbox(expected).as_deref(), Some(expected));
        }
        assert_ne!(mailbox("ı@b.example"), mailbox("i@b.example"));
        assert_ne!(mailbox("a@straße.example"), mailbox("a@strasse.example"));
    }

    #[test]
    fn a_domain_in_unicode_is_stored_as_idna_maps_it_and_ascii_as_sent() {
        for (sent, stored) in [
            ("Ada@Example.org", "Ada@Example.org"),
            ("Ada@BÜCHER.example", "Ada@bücher.example"),
            ("a@Xn--Bcher-KVA.example", "a@Xn--Bcher-KVA.example"),
            ("nobody", "nobody"),
        ] {
            assert_eq!(EmailRule::normalized(sent.to_owned()), stored);
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
            assert!(is_good(good), "{good}");
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
            assert!(!is_good(bad), "{bad:?}");
        }
        let domain = ["b"; 96].join(".");
        assert!(is_good(&format!("{}@{domain}", "a".repeat(62))));
        assert!(!is_good(&format!("{}@{domain}", "a".repeat(64))));
    }
}
