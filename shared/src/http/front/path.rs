//! Request paths without their secrets, for the log.

/// The length from which a segment counts as a secret. A media grant has 75 characters, and more
/// with percent escapes; the ids, names and words in other paths are shorter.
const SECRET_FROM: usize = 64;

/// `path` without media grants (`/media/<grant>/…`) and without the secrets of capability URLs
/// (`…/<id>~<secret>`). A grant is recognized by its length and not by its place, because clients
/// also send it in paths that are not served, such as `/media//media/<grant>`.
pub(super) fn loggable_path(path: &str) -> String {
    let segments = path.split('/').map(|segment| {
        let secret = segment.find('~').or_else(|| find_escaped_tilde(segment));
        match secret {
            Some(at) => segment.get(..at).unwrap_or_default().to_owned() + "~…",
            None if segment.len() >= SECRET_FROM => "…".to_owned(),
            None => segment.to_owned(),
        }
    });
    segments.collect::<Vec<_>>().join("/")
}

/// `%7E` is `~` (RFC 3986 section 2.3).
fn find_escaped_tilde(segment: &str) -> Option<usize> {
    segment.to_ascii_lowercase().find("%7e")
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::*;
    use crate::{
        auth::SecretKey,
        ids::{MediaId, SessionId},
        media::{FileOfMedia, Grant, Grants},
    };

    #[test]
    fn capability_secrets_are_removed_and_other_paths_stay() {
        for (path, expected) in [
            ("/api/v1/posts/7", "/api/v1/posts/7"),
            (
                "/media/p/0199/set/master.m3u8",
                "/media/p/0199/set/master.m3u8",
            ),
            ("/api/v1/media/0199", "/api/v1/media/0199"),
            ("/files/0199~secret", "/files/0199~…"),
            ("/files/0199%7esecret/x", "/files/0199~…/x"),
        ] {
            assert_eq!(loggable_path(path), expected);
        }
    }

    #[test]
    fn a_grant_is_removed_in_every_place_and_spelling() {
        let grants = Grants::new(&SecretKey::from_bytes([5; 32]));
        let grant = Grant::for_session(SessionId::generate(), OffsetDateTime::UNIX_EPOCH);
        let address = grants.address(
            grant,
            MediaId::generate(),
            FileOfMedia {
                set: "set",
                name: "a.m4s",
            },
        );
        let grant = address.split('/').nth(2).unwrap();
        let escaped: Vec<_> = grant.bytes().map(|byte| format!("%{byte:02X}")).collect();
        for path in [
            address.clone(),
            format!("/media/{address}"),
            format!("/media/{}", &address[1..]),
            format!("/api/v1{address}"),
            address.replace("/media", "/%6dedia"),
            address.replace("/media", "/MEDIA"),
            address.replace("media/", "media%2F"),
            address.replace('/', "%2f"),
            address.replace(grant, &escaped.concat()),
            format!("{address}/"),
        ] {
            let shown = loggable_path(&path);
            let decoded = percent_encoding::percent_decode_str(&shown).decode_utf8_lossy();
            assert!(!decoded.contains(&grant[..20]), "{path}: {shown}");
        }
    }
}
