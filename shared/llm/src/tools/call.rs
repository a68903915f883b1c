use domain::text::one_line;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{CALLS_OF_A_ROUND, LONGEST_ARGUMENTS, ToolLimits};
use crate::wire;

/// Characters of a name and of an id.
const LONGEST_NAME: usize = 64;
/// Bytes of what an endpoint wants back with a call (Gemini's signatures of its thoughts).
const LONGEST_EXTRA: usize = 8 * 1024;
/// Bytes of all that is repeated of a step's calls beside their arguments and names.
const EXTRAS: usize = 48 * 1024;

/// Tokens of all calls repeated: arguments, of whose JSON no more than every second character needs an escape, names,
/// and the rest.
pub(super) const ECHO_TOKENS: u64 = {
    let one = 2 * LONGEST_ARGUMENTS + 2 * LONGEST_NAME + 128;
    let calls = ToolLimits::OF_A_STEP.calls as usize + CALLS_OF_A_ROUND;
    (calls * one + EXTRAS) as u64
};

/// A call as the model made it.
#[derive(Debug, Clone)]
pub struct ToolCall {
    /// What its answer is tied to it by.
    pub id: String,
    /// The tool's name, one line of at most 64 characters.
    pub name: String,
    /// The arguments' text, as it came; empty where it was too long to be read.
    pub arguments: String,
    /// Whether it was.
    pub is_too_long: bool,
    extra: Option<Box<RawValue>>,
}

/// A call as it is repeated to its model.
#[derive(Serialize)]
pub(crate) struct Repeated<'a> {
    id: &'a str,
    r#type: &'static str,
    function: Function<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extra_content: Option<&'a RawValue>,
}

#[derive(Serialize)]
struct Function<'a> {
    name: &'a str,
    arguments: &'a str,
}

impl ToolCall {
    /// The calls of a message, as many as are answered. Ids that are none, or stand twice, are replaced.
    pub(crate) fn read(sent: Vec<wire::Call>) -> Vec<Self> {
        let mut room = EXTRAS / ToolLimits::OF_A_STEP.rounds as usize;
        let mut calls: Vec<Self> = Vec::new();
        for (index, call) in sent.into_iter().take(CALLS_OF_A_ROUND).enumerate() {
            let function = call.function.unwrap_or_default();
            let arguments = match function.arguments {
                Some(Value::String(text)) => text,
                Some(Value::Null) | None => String::new(),
                // some servers send the object itself
                Some(other) => other.to_string(),
            };
            let is_too_long = arguments.len() > LONGEST_ARGUMENTS;
            let id = call.id.filter(|id| is_plain(id) && calls.iter().all(|other| other.id != *id));
            let extra = call.extra_content.filter(|extra| {
                let bytes = extra.get().len();
                let fits = bytes <= LONGEST_EXTRA.min(room) && !extra.get().contains('<');
                room -= if fits { bytes } else { 0 };
                fits
            });
            calls.push(Self {
                id: id.unwrap_or_else(|| format!("call_{}", index + 1)),
                name: one_line(&function.name.unwrap_or_default(), LONGEST_NAME),
                arguments: if is_too_long { String::new() } else { arguments },
                is_too_long,
                extra,
            });
        }
        calls
    }

    pub(crate) fn repeated(&self) -> Repeated<'_> {
        let name = if is_plain(&self.name) { self.name.as_str() } else { "unknown" };
        // what is no JSON could be taken for none by an endpoint that reads it again
        let is_json = serde_json::from_str::<serde::de::IgnoredAny>(&self.arguments).is_ok();
        let arguments = if is_json { self.arguments.as_str() } else { "{}" };
        let extra_content = self.extra.as_deref();
        Repeated { id: &self.id, r#type: "function", function: Function { name, arguments }, extra_content }
    }
}

/// Letters, digits, `_` and `-`, as vendors take names and ids.
fn is_plain(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    (1..=LONGEST_NAME).contains(&text.len()) && text.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Vec<ToolCall> {
        ToolCall::read(serde_json::from_str(json).unwrap())
    }

    #[test]
    fn a_call_is_repeated_as_it_can_be_taken_back() {
        let calls = read(
            r#"[{"id":"a","function":{"name":"get_pivots","arguments":"{\"x\":1}"},"extra_content":{"google":{"thought_signature":"s"}}},
                {"id":"a","function":{"name":"rm -rf","arguments":"{\"symbol\": \"BTC"}},
                {"function":{"arguments":{"y":2}}},{}]"#,
        );
        let repeated: Vec<String> =
            calls.iter().map(|call| serde_json::to_string(&call.repeated()).unwrap()).collect();
        assert_eq!(
            repeated,
            [
                r#"{"id":"a","type":"function","function":{"name":"get_pivots","arguments":"{\"x\":1}"},"extra_content":{"google":{"thought_signature":"s"}}}"#,
                r#"{"id":"call_2","type":"function","function":{"name":"unknown","arguments":"{}"}}"#,
                r#"{"id":"call_3","type":"function","function":{"name":"unknown","arguments":"{\"y\":2}"}}"#,
                r#"{"id":"call_4","type":"function","function":{"name":"unknown","arguments":"{}"}}"#,
            ]
        );
        assert_eq!(calls[1].name, "rm -rf");
        let many = format!("[{}]", vec!["{}"; 100].join(","));
        assert_eq!(read(&many).len(), CALLS_OF_A_ROUND);
    }

    #[test]
    fn what_is_repeated_stays_within_its_bound() {
        let long = format!("[\\\"{}\\\"]", "\\\\\\\\".repeat(LONGEST_ARGUMENTS / 2 - 2));
        let one = format!(
            r#"{{"id":"{}","function":{{"name":"{}","arguments":"{long}"}},"extra_content":"{}"}}"#,
            "i".repeat(64),
            "n".repeat(64),
            "e".repeat(8_000)
        );
        let calls = read(&format!("[{}]", vec![one; 20].join(",")));
        let bytes: usize =
            calls.iter().map(|call| serde_json::to_string(&call.repeated()).unwrap().len()).sum();
        // two rounds hold more calls than a step carries out and a round answers
        assert!((bytes as u64) < ECHO_TOKENS / 2, "{bytes} of {ECHO_TOKENS}");
        assert!(
            calls.iter().all(|call| !call.is_too_long && call.repeated().function.arguments.len() > 1000)
        );
    }
}
