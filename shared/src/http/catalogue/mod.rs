//! Every error `code`, with its statuses and meaning. `docs/errors.md`, the page `/docs/errors` and
//! the statuses in `/openapi.json` are generated from these tables. A test compares them with the
//! codes in the sources.

mod codes;

use std::fmt::Write as _;

pub use self::codes::{FIELDS, PROBLEMS};
use super::problem::title;
use crate::media::FailureCode;

/// A code of a problem.
#[derive(Debug, Clone, Copy)]
pub struct ProblemCode {
    /// Its stable name.
    pub name: &'static str,
    /// The statuses that it occurs with.
    pub statuses: &'static [u16],
    /// What it means, or what to do.
    pub advice: &'static str,
}

/// A code of one field, in `errors`.
#[derive(Debug, Clone, Copy)]
pub struct FieldCode {
    /// Its stable name.
    pub name: &'static str,
    /// What is wrong with the field.
    pub advice: &'static str,
}

/// All codes as Markdown, `docs/errors.md`.
pub fn to_markdown() -> String {
    let mut text = String::from(
        "# Errors\n\nEvery error is `application/problem+json` (RFC 9457): `{type, title, status, \
         code, detail, request_id}`, and `errors` with `{pointer, code, detail}` for each field \
         that is wrong. `code` never changes its meaning; `detail` is for people. This page is \
         generated from the server's list, and `type` links to it.\n\n## Requests\n\n| code \
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

/// All codes as the body of an HTML page; each row has its code as its id.
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

/// Markdown's code spans as HTML.
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
    fn codes_stand_in_the_order_of_the_alphabet_and_once() {
        assert!(PROBLEMS.windows(2).all(|pair| pair[0].name < pair[1].name));
        assert!(FIELDS.windows(2).all(|pair| pair[0].name < pair[1].name));
    }

    #[test]
    fn the_page_has_a_place_for_the_type_of_every_problem() {
        let html = to_html();
        for code in PROBLEMS {
            assert!(html.contains(&format!("<tr id=\"{}\"", code.name)));
        }
        assert!(!html.contains('`'));
    }
}
