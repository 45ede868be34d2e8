//! The URLs of media files: `/media/<grant>/<media id>/<set>/<file>`.
//!
//! The grant is in the path, so that relative playlist lines, native players and `<img>` inherit
//! it. It is `p` (anyone may see the resource the media item is attached to) or a token made after
//! a permission check. This module creates URLs and checks a token's form, time and MAC. The server
//! checks on each request whether the session is active and may still see the media item.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::auth::{DerivedKey, Purpose, SecretKey};
use crate::ids::{MediaId, SessionId};

/// Tokens expire at multiples of this many seconds (6 h), so that URLs repeat and caches hit.
const EXPIRY_STEP_SECONDS: i64 = 6 * 3600;
/// The minimum lifetime of a token (12 h); rounding adds less than 6 h.
const LEAST_LIFETIME_SECONDS: i64 = 12 * 3600;

/// Everything but the unreserved characters (RFC 3986, section 2.3): a source keeps the name that
/// its owner gave it.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

const SESSION_BYTES: usize = 16;
const EXPIRY_BYTES: usize = 8;
const MAC_BYTES: usize = 32;

/// What allows a reader to fetch the files of a media item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Grant {
    /// `p`: the media item is attached to a public resource.
    Public,
    /// The reader's session may see the media item until this time.
    Session {
        /// The session for which the URL was created.
        session_id: SessionId,
        /// When the URL expires.
        expires_at: OffsetDateTime,
    },
}

impl Grant {
    /// A grant for a session that expires in 12–18 h at a multiple of 6 h.
    pub fn for_session(session_id: SessionId, now: OffsetDateTime) -> Self {
        let least = now.unix_timestamp() + LEAST_LIFETIME_SECONDS;
        let rounded = (least + EXPIRY_STEP_SECONDS - 1).div_euclid(EXPIRY_STEP_SECONDS);
        let expires_at = OffsetDateTime::from_unix_timestamp(rounded * EXPIRY_STEP_SECONDS);
        Self::Session {
            session_id,
            expires_at: expires_at.unwrap_or(now),
        }
    }
}

/// A file of a media item, as its URL names it.
#[derive(Debug, Clone, Copy)]
pub struct FileOfMedia<'a> {
    /// The id of the file's set, or `source`.
    pub set: &'a str,
    /// A name that ends in the extension that players need.
    pub name: &'a str,
}

/// Creates media URLs and checks the grants in them.
#[derive(Debug, Clone)]
pub struct Grants(DerivedKey);

impl Grants {
    /// The key derived from the server's secret.
    pub fn new(secret: &SecretKey) -> Self {
        Self(secret.derive(Purpose::MediaGrants))
    }

    /// The path of one file of a media item.
    pub fn address(&self, grant: Grant, media_id: MediaId, file: FileOfMedia<'_>) -> String {
        let grant = self.encode(grant, media_id);
        let FileOfMedia { set, name } = file;
        let name = utf8_percent_encode(name, RESERVED);
        format!("/media/{grant}/{media_id}/{set}/{name}")
    }

    /// The grant in a URL of `media_id`; `None` if we did not create it for this media item or it
    /// has expired.
    pub fn check(&self, text: &str, media_id: MediaId, now: OffsetDateTime) -> Option<Grant> {
        if text == "p" {
            return Some(Grant::Public);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (session, rest) = bytes.split_first_chunk::<SESSION_BYTES>()?;
        let (expiry, mac) = rest.split_first_chunk::<EXPIRY_BYTES>()?;
        let is_ours = mac.len() == MAC_BYTES
            && self
                .0
                .has_mac(&[session, media_id.0.as_bytes(), expiry], mac);
        let expires_at = OffsetDateTime::from_unix_timestamp(i64::from_be_bytes(*expiry)).ok()?;
        let session_id = SessionId(Uuid::from_bytes(*session));
        (is_ours && now < expires_at).then_some(Grant::Session {
            session_id,
            expires_at,
        })
    }

    fn encode(&self, grant: Grant, media_id: MediaId) -> String {
        let Grant::Session {
            session_id,
            expires_at,
        } = grant
        else {
            return "p".to_owned();
        };
        let session = session_id.0.as_bytes();
        let expiry = expires_at.unix_timestamp().to_be_bytes();
        let mac = self.0.mac(&[session, media_id.0.as_bytes(), &expiry]);
        URL_SAFE_NO_PAD.encode([session.as_slice(), &expiry, &mac].concat())
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::*;

    fn grants() -> Grants {
        Grants::new(&SecretKey::from_bytes([5; 32]))
    }

    fn at(seconds: i64) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(seconds).unwrap()
    }

    /// The text of the grant in a URL.
    fn text_of(address: &str) -> &str {
        address.split('/').nth(2).unwrap()
    }

    #[test]
    fn a_token_is_good_for_its_media_until_its_time() {
        let (grants, media_id, now) = (grants(), MediaId::generate(), at(1_800_000_123));
        let grant = Grant::for_session(SessionId::generate(), now);
        let address = grants.address(
            grant,
            media_id,
            FileOfMedia {
                set: "source",
                name: "a.mp4",
            },
        );
        let text = text_of(&address);
        assert_eq!(grants.check(text, media_id, now), Some(grant));
        assert_eq!(
            grants.check(text, media_id, now + Duration::hours(12)),
            Some(grant)
        );
        assert_eq!(
            grants.check(text, media_id, now + Duration::hours(18)),
            None
        );
        assert_eq!(grants.check(text, MediaId::generate(), now), None);
    }

    #[test]
    fn addresses_repeat_within_six_hours_and_last_twelve_to_eighteen() {
        let session_id = SessionId::generate();
        for seconds in [0, 1, 21_599, 21_600, 1_800_000_123] {
            let now = at(seconds);
            let Grant::Session { expires_at, .. } = Grant::for_session(session_id, now) else {
                panic!("a session's grant")
            };
            let left = expires_at - now;
            assert!(
                left >= Duration::hours(12) && left < Duration::hours(18),
                "{left}"
            );
            assert_eq!(expires_at.unix_timestamp() % EXPIRY_STEP_SECONDS, 0);
        }
    }

    #[test]
    fn any_changed_bit_of_a_token_spoils_it() {
        let (grants, media_id, now) = (grants(), MediaId::generate(), at(1_800_000_000));
        let grant = Grant::for_session(SessionId::generate(), now);
        let address = grants.address(
            grant,
            media_id,
            FileOfMedia {
                set: "set",
                name: "f",
            },
        );
        let token = URL_SAFE_NO_PAD.decode(text_of(&address)).unwrap();
        for bit in 0..token.len() * 8 {
            let mut changed = token.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(
                grants.check(&URL_SAFE_NO_PAD.encode(changed), media_id, now),
                None
            );
        }
        for text in ["", "P", "pp", "AAAA", &URL_SAFE_NO_PAD.encode(&token[..40])] {
            assert_eq!(grants.check(text, media_id, now), None, "{text}");
        }
    }

    #[test]
    fn a_public_address_is_short_and_its_file_name_is_escaped() {
        let media_id = MediaId::generate();
        let address = grants().address(
            Grant::Public,
            media_id,
            FileOfMedia {
                set: "source",
                name: "my clip/ü.mp4",
            },
        );
        assert_eq!(
            address,
            format!("/media/p/{media_id}/source/my%20clip%2F%C3%BC.mp4")
        );
        assert_eq!(grants().check("p", media_id, at(0)), Some(Grant::Public));
    }
}
