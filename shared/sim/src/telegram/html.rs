//! The messenger's HTML: a few tags, four named entities, nothing else.

const TAGS: [&str; 17] = [
    "b",
    "strong",
    "i",
    "em",
    "u",
    "ins",
    "s",
    "strike",
    "del",
    "a",
    "code",
    "pre",
    "blockquote",
    "span",
    "tg-spoiler",
    "tg-emoji",
    "tg-time",
];

/// What a reader sees, or the vendor's complaint.
pub(crate) fn shown(source: &str) -> Result<String, String> {
    let mut text = String::new();
    let mut open: Vec<String> = Vec::new();
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        let offset = source.len() - rest.len();
        match c {
            '<' => {
                let end = rest.find('>').ok_or_else(|| {
                    format!("can't parse entities: Unclosed start tag at byte offset {offset}")
                })?;
                tag(&rest[1..end], offset, &mut open)?;
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
        None => Ok(text),
        Some(name) => {
            Err(format!("can't parse entities: Can't find end tag corresponding to start tag \"{name}\""))
        }
    }
}

fn tag(inside: &str, offset: usize, open: &mut Vec<String>) -> Result<(), String> {
    if let Some(name) = inside.strip_prefix('/') {
        let name = name.trim().to_ascii_lowercase();
        return match open.pop() {
            None => Err(format!("can't parse entities: Unexpected end tag at byte offset {offset}")),
            Some(expected) if name.is_empty() || name == expected => Ok(()),
            Some(expected) => Err(format!(
                "can't parse entities: Unmatched end tag at byte offset {offset}, expected \"</{expected}>\", found \"</{name}>\""
            )),
        };
    }
    let name = inside.split_whitespace().next().unwrap_or_default().to_ascii_lowercase();
    if !TAGS.contains(&name.as_str()) {
        return Err(format!(
            "can't parse entities: Unsupported start tag \"{name}\" at byte offset {offset}"
        ));
    }
    if name == "span" && !inside.contains("tg-spoiler") {
        return Err(format!(
            "can't parse entities: Tag \"span\" must have class \"tg-spoiler\" at byte offset {offset}"
        ));
    }
    open.push(name);
    Ok(())
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
        assert_eq!(shown(source).unwrap(), "BTCUSDT <1w> report 100 &euro; R&D");
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
            assert!(shown(bad).unwrap_err().contains(what), "{bad}");
        }
    }
}
