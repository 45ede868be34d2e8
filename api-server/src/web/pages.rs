//! The pages of the web client, by their paths. A test compares them with the client's own list.

use percent_encoding::percent_decode_str;
use shared::ids::PostId;

use crate::profiles::model::SoughtUsername;

/// What a path leads to.
pub enum WebPage {
    /// A page of the client that always exists.
    Fixed,
    /// A page about something that may not exist.
    About(PageSubject),
    /// No page.
    Missing,
}

/// What a page is about.
pub enum PageSubject {
    User(SoughtUsername),
    Post(PostId),
}

impl WebPage {
    /// The page at the path of a URL.
    pub fn of(path: &str) -> Self {
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        match segments.as_slice() {
            [
                "" | "everyone" | "sign-in" | "sign-up" | "search" | "follow-requests" | "blocks"
                | "mutes" | "settings",
            ]
            | ["settings", "profile"] => Self::Fixed,
            ["u", name] | ["u", name, "followers" | "following"] if !name.is_empty() => {
                parsed(name).map(PageSubject::User).into()
            }
            ["p", id] | ["p", id, "likes"] if !id.is_empty() => {
                parsed(id).map(PageSubject::Post).into()
            }
            _ => Self::Missing,
        }
    }

    /// Whether the path is a page of the client.
    pub fn is_page(path: &str) -> bool {
        !matches!(Self::of(path), Self::Missing)
    }
}

impl From<Option<PageSubject>> for WebPage {
    /// There is nothing with a malformed name.
    fn from(subject: Option<PageSubject>) -> Self {
        subject.map_or(Self::Missing, Self::About)
    }
}

fn parsed<T: std::str::FromStr>(segment: &str) -> Option<T> {
    let text = percent_decode_str(segment).decode_utf8().ok()?;
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The client's router, whose rows look like `[/^\/p\/([^/]+)$/, postView],`.
    const ROUTER: &str = include_str!("../../web/src/main.ts");

    #[test]
    fn every_page_of_the_client_is_one_of_the_server() {
        let patterns = ROUTER.lines().filter_map(|line| {
            let pattern = line.trim().strip_prefix("[/^")?.split_once("$/,")?.0;
            Some(pattern.replace(r"\/", "/").replace("([^/]+)", "7"))
        });
        let patterns: Vec<String> = patterns.collect();
        assert!(patterns.len() > 10, "{patterns:?}");
        for pattern in patterns {
            let path = match pattern.split_once('(') {
                Some((before, choices)) => {
                    format!("{before}{}", choices.split(['|', ')']).next().unwrap())
                }
                None => pattern,
            };
            assert!(WebPage::is_page(&path), "{path}");
        }
    }

    #[test]
    fn other_paths_are_no_pages() {
        for path in [
            "/nothing",
            "/u",
            "/u/",
            "/p/",
            "/p/x",
            "/p/7/x",
            "/u/a/b",
            "/settings/x",
            "/sign-in/",
            "//",
            "/u/%ff",
            "/u/a%00",
        ] {
            assert!(!WebPage::is_page(path), "{path}");
        }
    }
}
