//! The body of `POST /chat/completions`, as far as it is sent.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::tools::Repeated;

/// The body. Messages and schema stay raw, so that a follow-up repeats the first request byte for byte.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Envelope {
    pub(super) model: String,
    pub(super) messages: Vec<Box<RawValue>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) tools: Option<Box<RawValue>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) tool_choice: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) response_format: Option<Box<RawValue>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) max_tokens: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) max_completion_tokens: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) temperature: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) top_p: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) seed: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reasoning_effort: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) verbosity: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) service_tier: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) prompt_cache_key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) prompt_cache_options: Option<CacheOptions>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) store: Option<bool>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct CacheOptions {
    pub(super) mode: String,
}

#[derive(Serialize)]
pub(super) struct Message<'a> {
    pub(super) role: &'static str,
    pub(super) content: Content<'a>,
}

/// A message of an assistant that calls tools.
#[derive(Serialize)]
pub(super) struct Calling<'a> {
    pub(super) role: &'static str,
    pub(super) content: Option<&'a str>,
    pub(super) tool_calls: Vec<Repeated<'a>>,
}

/// A tool's answer.
#[derive(Serialize)]
pub(super) struct Answering<'a> {
    pub(super) role: &'static str,
    pub(super) tool_call_id: &'a str,
    pub(super) content: &'a str,
}

#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Content<'a> {
    Text(&'a str),
    Parts(Vec<Part>),
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Part {
    Text {
        text: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        prompt_cache_breakpoint: Option<Breakpoint>,
    },
    ImageUrl {
        image_url: ImageUrl,
    },
}

impl Part {
    pub(super) fn text(text: String) -> Self {
        Self::Text { text, prompt_cache_breakpoint: None }
    }
}

#[derive(Serialize)]
pub(super) struct Breakpoint {
    pub(super) mode: &'static str,
    pub(super) ttl: &'static str,
}

#[derive(Serialize)]
pub(super) struct ImageUrl {
    pub(super) url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) detail: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ResponseFormat<'a> {
    JsonSchema { json_schema: NamedSchema<'a> },
    JsonObject,
}

#[derive(Serialize)]
pub(super) struct NamedSchema<'a> {
    pub(super) name: &'a str,
    pub(super) strict: bool,
    pub(super) schema: &'a RawValue,
}

/// A value as its JSON text.
pub(super) fn raw<T: Serialize>(value: &T) -> Result<Box<RawValue>, serde_json::Error> {
    serde_json::value::to_raw_value(value)
}
