//! The request after a round of tool calls.

use domain::tool::ToolDocument;
use serde::Serialize;

use super::envelope::{Answering, Calling, Envelope, raw};
use super::{RequestError, fence};
use crate::tools::ToolCall;

/// The word of `tool_choice` that withdraws all tools.
const NONE: &str = "none";

/// The answer to a call, as it stands in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolAnswer(String);

impl ToolAnswer {
    /// The answer of a document, fenced. The fence's tag is drawn from the document, which cannot hold its own hash.
    ///
    /// # Errors
    /// [`RequestError::Json`].
    pub fn new(document: &ToolDocument) -> Result<Self, RequestError> {
        let line = fence::json_line(document).map_err(RequestError::Json)?;
        let tag = fence::tag_of(&[&line]);
        Ok(Self(fence::block(&tag, "tool", &line)))
    }

    /// Bytes of it in a request.
    pub fn bytes(&self) -> usize {
        // a text always serializes
        serde_json::to_string(&self.0).map_or(usize::MAX, |text| text.len())
    }
}

/// The earlier request's messages byte for byte, the calls that it was answered with, and their answers, one a call.
/// After the `last` round no tool can be called.
///
/// # Errors
/// [`RequestError`].
pub fn build_tool_round(
    before: &[u8],
    calls: &[ToolCall],
    answers: &[ToolAnswer],
    last: bool,
) -> Result<Vec<u8>, RequestError> {
    let mut body = super::follow_up::read(before)?;
    let calling = Calling {
        role: "assistant",
        content: None,
        tool_calls: calls.iter().map(ToolCall::repeated).collect(),
    };
    push(&mut body, &calling)?;
    for (call, ToolAnswer(content)) in calls.iter().zip(answers) {
        push(&mut body, &Answering { role: "tool", tool_call_id: &call.id, content })?;
    }
    if last {
        withdraw(&mut body);
    }
    serde_json::to_vec(&body).map_err(RequestError::Json)
}

fn push<M: Serialize>(body: &mut Envelope, message: &M) -> Result<(), RequestError> {
    body.messages.push(raw(message).map_err(RequestError::Json)?);
    Ok(())
}

/// Withdraws the tools of a request that offers some. They stay named: the calls before are of them.
pub(super) fn withdraw(body: &mut Envelope) {
    if body.tools.is_some() {
        body.tool_choice = Some(NONE.to_owned());
    }
}

#[cfg(test)]
#[path = "tool_round_tests.rs"]
mod tests;
