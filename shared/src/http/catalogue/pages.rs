//! The catalogue as pages for people.

use std::fmt::Write as _;

use super::codes::{FIELDS, PROBLEMS};
use crate::{http::problem::title, media::FailureCode};

/// All codes as Markdown, `docs/errors.md`.
pub fn to_markdown() -> String {
    let mut text = String::from(
        "# Errors\n\nEvery error is `application/problem+json` (RFC 9457): `{type, title, status, \
         code, detail, request_id}`, and `errors` with `{pointer, code, detail}` for each field \
         that is wrong. `code` never changes its meaning; `detail` is for developers: clients show \
         their users a text of their own for the `code`. This page is generated from the server's \
         list, and `type` links to it. A request whose header \
         cannot be parsed or is too large gets a bare 400, 414 or 431.\n\n## Requests\n\n| code \
         | status | meaning |\n|---|---|---|\n",
    );
    for code in PROBLEMS {
        let statuses: Vec<_> = code.statuses.iter().map(u16::to_string).collect();
        let _ = writeln!(
            text,
            "| `{}` | {} | {} |",
            code.name,
            statuses.join(", "),
            code.advice
        );
    }
    text.push_str("\n## Fields, in `errors`\n\n| code | what is wrong |\n|---|---|\n");
    for code in FIELDS {
        let _ = writeln!(text, "| `{}` | {} |", code.name, code.advice);
    }
    text.push_str("\n## Failed media, in `error`\n\n| code | what is wrong |\n|---|---|\n");
    for code in FailureCode::ALL {
        let _ = writeln!(text, "| `{}` | {} |", code.name(), code.text());
    }
    text
}

/// All codes as the body of an HTML page. The id of each row is its code.
pub fn to_html() -> String {
    let mut rows = String::new();
    for code in PROBLEMS {
        let statuses: Vec<_> = code.statuses.iter().map(u16::to_string).collect();
        let cells = format!(
            "<td>{}</td><td>{}</td>",
            statuses.join(", "),
            inline(code.advice)
        );
        row(&mut rows, "", code.name, &cells);
    }
    let (mut fields, mut failures) = (String::new(), String::new());
    for code in FIELDS {
        let cells = format!("<td>{}</td>", inline(code.advice));
        row(&mut fields, "field-", code.name, &cells);
    }
    for code in FailureCode::ALL {
        let cells = format!("<td>{}</td>", inline(code.text()));
        row(&mut failures, "media-", code.name(), &cells);
    }
    format!(
        "<h2>Requests</h2><table><tr><th>code<th>status<th>meaning</tr>{rows}</table>\
         <h2>Fields, in <code>errors</code></h2>\
         <table><tr><th>code<th>what is wrong</tr>{fields}</table>\
         <h2>Failed media, in <code>error</code></h2>\
         <table><tr><th>code<th>what is wrong</tr>{failures}</table>"
    )
}

fn row(rows: &mut String, prefix: &str, name: &str, cells: &str) {
    let title = title(name);
    let _ = write!(
        rows,
        "<tr id=\"{prefix}{name}\" title=\"{title}\"><td><a href=\"#{prefix}{name}\"><code>{name}\
         </code></a></td>{cells}</tr>"
    );
}

/// Converts Markdown's code spans to HTML.
fn inline(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let parts = text.split('`').enumerate();
    parts
        .map(|(at, part)| match at % 2 {
            0 => part.to_owned(),
            _ => format!("<code>{part}</code>"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_and_unique() {
        assert!(PROBLEMS.windows(2).all(|pair| pair[0].name < pair[1].name));
        assert!(FIELDS.windows(2).all(|pair| pair[0].name < pair[1].name));
    }

    #[test]
    fn the_page_has_an_anchor_for_the_type_of_every_problem() {
        let html = to_html();
        for code in PROBLEMS {
            assert!(html.contains(&format!("<tr id=\"{}\"", code.name)));
        }
        assert!(!html.contains('`'));
    }
}
