//! Docs of the source as Markdown that stands on its own: no headings, no links into the source.

/// Docs as paragraphs and lists.
pub(super) fn block(docs: &[String]) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut open = false;
    let mut code = false;
    for line in docs {
        let line = line.strip_prefix(' ').unwrap_or(line);
        let bare = line.trim();
        if bare.starts_with("```") {
            code = !code;
            open = false;
            let fence = if code { "```text" } else { "```" };
            out.push(fence.to_owned());
            continue;
        }
        if code {
            out.push(line.trim_end().to_owned());
            continue;
        }
        if bare.is_empty() || is_link_target(bare) {
            open = false;
            if out.last().is_some_and(|last| !last.is_empty()) {
                out.push(String::new());
            }
            continue;
        }
        if let Some(heading) = heading(bare) {
            out.push(format!("**{}**", plain(heading)));
            out.push(String::new());
            open = false;
            continue;
        }
        let text = plain(bare);
        match out.last_mut() {
            Some(last) if open && !is_item(bare) => {
                last.push(' ');
                last.push_str(&text);
            }
            _ => {
                let indent = if is_item(bare) && line.starts_with("  ") {
                    "  "
                } else {
                    ""
                };
                out.push(format!("{indent}{text}"));
                open = true;
            }
        }
    }
    if code {
        out.push("```".to_owned());
    }
    separate_lists(&out).join("\n").trim().to_owned()
}

/// Docs as one line of a table: the first paragraph.
pub(super) fn cell(docs: &[String]) -> String {
    let text = block(docs);
    let first = text
        .split("\n\n")
        .find(|paragraph| !paragraph.trim().is_empty())
        .unwrap_or_default();
    escape(&first.lines().map(str::trim).collect::<Vec<_>>().join(" "))
}

/// Text that does not end its cell of a table.
pub(super) fn escape(text: &str) -> String {
    text.replace('|', "\\|")
}

/// A list needs an empty line before it.
fn separate_lists(lines: &[String]) -> Vec<String> {
    let mut out: Vec<String> = Vec::with_capacity(lines.len());
    for line in lines {
        let follows_text = out.last().is_some_and(|last| !last.is_empty() && !is_item(last.trim()));
        if is_item(line.trim()) && follows_text {
            out.push(String::new());
        }
        out.push(line.clone());
    }
    out
}

fn heading(line: &str) -> Option<&str> {
    let text = line.trim_start_matches('#');
    (text.len() < line.len() && text.starts_with(' ')).then(|| text.trim())
}

fn is_item(line: &str) -> bool {
    let number = line.trim_start_matches(|letter: char| letter.is_ascii_digit());
    line.starts_with("- ")
        || line.starts_with("* ")
        || (number.len() < line.len() && (number.starts_with(". ") || number.starts_with(") ")))
}

/// `[name]: target`
fn is_link_target(line: &str) -> bool {
    line.starts_with('[') && line.contains("]: ")
}

/// Text without links, and with nothing that reads as HTML. What stands in backticks stays as it is.
fn plain(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find(['`', '[', '<']) {
        let (before, special) = rest.split_at(at);
        out.push_str(before);
        let (text, after) = match special.chars().next() {
            Some('`') => code(special),
            Some('[') => link(special),
            _ => angle(special),
        };
        out.push_str(&text);
        rest = after;
    }
    out.push_str(rest);
    out
}

fn code(text: &str) -> (String, &str) {
    let inside = text.get(1..).unwrap_or_default();
    match inside.find('`') {
        Some(end) => {
            let (head, tail) = text.split_at(end.saturating_add(2));
            (head.to_owned(), tail)
        }
        None => ("`".to_owned(), inside),
    }
}

/// An address in angle brackets, or a bare bracket.
fn angle(text: &str) -> (String, &str) {
    let inside = text.get(1..).unwrap_or_default();
    match inside.split_once('>') {
        Some((address, after)) if address.starts_with("http") => (format!("`{address}`"), after),
        _ => ("&lt;".to_owned(), inside),
    }
}

fn link(text: &str) -> (String, &str) {
    let inside = text.get(1..).unwrap_or_default();
    let Some(end) = inside.find(']') else {
        return ("[".to_owned(), inside);
    };
    let (content, tail) = inside.split_at(end);
    let tail = tail.get(1..).unwrap_or_default();
    let past = |close: char| tail.find(close).and_then(|at| tail.get(at.saturating_add(1)..));
    let target = match tail.chars().next() {
        Some('(') => past(')'),
        Some('[') => past(']'),
        _ => None,
    };
    match target {
        Some(after) => (plain(content), after),
        None if content.starts_with('`') && content.ends_with('`') => (content.to_owned(), tail),
        None => ("[".to_owned(), inside),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn links_into_the_source_become_text() {
        assert_eq!(
            plain("See [`Config::Bar`] and [the docs](crate::x)."),
            "See `Config::Bar` and the docs."
        );
        assert_eq!(plain("`[u8; 32]` of Vec<u8> [sic]"), "`[u8; 32]` of Vec&lt;u8> [sic]");
        assert_eq!(plain("[`a`][b] `open"), "`a` `open");
        assert_eq!(plain("see <https://example.org/1>."), "see `https://example.org/1`.");
    }

    #[test]
    fn docs_keep_paragraphs_and_lists_but_no_headings() {
        let docs = lines(" Moves\n money.\n\n ## Complexity\n - O(1)\n   at most\n - no more\n\n [`x`]: crate::x");
        assert_eq!(
            block(&docs),
            "Moves money.\n\n**Complexity**\n\n- O(1) at most\n- no more"
        );
        assert_eq!(cell(&docs), "Moves money.");
        assert_eq!(cell(&lines(" a | b")), "a \\| b");
        assert_eq!(cell(&[]), "");
    }

    #[test]
    fn code_stays_as_it_is() {
        let docs = lines(" Like this:\n ```\n let a = [`b`];\n\n # c\n ```");
        assert_eq!(block(&docs), "Like this:\n```text\nlet a = [`b`];\n\n# c\n```");
    }
}
