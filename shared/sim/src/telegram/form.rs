//! The ways a method's parameters come: in the query, as application/x-www-form-urlencoded, as JSON and as
//! multipart/form-data (RFC 7578).

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::SentFile;

/// The parameters of a call.
#[derive(Debug, Default)]
pub(crate) struct Form {
    fields: Vec<(String, String)>,
    files: Vec<(String, SentFile)>,
}

impl Form {
    /// Reads a body; `None` if it is not what `content_type` says. An empty body is an empty form.
    pub(crate) fn read(content_type: &str, body: &[u8]) -> Option<Self> {
        if body.is_empty() {
            return Some(Self::default());
        }
        match content_type.split_once("boundary=") {
            Some((kind, boundary)) if kind.starts_with("multipart/form-data") => {
                Self::multipart(boundary.split(';').next()?.trim_matches('"'), body)
            }
            _ if content_type.starts_with("application/x-www-form-urlencoded") => {
                Self::urlencoded(std::str::from_utf8(body).ok()?)
            }
            _ => Self::json(body),
        }
    }

    /// Reads pairs as the URL standard's application/x-www-form-urlencoded parser does.
    pub(crate) fn urlencoded(pairs: &str) -> Option<Self> {
        let decoded = |text: &str| {
            let spaced = text.replace('+', " ");
            percent_decode_str(&spaced).decode_utf8().ok().map(|text| text.into_owned())
        };
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decoded(name)?, decoded(value)?))
        };
        let fields = pairs.split('&').filter(|pair| !pair.is_empty()).map(pair).collect::<Option<_>>()?;
        Some(Self { fields, files: Vec::new() })
    }

    /// With the parameters of another way behind its own.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.fields.extend(other.fields);
        self
    }

    fn json(body: &[u8]) -> Option<Self> {
        let Value::Object(map) = serde_json::from_slice(body).ok()? else { return None };
        let text = |value: Value| match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        Some(Self {
            fields: map.into_iter().map(|(key, value)| (key, text(value))).collect(),
            files: Vec::new(),
        })
    }

    fn multipart(boundary: &str, body: &[u8]) -> Option<Self> {
        let mut form = Self::default();
        let delimiter = format!("--{boundary}");
        let mut rest = after(body, delimiter.as_bytes())?;
        // the last delimiter is followed by two dashes
        while let Some(part) = rest.strip_prefix(b"\r\n") {
            let end = find(part, format!("\r\n{delimiter}").as_bytes())?;
            let (head, content) = split(&part[..end], b"\r\n\r\n")?;
            form.add(std::str::from_utf8(head).ok()?, content)?;
            rest = &part[end + 2 + delimiter.len()..];
        }
        rest.starts_with(b"--").then_some(form)
    }

    fn add(&mut self, head: &str, content: &[u8]) -> Option<()> {
        let name = parameter(head, "name")?;
        match parameter(head, "filename") {
            None => self.fields.push((name, String::from_utf8(content.to_vec()).ok()?)),
            Some(file_name) => {
                let kind = head.lines().find_map(|line| {
                    let (key, value) = line.split_once(':')?;
                    key.eq_ignore_ascii_case("content-type").then(|| value.trim().to_owned())
                });
                let content_type = kind.unwrap_or_else(|| "application/octet-stream".to_owned());
                self.files.push((name, SentFile { name: file_name, content_type, bytes: content.to_vec() }));
            }
        }
        Some(())
    }

    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
    }

    pub(crate) fn file(&self, name: &str) -> Option<SentFile> {
        self.files.iter().find(|(key, _)| key == name).map(|(_, file)| file.clone())
    }
}

/// A quoted parameter of the part's Content-Disposition.
fn parameter(head: &str, name: &str) -> Option<String> {
    let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))?;
    let start = line.find(&format!("; {name}=\""))? + name.len() + 4;
    let value = line.get(start..)?;
    Some(value.get(..value.find('"')?)?.to_owned())
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn after<'a>(haystack: &'a [u8], needle: &[u8]) -> Option<&'a [u8]> {
    haystack.get(find(haystack, needle)? + needle.len()..)
}

fn split<'a>(haystack: &'a [u8], needle: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = find(haystack, needle)?;
    Some((&haystack[..at], &haystack[at + needle.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_multipart_body_holds_fields_and_files() {
        // after the example of RFC 7578, section 4
        let body = b"--AaB03x\r\ncontent-disposition: form-data; name=\"chat_id\"\r\n\r\n42\r\n--AaB03x\r\n\
            Content-Disposition: form-data; name=\"document\"; filename=\"a.html\"\r\nContent-Type: text/html\r\n\r\n\
            <b>\r\n\r\n</b>\r\n--AaB03x--\r\n";
        let form = Form::read("multipart/form-data; boundary=AaB03x", body).unwrap();
        assert_eq!(form.text("chat_id").as_deref(), Some("42"));
        let file = form.file("document").unwrap();
        assert_eq!((file.name.as_str(), file.content_type.as_str()), ("a.html", "text/html"));
        assert_eq!(file.bytes, b"<b>\r\n\r\n</b>");
        assert!(Form::read("multipart/form-data; boundary=AaB03x", &body[..40]).is_none());
    }

    #[test]
    fn a_form_is_decoded() {
        let kind = "application/x-www-form-urlencoded";
        let form = Form::read(kind, b"chat_id=7&text=%3Cb%3EBTC%3C%2Fb%3E+%26+more&silent").unwrap();
        assert_eq!(form.text("text").as_deref(), Some("<b>BTC</b> & more"));
        assert_eq!((form.text("chat_id").as_deref(), form.text("silent").as_deref()), (Some("7"), Some("")));
        assert!(Form::read(kind, b"text=%ff").is_none(), "not UTF-8");
    }

    #[test]
    fn json_values_become_text() {
        let form = Form::read("application/json", br#"{"chat_id":42,"text":"a"}"#).unwrap();
        assert_eq!((form.text("chat_id").as_deref(), form.text("text").as_deref()), (Some("42"), Some("a")));
        assert!(Form::read("application/json", b"[1]").is_none());
    }
}
