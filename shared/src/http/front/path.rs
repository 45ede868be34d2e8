//! Request paths without their secrets, for the log.

/// `path` without media grants (`/media/<grant>/…`) and without the secrets of capability URLs
/// (`…/<id>~<secret>`).
pub(super) fn loggable_path(path: &str) -> String {
    let mut shown = Vec::new();
    let mut before = None;
    for segment in path.split('/') {
        let is_grant = before == Some("media") && segment != "p" && shown.len() == 2;
        let secret = segment.find('~').or_else(|| find_escaped_tilde(segment));
        shown.push(match secret {
            _ if is_grant => "…".to_owned(),
            Some(at) => segment.get(..at).unwrap_or_default().to_owned() + "~…",
            None => segment.to_owned(),
        });
        before = Some(segment);
    }
    shown.join("/")
}

/// `%7E` is `~` (RFC 3986 section 2.3).
fn find_escaped_tilde(segment: &str) -> Option<usize> {
    segment.to_ascii_lowercase().find("%7e")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grants_and_capability_secrets_are_removed() {
        for (path, expected) in [
            ("/api/v1/posts/7", "/api/v1/posts/7"),
            (
                "/media/p/0199/set/master.m3u8",
                "/media/p/0199/set/master.m3u8",
            ),
            ("/media/c2VjcmV0/0199/set/a.m4s", "/media/…/0199/set/a.m4s"),
            ("/api/v1/media/0199", "/api/v1/media/0199"),
            ("/files/0199~secret", "/files/0199~…"),
            ("/files/0199%7esecret/x", "/files/0199~…/x"),
        ] {
            assert_eq!(loggable_path(path), expected);
        }
    }
}
