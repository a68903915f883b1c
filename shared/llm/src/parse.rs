//! What came back, read: text, usage and cost, or what became of the call. Pure, so that a stored answer can be
//! read again.

use std::time::Duration;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::tools::ToolCall;
use crate::wire::{Completion, Content, Failure};
use crate::{ModelProfile, Prices, RawAnswer, Structure};

/// Most tokens of a call that are believed: several times the longest context that any model has.
const MOST_TOKENS: u64 = 10_000_000;

/// Tokens as the vendor counts them; 0 where it does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens of the request, cached ones and images included.
    pub prompt: u64,
    /// Tokens of the answer, reasoning included.
    pub completion: u64,
    /// The part of `prompt` read from the vendor's cache.
    pub cached: u64,
    /// The part of `prompt` written to the vendor's cache.
    pub cache_write: u64,
    /// The part of `completion` spent on reasoning.
    pub reasoning: u64,
    /// The part of `prompt` that images took.
    pub image: u64,
}

/// A model's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The text, as the checks read it.
    pub text: String,
    /// The model that answered, by its own name.
    pub model: String,
    /// Tokens.
    pub usage: Usage,
    /// What the call cost by the profile's prices, USD; 0 without prices or a count.
    pub cost_usd: Decimal,
}

/// What became of a call that gave no answer. A variant is a decision; its message is read once the step has failed
/// for it, and says after a semicolon what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The model declined. Record it as its own state and do not ask again.
    #[error("the model refused: {0}; name another profile with --model")]
    Refused(String),
    /// The answer reached its limit of tokens. Ask once more with twice as many; twice fails the step.
    #[error("the answer was cut off at its limit of tokens; raise max_tokens in prompts/models.toml")]
    CutOff,
    /// An answer without text. Ask once more, as for a broken schema.
    #[error("the model answered without text; check the model named in prompts/models.toml")]
    Empty,
    /// Calls of tools where none are offered any more. Fail the step: it would go on so.
    #[error("the model goes on calling tools where none is offered; name another profile with --model")]
    CallsTools,
    /// Too many requests. Wait, then ask again.
    #[error("the model's server is asked too often; resume the run once it takes calls again")]
    RateLimited {
        /// How long the server asks to wait.
        retry_after: Option<Duration>,
    },
    /// The account has no credit. Stop and tell the user; waiting does not help.
    #[error("the model's account has no credit left; add some at the vendor, then resume the run")]
    QuotaExhausted,
    /// The server is down or overloaded. Ask again later.
    #[error("the model's server answered {status}; resume the run once it is back")]
    Unavailable {
        /// HTTP status.
        status: u16,
        /// How long the server asks to wait.
        retry_after: Option<Duration>,
    },
    /// The key is missing, wrong or not allowed this model. Stop and tell the operator.
    #[error(
        "the model's server does not accept the key; check the key that the profile names, then resume the run"
    )]
    Unauthorized,
    /// The request is wrong for this server. Fail the step; the same request fails again.
    #[error("the model's server rejected the request ({status}): {message}; check profile and model name")]
    Rejected {
        /// HTTP status, 0 if it was not sent.
        status: u16,
        /// The server's words, shortened.
        message: String,
    },
    /// Success with a body that is no answer, such as a page. Ask again later.
    #[error("the model's server sent something else than an answer; check base_url, then resume the run")]
    NotJson,
    /// The body is over the cap. Fail the step.
    #[error("the answer is over 8 MiB and was dropped; name another profile with --model")]
    TooLarge,
    /// Nothing whole within the time. It may have been paid for; ask again under the step's own rules.
    #[error("the model did not answer in time; resume the run, or raise timeout_s in prompts/models.toml")]
    Timeout,
    /// No connection: nothing was sent, so nothing was paid for. Ask again under the step's own rules.
    #[error("the model's server cannot be reached: {0}; check base_url and the network, then resume the run")]
    NotSent(String),
    /// The connection broke. It may have been paid for; ask again under the step's own rules.
    #[error(
        "the connection to the model's server broke: {0}; check base_url and the network, then resume the run"
    )]
    Unreachable(String),
}

/// What the model said: an answer, or that it wants tools called first.
#[derive(Debug, Clone)]
pub enum Said {
    /// The answer.
    Answer(Answer),
    /// At least one call.
    Calls(Vec<ToolCall>),
}

/// The answer in `raw`; calls of tools are none.
pub fn answer(raw: &RawAnswer, profile: &ModelProfile) -> Result<Answer, CallError> {
    match said(raw, profile)? {
        Said::Answer(answer) => Ok(answer),
        Said::Calls(_) => Err(CallError::CallsTools),
    }
}

/// What the model said in `raw`.
pub fn said(raw: &RawAnswer, profile: &ModelProfile) -> Result<Said, CallError> {
    if !(200..300).contains(&raw.status) {
        return Err(failure(raw.status, raw));
    }
    let completion: Completion = serde_json::from_str(&raw.body).map_err(|_| CallError::NotJson)?;
    if let (Some(error), true) = (&completion.error, completion.choices.is_empty()) {
        let code = error.get("code").and_then(Value::as_u64).and_then(|code| u16::try_from(code).ok());
        return Err(failure(code.filter(|code| *code >= 400).unwrap_or(502), raw));
    }
    let choice = completion.choices.into_iter().next().ok_or(CallError::Empty)?;
    let message = choice.message.ok_or(CallError::Empty)?;
    if let Some(refusal) = message.refusal.filter(|text| !text.trim().is_empty()) {
        return Err(CallError::Refused(shown(&refusal)));
    }
    match choice.finish_reason.as_deref() {
        Some("length") => return Err(CallError::CutOff),
        Some("content_filter") => {
            return Err(CallError::Refused("the vendor's filter stopped the answer".into()));
        }
        _ => {}
    }
    let calls = ToolCall::read(message.tool_calls.unwrap_or_default());
    if !calls.is_empty() {
        return Ok(Said::Calls(calls));
    }
    let text = match message.content {
        Some(Content::Text(text)) => text,
        Some(Content::Parts(parts)) => parts.into_iter().filter_map(|part| part.text).collect(),
        Some(Content::Other(_)) | None => String::new(),
    };
    if text.trim().is_empty() {
        return Err(CallError::Empty);
    }
    let text = match profile.capabilities.structure {
        Structure::JsonSchema => text,
        Structure::JsonObject | Structure::Prompt => unfenced(&text).to_owned(),
    };
    let usage = completion.usage.as_ref().and_then(usage).unwrap_or_default();
    let cost_usd = profile.prices.as_ref().and_then(|prices| cost(&usage, prices)).unwrap_or_default();
    let model = completion.model.map_or_else(|| profile.model.clone(), |model| shown(&model));
    Ok(Said::Answer(Answer { text, model, usage, cost_usd }))
}

/// Usage and cost of a call whose answer is of no use: refused and cut-off answers are paid for too. `None` if nobody
/// can say: no prices, no count, or one that cannot be.
pub fn spent(raw: &RawAnswer, profile: &ModelProfile) -> Option<(Usage, Decimal)> {
    let completion: Completion = serde_json::from_str(&raw.body).ok()?;
    let usage = usage(completion.usage.as_ref()?)?;
    Some((usage, cost(&usage, profile.prices.as_ref()?)?))
}

fn failure(status: u16, raw: &RawAnswer) -> CallError {
    let error = serde_json::from_str::<Failure>(&raw.body).ok().map(|failure| failure.error);
    let field =
        |name: &str| error.as_ref().and_then(|e| e.get(name)).and_then(Value::as_str).unwrap_or_default();
    let retry_after = raw.retry_after.map(Duration::from_secs);
    let no_credit = [field("code"), field("type")].contains(&"insufficient_quota");
    match status {
        402 => CallError::QuotaExhausted,
        429 if no_credit => CallError::QuotaExhausted,
        429 => CallError::RateLimited { retry_after },
        401 | 403 => CallError::Unauthorized,
        408 | 409 | 500.. => CallError::Unavailable { status, retry_after },
        _ => CallError::Rejected { status, message: shown(field("message")) },
    }
}

/// A vendor's or model's words: one line, no hidden characters, at most 300 characters.
fn shown(text: &str) -> String {
    domain::text::one_line(text, 300)
}

/// A model without a schema likes to put its JSON into a code block.
fn unfenced(text: &str) -> &str {
    let inner = text.trim();
    let Some(rest) = inner.strip_prefix("```") else { return inner };
    let rest = rest.strip_prefix("json").unwrap_or(rest);
    rest.strip_suffix("```").unwrap_or(rest).trim()
}

/// The vendor's count, whole or not at all: a part that cannot be says that the rest is not counted either, and a
/// smaller number in its place would be an invention.
fn usage(value: &Value) -> Option<Usage> {
    let believed = |count: &u64| *count <= MOST_TOKENS;
    let count = |pointer: &str| value.pointer(pointer)?.as_u64().filter(believed);
    let part = |pointer: &str| match value.pointer(pointer) {
        None | Some(Value::Null) => Some(0),
        Some(_) => count(pointer),
    };
    Some(Usage {
        prompt: count("/prompt_tokens")?,
        completion: count("/completion_tokens")?,
        cached: part("/prompt_tokens_details/cached_tokens")?,
        cache_write: part("/prompt_tokens_details/cache_write_tokens")?,
        reasoning: part("/completion_tokens_details/reasoning_tokens")?,
        image: part("/prompt_tokens_details/image_tokens")?,
    })
}

fn cost(usage: &Usage, prices: &Prices) -> Option<Decimal> {
    let fresh = usage.prompt.saturating_sub(usage.cached).saturating_sub(usage.cache_write);
    let write = prices.cache_write.unwrap_or(prices.input);
    let parts = [
        (fresh, prices.input),
        (usage.cached, prices.cached),
        (usage.cache_write, write),
        (usage.completion, prices.output),
    ];
    let mut sum = Decimal::ZERO;
    for (tokens, price) in parts {
        sum = sum.checked_add(Decimal::from(tokens).checked_mul(price)?)?;
    }
    sum.checked_div(Decimal::from(1_000_000))
}

#[cfg(test)]
mod tests;
