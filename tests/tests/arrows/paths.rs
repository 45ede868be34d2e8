//! The paths that a source file names: `use` trees unfolded, `super` and imported names resolved.
//! Not a parser of Rust: it knows just enough to see who mentions whom.

use std::collections::HashMap;

/// Segments of a path; one of our own crate begins with `crate`.
pub type Path = Vec<String>;

/// What the code of one file says about others.
#[derive(Default)]
pub struct Named {
    /// Every path of at least two segments, code of tests excepted.
    pub paths: Vec<Path>,
    /// What `use` gives a name to; whoever names the file may go on through it.
    pub imported: HashMap<String, Path>,
    /// It declares modules and imports, and nothing else.
    pub is_bare: bool,
}

/// Reads `code`. `module` is where the file stands: `["accounts", "store"]`.
pub fn named_in(code: &str, module: &[String]) -> Named {
    let tokens = tokens(without_tests(code));
    let children = children(&tokens, module);
    let mut named = Named {
        is_bare: !tokens.iter().any(|token| ITEMS.contains(&token.as_str())),
        ..Named::default()
    };
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at] == "use" {
            at += 1;
            for (path, name) in tree(&tokens, &mut at, &[]) {
                let path = resolve(path, module, &children);
                named.imported.insert(name, path.clone());
                named.paths.push(path);
            }
        } else if is_word(&tokens[at]) {
            let path = plain_path(&tokens, &mut at);
            if path.len() > 1 {
                let known = named.imported.get(&path[0]).map(|_| &named.imported);
                let path = resolve(path, module, known.unwrap_or(&children));
                named.paths.push(path);
            }
        } else {
            at += 1;
        }
    }
    named
}

/// What begins an item that is neither a module nor an import.
const ITEMS: [&str; 10] = [
    "fn",
    "struct",
    "enum",
    "union",
    "trait",
    "impl",
    "const",
    "static",
    "type",
    "macro_rules",
];

/// The modules that are declared in other files, with their paths.
fn children(tokens: &[String], module: &[String]) -> HashMap<String, Path> {
    let declared = tokens
        .windows(3)
        .filter(|three| three[0] == "mod" && three[2] == ";");
    let child = |three: &[String]| {
        let start = std::iter::once("crate".to_owned()).chain(module.to_vec());
        let path = start.chain([three[1].clone()]).collect();
        (three[1].clone(), path)
    };
    declared.map(child).collect()
}

/// Tests may look behind the scenes.
fn without_tests(code: &str) -> &str {
    code.split_once("#[cfg(test)]\nmod tests {")
        .map_or(code, |(before, _)| before)
}

/// Words, `::` and single signs, without comments and the insides of strings.
fn tokens(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let length = if first == '_' || first.is_ascii_alphanumeric() {
            let end = rest.find(|c: char| c != '_' && !c.is_ascii_alphanumeric());
            end.unwrap_or(rest.len())
        } else if rest.starts_with("//") {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
            continue;
        } else if rest.starts_with("'\"'") {
            rest = &rest[3..];
            continue;
        } else if first == '"' {
            rest = &rest[end_of_string(rest)..];
            continue;
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        if !first.is_whitespace() {
            found.push(rest[..length].to_owned());
        }
        rest = &rest[length..];
    }
    found
}

/// Where the string that `text` begins with is over. A raw string's quote within it ends it too
/// early, which makes words of its rest: harmless here.
fn end_of_string(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic())
}

/// One `use` tree: each path with the name it is known by.
fn tree(tokens: &[String], at: &mut usize, before: &[String]) -> Vec<(Path, String)> {
    let mut path = before.to_vec();
    let mut found = Vec::new();
    while let Some(token) = tokens.get(*at) {
        match token.as_str() {
            "{" => {
                *at += 1;
                while tokens.get(*at).is_some_and(|token| token != "}") {
                    found.extend(tree(tokens, at, &path));
                    *at += usize::from(tokens.get(*at).is_some_and(|token| token == ","));
                }
                *at += 1;
                return found;
            }
            "as" => {
                let name = tokens.get(*at + 1).cloned().unwrap_or_default();
                *at += 2;
                return vec![(path, name)];
            }
            "," | "}" | ";" => break,
            // Of another crate, whatever a module of ours is called.
            "::" if path.is_empty() => path.push(String::new()),
            "::" => {}
            "self" if !before.is_empty() && path.len() == before.len() => {}
            word => path.push(word.to_owned()),
        }
        *at += 1;
    }
    let name = path.last().cloned().unwrap_or_default();
    vec![(path, name)]
}

/// `a::b::c` in the middle of code.
fn plain_path(tokens: &[String], at: &mut usize) -> Path {
    let mut path = vec![tokens[*at].clone()];
    *at += 1;
    while tokens.get(*at).is_some_and(|token| token == "::")
        && tokens.get(*at + 1).is_some_and(|token| is_word(token))
    {
        path.push(tokens[*at + 1].clone());
        *at += 2;
    }
    path
}

fn resolve(path: Path, module: &[String], imported: &HashMap<String, Path>) -> Path {
    let own = |ups: usize| {
        let kept = module.len().saturating_sub(ups);
        std::iter::once("crate".to_owned()).chain(module[..kept].to_vec())
    };
    match path[0].as_str() {
        "self" => own(0).chain(path[1..].to_vec()).collect(),
        "super" => {
            let ups = path.iter().take_while(|word| *word == "super").count();
            own(ups).chain(path[ups..].to_vec()).collect()
        }
        first => match imported.get(first) {
            Some(whole) => whole.iter().chain(&path[1..]).cloned().collect(),
            None => path,
        },
    }
}

#[test]
fn paths_are_found_in_use_trees_and_in_code() {
    let code = r#"
        //! crate::comments::do_not_count
        use std::io;
        use crate::posts::{self, model::Post, store as rows};
        use super::actions;
        fn f() { actions::go(); rows::insert("crate::nor::strings"); posts::actions::x(); io::sink() }
        #[cfg(test)]
mod tests { use crate::secret; }
    "#;
    let module = ["accounts".to_owned(), "handlers".to_owned()];
    let found: Vec<String> = named_in(code, &module)
        .paths
        .iter()
        .map(|path| path.join("::"))
        .collect();
    let expected = [
        "std::io",
        "crate::posts",
        "crate::posts::model::Post",
        "crate::posts::store",
        "crate::accounts::actions",
        "crate::accounts::actions::go",
        "crate::posts::store::insert",
        "crate::posts::actions::x",
        "std::io::sink",
    ];
    assert_eq!(found, expected);
}
