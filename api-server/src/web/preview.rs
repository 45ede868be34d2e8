//! What the page of a public post or of a profile says about itself to programs that show a link to
//! it (ogp.me) and to search engines: only what an anonymous visitor may see.

use std::fmt::Write as _;

use http::{HeaderMap, Method, StatusCode};
use shared::http::ClientIp;
use shared::media::MediaKind;
use tokio::sync::OnceCell;

use super::pages::PageSubject;
use crate::app::App;
use crate::http::{ApiResult, Head, RateClass};
use crate::media::model::Media;
use crate::posts::actions::get_post;
use crate::posts::model::Post;
use crate::profiles::actions::get_user;
use crate::profiles::model::User;

/// The part of `index.html` that a preview replaces.
const BEGIN: &str = "<!-- preview -->";
const END: &str = "<!-- /preview -->";

/// The numbers of characters of a text in a title and in a description.
const TITLE_CHARS: usize = 60;
const DESCRIPTION_CHARS: usize = 200;

/// The result of looking for the subject of a page.
pub enum Found {
    Preview(Box<Preview>),
    /// It does not exist, or not for everyone.
    Nothing,
    /// The client finds out: there is nothing to look for, it failed, or the visitor asks too
    /// often.
    Unknown,
}

/// A page in short.
pub struct Preview {
    kind: &'static str,
    path: String,
    title: String,
    description: String,
    image: Option<Image>,
}

/// A picture, with a path of ours.
struct Image {
    path: String,
    alt: String,
    is_large: bool,
}

/// Looks for `subject` as an anonymous visitor of `client` sees it. It counts as a request to the
/// API.
pub async fn find(app: &App, client: Option<ClientIp>, subject: PageSubject) -> Found {
    let head = anonymous(client);
    let status = app
        .limiter
        .count(&head, RateClass::Usual, &app.verifier)
        .await;
    if status.refusal().is_some() {
        return Found::Unknown;
    }
    match read(app, subject).await {
        Ok(preview) => Found::Preview(Box::new(preview)),
        Err(error) => match error.into_problem().status() {
            StatusCode::NOT_FOUND => Found::Nothing,
            _ => Found::Unknown,
        },
    }
}

fn anonymous(client: Option<ClientIp>) -> Head {
    Head {
        path: String::new(),
        method: Method::GET,
        params: Vec::new(),
        read_params: 0,
        query: String::new(),
        headers: HeaderMap::new(),
        client,
        draining: None,
        operation_id: "get_web_file",
        identity: OnceCell::new(),
    }
}

async fn read(app: &App, subject: PageSubject) -> ApiResult<Preview> {
    Ok(match subject {
        PageSubject::User(username) => of_user(get_user(app, None, username).await?),
        PageSubject::Post(id) => of_post(get_post(app, None, id).await?),
    })
}

fn of_user(user: User) -> Preview {
    let name = full_name(&user.first_name, &user.last_name);
    let title = format!("{name} (@{})", user.username);
    Preview {
        kind: "profile",
        path: format!("/u/{}", user.username),
        description: match shortened(&user.bio, DESCRIPTION_CHARS) {
            bio if bio.is_empty() => format!("Posts by {title}."),
            bio => bio,
        },
        image: Some(Image {
            path: user.avatar_url,
            alt: name,
            is_large: false,
        }),
        title,
    }
}

fn of_post(post: Post) -> Preview {
    let name = full_name(&post.author.first_name, &post.author.last_name);
    let first_line = post.text.trim().lines().next().unwrap_or_default();
    let title = match shortened(first_line, TITLE_CHARS) {
        words if words.is_empty() => format!("Post by {name}"),
        words => format!("{name}: “{words}”"),
    };
    let image = post.media.into_iter().find_map(image_of);
    let alt = image.as_ref().map_or("", |image| &image.alt);
    let text = if post.text.is_empty() {
        alt
    } else {
        &post.text
    };
    Preview {
        kind: "article",
        path: format!("/p/{}", post.id),
        description: match shortened(text, DESCRIPTION_CHARS) {
            words if words.is_empty() => format!("A post by {name} (@{}).", post.author.username),
            words => words,
        },
        title,
        image,
    }
}

fn full_name(first: &str, last: &str) -> String {
    format!("{first} {last}").trim().to_owned()
}

/// The largest size of a picture, or the poster of a video; none before it is ready.
fn image_of(media: Media) -> Option<Image> {
    let path = match media.kind {
        Some(MediaKind::Image) => media.variants.into_iter().next_back().map(|size| size.url),
        _ => media.poster_url,
    };
    Some(Image {
        path: path?,
        alt: media.alt,
        is_large: true,
    })
}

/// The text on one line, with at most `max` characters.
fn shortened(text: &str, max: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    if line.chars().count() <= max {
        return line;
    }
    let start: String = line.chars().take(max - 1).collect();
    format!("{}…", start.trim_end())
}

/// `index` with the tags of `preview`; addresses begin with `origin`.
pub fn with_preview(index: &str, preview: &Preview, origin: &str) -> String {
    let parts = index.split_once(BEGIN).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(END)?;
        Some((before, after))
    });
    let Some((before, after)) = parts else {
        return index.to_owned();
    };
    format!("{before}{}{after}", tags(preview, origin))
}

fn tags(preview: &Preview, origin: &str) -> String {
    let url = format!("{origin}{}", preview.path);
    let image = preview.image.as_ref();
    let is_large = image.is_some_and(|image| image.is_large);
    let card = if is_large {
        "summary_large_image"
    } else {
        "summary"
    };
    let image_url = image.map(|image| format!("{origin}{}", image.path));
    let alt = image.map(|image| image.alt.as_str());
    let properties = [
        ("property", "og:site_name", Some("Pawl")),
        ("property", "og:type", Some(preview.kind)),
        ("property", "og:title", Some(&*preview.title)),
        ("property", "og:description", Some(&*preview.description)),
        ("property", "og:url", Some(&*url)),
        ("property", "og:image", image_url.as_deref()),
        (
            "property",
            "og:image:alt",
            alt.filter(|alt| !alt.is_empty()),
        ),
        ("name", "description", Some(&*preview.description)),
        ("name", "twitter:card", Some(card)),
    ];
    let mut html = format!("<title>{} · Pawl</title>", escaped(&preview.title));
    for (attribute, name, content) in properties {
        if let Some(content) = content {
            let content = escaped(content);
            // Writing to a string cannot fail.
            let _ = write!(
                html,
                "\n    <meta {attribute}=\"{name}\" content=\"{content}\" />"
            );
        }
    }
    let _ = write!(
        html,
        "\n    <link rel=\"canonical\" href=\"{}\" />",
        escaped(&url)
    );
    html
}

/// For text and for attributes in double quotes.
fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}

#[cfg(all(test, feature = "testing"))]
mod tests;
