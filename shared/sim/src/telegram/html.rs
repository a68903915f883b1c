//! The messenger's HTML: a few tags, four named entities, nothing else.

use serde_json::{Value, json};

/// The tags, and the type of the entity that each becomes.
const TAGS: [(&str, &str); 17] = [
    ("b", "bold"),
    ("strong", "bold"),
    ("i", "italic"),
    ("em", "italic"),
    ("u", "underline"),
    ("ins", "underline"),
    ("s", "strikethrough"),
    ("strike", "strikethrough"),
    ("del", "strikethrough"),
    ("a", "text_link"),
    ("code", "code"),
    ("pre", "pre"),
    ("blockquote", "blockquote"),
    ("span", "spoiler"),
    ("tg-spoiler", "spoiler"),
    ("tg-emoji", "custom_emoji"),
    ("tg-time", "date_time"),
];

/// What a reader sees.
pub(crate) struct Shown {
    pub(crate) text: String,
    /// The vendor's `MessageEntity` of each marked part, in the order they begin.
    pub(crate) entities: Vec<Value>,
}

/// A tag that was opened.
struct Open {
    name: String,
    href: Option<String>,
    /// Where its text begins, UTF-16 units.
    from: usize,
}

/// The text without its markup, or the vendor's complaint.
pub(crate) fn shown(source: &str) -> Result<Shown, String> {
    let mut text = String::new();
    let mut entities = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        let offset = source.len() - rest.len();
        match c {
            '<' => {
                let end = rest.find('>').ok_or_else(|| {
                    format!("can't parse entities: Unclosed start tag at byte offset {offset}")
                })?;
                let at = text.encode_utf16().count();
                entities.extend(tag(&rest[1..end], offset, at, &mut open)?);
                rest = &rest[end + 1..];
            }
            '&' => {
                let (c, length) = entity(rest).unwrap_or(('&', 1));
                text.push(c);
                rest = &rest[length..];
            }
            _ => {
                text.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    match open.pop() {
        None => {
            entities.sort_by_key(|entity: &Value| entity["offset"].as_u64());
            Ok(Shown { text, entities })
        }
        Some(Open { name, .. }) => {
            Err(format!("can't parse entities: Can't find end tag corresponding to start tag \"{name}\""))
        }
    }
}

/// Opens a tag, or closes one and gives its entity; `at` is where in the text it stands.
fn tag(inside: &str, offset: usize, at: usize, open: &mut Vec<Open>) -> Result<Option<Value>, String> {
    if let Some(name) = inside.strip_prefix('/') {
        let name = name.trim().to_ascii_lowercase();
        return match open.pop() {
            None => Err(format!("can't parse entities: Unexpected end tag at byte offset {offset}")),
            Some(opened) if name.is_empty() || name == opened.name => Ok(opened.entity(at)),
            Some(Open { name: expected, .. }) => Err(format!(
                "can't parse entities: Unmatched end tag at byte offset {offset}, expected \"</{expected}>\", found \"</{name}>\""
            )),
        };
    }
    let name = inside.split_whitespace().next().unwrap_or_default().to_ascii_lowercase();
    if !TAGS.iter().any(|(tag, _)| *tag == name) {
        return Err(format!(
            "can't parse entities: Unsupported start tag \"{name}\" at byte offset {offset}"
        ));
    }
    if name == "span" && !inside.contains("tg-spoiler") {
        return Err(format!(
            "can't parse entities: Tag \"span\" must have class \"tg-spoiler\" at byte offset {offset}"
        ));
    }
    let href = attribute(inside, "href").map(str::to_owned);
    open.push(Open { name, href, from: at });
    Ok(None)
}

/// The value of a quoted attribute.
fn attribute<'a>(inside: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = inside.split_once(&format!(" {name}="))?;
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    rest.get(1..)?.split(quote).next()
}

impl Open {
    /// What it marked; nothing if there was no text in it, or if it is a link that leads nowhere.
    fn entity(&self, to: usize) -> Option<Value> {
        let (_, kind) = TAGS.iter().find(|(tag, _)| *tag == self.name)?;
        if to == self.from || (*kind == "text_link" && self.href.is_none()) {
            return None;
        }
        let mut entity = json!({ "type": kind, "offset": self.from, "length": to - self.from });
        if let Some(href) = &self.href {
            entity["url"] = json!(unescaped(href));
        }
        Some(entity)
    }
}

fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (c, length) = entity(rest).filter(|_| c == '&').unwrap_or((c, c.len_utf8()));
        out.push(c);
        rest = &rest[length..];
    }
    out
}

/// The character of an entity and the bytes it takes; an unknown one is text.
fn entity(rest: &str) -> Option<(char, usize)> {
    let end = rest.find(';').filter(|end| *end <= 10)?;
    let name = &rest[1..end];
    let c = match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((c, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_tags_vanish_and_entities_become_characters() {
        let source =
            "<b>BTCUSDT</b> &lt;1w&gt; <a href=\"https://a.example/?x=1&amp;y\">report</a> 100 &euro; R&D";
        let shown = shown(source).unwrap();
        assert_eq!(shown.text, "BTCUSDT <1w> report 100 &euro; R&D");
        let link =
            json!({ "type": "text_link", "offset": 13, "length": 6, "url": "https://a.example/?x=1&y" });
        assert_eq!(shown.entities, [json!({ "type": "bold", "offset": 0, "length": 7 }), link]);
    }

    #[test]
    fn places_are_counted_in_utf_16() {
        let shown = shown("📈 <i>币安<b>人生</b></i>").unwrap();
        let mark = |kind: &str, offset: u32, length: u32| json!({ "type": kind, "offset": offset, "length": length });
        assert_eq!(shown.entities, [mark("italic", 3, 4), mark("bold", 5, 2)]);
    }

    #[test]
    fn anything_else_cannot_be_parsed() {
        for (bad, what) in [
            ("<h1>x</h1>", "Unsupported start tag \"h1\" at byte offset 0"),
            ("a <b>x", "Can't find end tag corresponding to start tag \"b\""),
            ("x</b>", "Unexpected end tag at byte offset 1"),
            ("<b>x</i>", "Unmatched end tag"),
            ("1 < 2", "Unclosed start tag at byte offset 2"),
        ] {
            assert!(shown(bad).err().unwrap().contains(what), "{bad}");
        }
    }
}
