//! Errors in TOML files, told by line and field. The parser's own messages quote values, and a value may be a
//! key that someone wrote where its name belongs.

/// The line, counted from 1, and what is wrong there.
pub(crate) fn place(text: &str, error: &toml::de::Error) -> (usize, String) {
    let offset = error.span().map_or(0, |span| span.start).min(text.len());
    let line = text.get(..offset).map_or(1, |before| before.matches('\n').count() + 1);
    let field = text.lines().nth(line - 1).and_then(|line| line.split_once('=')).map(|(name, _)| name.trim());
    (line, detail(field, error.message()))
}

fn detail(field: Option<&str>, message: &str) -> String {
    if ["missing field", "unknown field", "duplicate"].iter().any(|start| message.starts_with(start)) {
        return message.to_owned();
    }
    let field = field.map_or_else(|| "this line".to_owned(), |name| format!("`{name}`"));
    match message.rsplit_once(", expected ") {
        Some((_, expected)) => format!("{field}: expected {expected}"),
        None => format!("{field} cannot be read"),
    }
}
