//! The one further call a step may make: corrections, or the same again with more room.

use std::borrow::Cow;

use super::build::{response_format, schema_named};
use super::envelope::{Content, Envelope, Message, Part, raw};
use super::tool_round::withdraw;
use super::{RequestError, fence};
use crate::checks::{AnswerError, RepairItem};
use crate::{ModelProfile, Prompt, Structure};

use serde::Serialize;

/// Bytes of an earlier answer that are repeated; the largest report so far has half of it.
const ECHO: usize = 32 * 1024;

/// Bytes of the list of what is wrong.
const LIST: usize = 16 * 1024;

/// What a follow-up adds to the first request at most, tokens as [`token_bound`](super::token_bound) counts them.
pub const FOLLOW_UP_TOKENS: u64 = 64 * 1024;

#[derive(Serialize)]
struct RepairBlock<'a> {
    schema: &'static str,
    items: Vec<Listed<'a>>,
    /// Further items that have no room.
    #[serde(skip_serializing_if = "is_none")]
    left_out: usize,
}

#[derive(Serialize)]
struct Listed<'a> {
    path: &'a str,
    got: &'a str,
    #[serde(rename = "ref")]
    reference: &'a str,
    data: &'a str,
    why: &'a str,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_none(count: &usize) -> bool {
    *count == 0
}

/// The repair call: the first request's messages byte for byte, the answer, and the list of what is wrong with
/// it. The reply has the schema [`REPAIR`](crate::schemas::REPAIR).
pub fn build_repair(
    prompt: &Prompt,
    first: &[u8],
    answer_text: &str,
    items: &[RepairItem],
    profile: &ModelProfile,
) -> Result<Vec<u8>, RequestError> {
    let mut body = read(first)?;
    let answer_text = echo(answer_text);
    let line = fence::json_line(&listed(items)?).map_err(RequestError::Json)?;
    let earlier = String::from_utf8_lossy(first);
    let tag = fence::tag_of(&[&earlier, &answer_text, &line]);
    let schema = schema_named("repair")?;

    let mut parts = vec![Part::text(prompt.repair(&tag)?)];
    if profile.capabilities.structure != Structure::JsonSchema {
        parts.push(Part::text(fence::schema_block(&tag, "repair", &schema).map_err(RequestError::Json)?));
    }
    parts.push(Part::text(fence::block(&tag, "repair", &line)));

    let answer = Message { role: "assistant", content: Content::Text(&answer_text) };
    body.messages.push(raw(&answer).map_err(RequestError::Json)?);
    let corrections = Message { role: "user", content: Content::Parts(parts) };
    body.messages.push(raw(&corrections).map_err(RequestError::Json)?);
    body.response_format = response_format(profile, "repair", &schema)?;
    withdraw(&mut body);
    serde_json::to_vec(&body).map_err(RequestError::Json)
}

/// What is wrong, as far as there is room. Numbers of one text may come from the same data, which is told once.
fn listed(items: &[RepairItem]) -> Result<RepairBlock<'_>, RequestError> {
    let mut kept: Vec<Listed<'_>> = Vec::new();
    let mut room = LIST;
    let mut data_before = "";
    for item in items {
        let same = !item.data.is_empty() && item.data == data_before;
        let data = if same { "as above" } else { item.data.as_str() };
        let listed =
            Listed { path: &item.path, got: &item.got, reference: &item.reference, data, why: &item.why };
        // as it stands in the request: JSON within JSON
        let line = fence::json_line(&listed).map_err(RequestError::Json)?;
        let bytes = serde_json::to_string(&line).map_err(RequestError::Json)?.len();
        if bytes > room {
            break;
        }
        room -= bytes;
        data_before = &item.data;
        kept.push(listed);
    }
    let left_out = items.len() - kept.len();
    Ok(RepairBlock { schema: "topdown.repair/1", items: kept, left_out })
}

/// An answer as it is repeated to its model: its beginning, if it is over what a report can need.
fn echo(answer: &str) -> Cow<'_, str> {
    let mut room = ECHO;
    for (at, c) in answer.char_indices() {
        let bytes = match c {
            '"' | '\\' | '\n' | '\r' | '\t' => 2,
            c if c.is_control() => 6,
            c => c.len_utf8(),
        };
        if bytes > room {
            let cut = answer.len() - at;
            return format!("{} [cut here: {cut} more bytes]", &answer[..at]).into();
        }
        room -= bytes;
    }
    answer.into()
}

/// The same request with twice the tokens, at most `max_tokens`, for an answer that was cut off or empty. As every
/// further call it offers no tools.
pub fn build_retry(first: &[u8], max_tokens: u32) -> Result<Vec<u8>, RequestError> {
    let mut body = read(first)?;
    double_tokens(&mut body, max_tokens);
    withdraw(&mut body);
    serde_json::to_vec(&body).map_err(RequestError::Json)
}

/// The first request's messages byte for byte, the answer that broke the schema, and what broke it; with twice
/// the tokens, at most `max_tokens`. The reply has the first request's schema.
pub fn build_again(
    prompt: &Prompt,
    first: &[u8],
    answer_text: &str,
    error: &AnswerError,
    max_tokens: u32,
) -> Result<Vec<u8>, RequestError> {
    let mut body = read(first)?;
    double_tokens(&mut body, max_tokens);
    let answer_text = echo(answer_text);
    let answer = Message { role: "assistant", content: Content::Text(&answer_text) };
    body.messages.push(raw(&answer).map_err(RequestError::Json)?);
    let text = prompt.again(&error.to_string())?;
    let again = Message { role: "user", content: Content::Parts(vec![Part::text(text)]) };
    body.messages.push(raw(&again).map_err(RequestError::Json)?);
    withdraw(&mut body);
    serde_json::to_vec(&body).map_err(RequestError::Json)
}

/// A request of more than the ceiling keeps what it has: it was admitted so.
fn double_tokens(body: &mut Envelope, ceiling: u32) {
    let more = |tokens: u32| tokens.saturating_mul(2).min(ceiling).max(tokens);
    body.max_tokens = body.max_tokens.map(more);
    body.max_completion_tokens = body.max_completion_tokens.map(more);
}

pub(super) fn read(first: &[u8]) -> Result<Envelope, RequestError> {
    serde_json::from_slice(first).map_err(RequestError::First)
}
