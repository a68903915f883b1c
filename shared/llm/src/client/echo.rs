use secrecy::{ExposeSecret, SecretString};

use super::RawAnswer;

/// Layers of escapes that are looked through: an answer is JSON, its content is JSON in a string of it, and one more.
const LAYERS: usize = 4;

/// What stands in place of an answer that repeats the key in escapes: it cannot be cut out of them.
const WITHHELD: &str =
    r#"{"error":{"message":"the answer repeated the key, in escapes, and is not kept","type":"withheld"}}"#;

/// The answer without the key: a vendor may repeat it, and answers are kept and shown.
pub(super) fn without(key: Option<&SecretString>, mut answer: RawAnswer) -> RawAnswer {
    // a placeholder of a few letters is no secret, and would be found in every answer
    let Some(key) = key.map(ExposeSecret::expose_secret).filter(|key| key.len() >= 12) else { return answer };
    answer.body = answer.body.replace(key, "[key]");
    if repeats(&answer.body, key) {
        return RawAnswer { status: 502, retry_after: None, body: WITHHELD.to_owned() };
    }
    answer
}

fn repeats(text: &str, key: &str) -> bool {
    let mut text = text.to_owned();
    for _ in 0..LAYERS {
        if !text.contains('\\') {
            return false;
        }
        text = unescaped(&text);
        if text.contains(key) {
            return true;
        }
    }
    false
}

/// One layer of JSON's escapes taken away; what is no escape stays as it is.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let mut chars = after.chars();
        rest = match chars.next() {
            Some('u') => {
                let code = after.get(1..5).and_then(|digits| u32::from_str_radix(digits, 16).ok());
                match code.and_then(char::from_u32) {
                    Some(char) => {
                        out.push(char);
                        after.get(5..).unwrap_or_default()
                    }
                    // half of a pair: no key has one
                    None => after,
                }
            }
            Some(char) => {
                out.push(char);
                chars.as_str()
            }
            None => "",
        };
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "sk-CANARY/0123\"456789";

    fn kept(body: &str) -> RawAnswer {
        let answer = RawAnswer { status: 200, retry_after: Some(1), body: body.to_owned() };
        without(Some(&KEY.into()), answer)
    }

    /// Every character as `\uXXXX`, as often as told.
    fn escaped(text: &str, layers: usize) -> String {
        (0..layers).fold(text.to_owned(), |text, _| {
            text.chars().map(|char| format!("\\u{:04x}", u32::from(char))).collect()
        })
    }

    #[test]
    fn a_key_is_masked_where_it_is_written_out() {
        assert_eq!(kept(&format!("a {KEY} b")).body, "a [key] b");
    }

    #[test]
    fn an_answer_that_repeats_the_key_in_escapes_is_withheld() {
        let as_json = |text: &str| serde_json::to_string(text).unwrap();
        let written = [
            escaped(KEY, 1),
            escaped(KEY, 2),
            as_json(KEY),
            as_json(&as_json(KEY)),
            as_json(&as_json(KEY).replace('/', "\\/")),
            KEY.replace('/', "\\/").replace('"', "\\\""),
            KEY.replacen('s', "\\u0073", 1),
        ];
        for body in written {
            let body = format!("{{\"model\":\"{body}\"}}");
            let kept = kept(&body);
            assert_eq!((kept.status, kept.body.as_str()), (502, WITHHELD), "{body}");
        }
    }

    #[test]
    fn any_other_answer_is_kept_as_it_came() {
        for body in ["", "\\", "\\u00", "\\ud800x", "{\"a\":\"\\u0441\\n\\\\\\\"\"}", "sk-CANARY", "é\\u"] {
            assert_eq!(kept(body).body, body);
        }
        let bare = RawAnswer { status: 200, retry_after: None, body: escaped("local", 1) };
        assert_eq!(without(Some(&"local".into()), bare.clone()), bare);
        assert_eq!(without(None, bare.clone()), bare);
    }
}
