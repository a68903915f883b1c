//! Fences: data of others stands between lines whose tag it cannot know, on one line, so that it cannot end its
//! fence and give orders from outside.

use domain::hash::short_id;
use domain::text::is_hidden;
use serde::Serialize;
use serde_json::value::RawValue;

const TAG: usize = 12;

/// A tag from a hash of everything that will be fenced: equal requests are equal, and no content can hold the
/// hash of itself.
pub(super) fn tag_of(contents: &[&str]) -> String {
    let mut all = String::new();
    for content in contents {
        all.push_str(&content.len().to_string());
        all.push(':');
        all.push_str(content);
    }
    short_id(&all, TAG)
}

/// The block of `kind` around one line of JSON.
pub(super) fn block(tag: &str, kind: &str, line: &str) -> String {
    let line = line.replace(tag, "");
    format!("<data-{tag} kind=\"{kind}\">\n{line}\n</data-{tag}>")
}

/// JSON on one line in which no text can open or close a fence: `<` is escaped, which changes no value.
pub(super) fn json_line<T: Serialize>(value: &T) -> Result<String, serde_json::Error> {
    Ok(serde_json::to_string(value)?.replace('<', "\\u003c"))
}

/// A caption as plain text: one line, no markup, no control or format characters, at most 300 characters.
pub(super) fn plain(text: &str, tag: &str) -> String {
    let kept = text.chars().filter(|c| !matches!(c, '<' | '>' | '`') && !is_hidden(*c));
    kept.take(300).collect::<String>().replace(tag, "")
}

#[derive(Serialize)]
struct SchemaBlock<'a> {
    schema: &'static str,
    name: &'a str,
    #[serde(rename = "schema")]
    body: &'a RawValue,
}

/// The block that names the answer's schema, for a model whose endpoint takes none. Its two keys `schema` are
/// told apart by where they stand: the first names the block.
pub(super) fn schema_block(tag: &str, name: &str, schema: &RawValue) -> Result<String, serde_json::Error> {
    let line = serde_json::to_string(&SchemaBlock { schema: "topdown.schema/1", name, body: schema })?;
    Ok(block(tag, "schema", &line))
}
