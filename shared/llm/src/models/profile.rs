use domain::ContentId;
use domain::report::Analyst;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// How a model can be held to a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Structure {
    /// `response_format` takes a strict schema.
    JsonSchema,
    /// `response_format` takes `json_object` alone; the schema stands in the prompt.
    JsonObject,
    /// No `response_format`; the schema stands in the prompt.
    Prompt,
}

/// Name of the field that limits the answer's tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokensField {
    /// `max_tokens`.
    MaxTokens,
    /// `max_completion_tokens`, which counts reasoning too.
    MaxCompletionTokens,
}

/// What the endpoint understands. A field that it is not known to take is never sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Capabilities {
    /// How the model is held to the schema.
    pub structure: Structure,
    /// Whether it sees images; without it charts are left out.
    #[serde(default)]
    pub image: bool,
    /// Whether an image takes `detail`.
    #[serde(default)]
    pub detail: bool,
    /// Whether `reasoning_effort` is taken.
    #[serde(default)]
    pub reasoning_effort: bool,
    /// Whether `prompt_cache_key` is taken.
    #[serde(default)]
    pub cache_key: bool,
    /// Whether a text part takes `prompt_cache_breakpoint`.
    #[serde(default)]
    pub cache_breakpoint: bool,
    /// Whether functions are taken as tools; without it a step is answered without them, and says so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tools: bool,
    /// Whether `store` is taken; it is sent as false.
    #[serde(default)]
    pub store: bool,
    /// Name of the field that limits the answer.
    pub max_tokens_field: TokensField,
}

/// Parameters that are sent as they are.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// Spread of the answers, 0 to 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Share of the probability that is drawn from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    /// Seed, where the server keeps to one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<i64>,
    /// `none` to `max`; which of them differs by model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_effort: Option<String>,
    /// `low`, `medium` or `high`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verbosity: Option<String>,
    /// `default`, `flex`, `priority`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_tier: Option<String>,
}

/// USD per million tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    /// Tokens of the request.
    pub input: Decimal,
    /// Tokens of the request read from the vendor's cache.
    pub cached: Decimal,
    /// Tokens of the request written to the vendor's cache; `input` if not named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_write: Option<Decimal>,
    /// Tokens of the answer, reasoning included.
    pub output: Decimal,
    /// Since when these prices hold.
    pub effective: Date,
}

/// A profile as the file has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Body {
    base_url: String,
    model: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    analyst: Analyst,
    max_tokens: u32,
    timeout_s: u32,
    #[serde(default)]
    parameters: Parameters,
    capabilities: Capabilities,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prices: Option<Prices>,
}

/// A model: where it is, what it takes, what it costs.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelProfile {
    name: String,
    id: ContentId,
    /// Up to `/v1`, without a slash at the end; empty until it is filled in at run time.
    pub base_url: String,
    /// The model's name at the vendor.
    pub model: String,
    /// Name of the key in the environment, never the key; none for a server that wants none.
    pub key: Option<String>,
    /// Whether a language model takes part at all.
    pub analyst: Analyst,
    /// Tokens an answer may have.
    pub max_tokens: u32,
    /// Seconds a call may take as a whole.
    pub timeout_s: u32,
    /// Parameters that are sent as they are.
    pub parameters: Parameters,
    /// What the endpoint understands.
    pub capabilities: Capabilities,
    /// What it costs; a profile without prices is never called.
    pub prices: Option<Prices>,
}

impl ModelProfile {
    pub(super) fn new(name: &str, body: Body) -> Result<Self, String> {
        let content = serde_json::to_vec(&body).map_err(|e| e.to_string())?;
        let is_name = |key: &str| {
            key.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_') && !key.is_empty()
        };
        if body.key.as_deref().is_some_and(|key| !is_name(key)) {
            return Err(
                "`key` is the name of a variable, capitals, digits and _; never the key itself".into()
            );
        }
        if body.parameters.reasoning_effort.is_some() && !body.capabilities.reasoning_effort {
            return Err("parameters.reasoning_effort is set, but capabilities.reasoning_effort is not".into());
        }
        if body.analyst == Analyst::Rules && !body.base_url.is_empty() {
            return Err(
                "`analyst = \"rules\"` is this program's own, at an address of the run; write \"model\" for another \
                 server"
                    .into(),
            );
        }
        if body.max_tokens == 0 || body.timeout_s == 0 {
            return Err("max_tokens and timeout_s must be at least 1".into());
        }
        let prices =
            body.prices.iter().flat_map(|p| [Some(p.input), Some(p.cached), p.cache_write, Some(p.output)]);
        if prices.flatten().any(|price| price.is_sign_negative()) {
            return Err("a price is below 0".into());
        }
        Ok(Self {
            name: name.to_owned(),
            id: ContentId::of(name, &content),
            base_url: body.base_url.trim_end_matches('/').to_owned(),
            model: body.model,
            key: body.key,
            analyst: body.analyst,
            max_tokens: body.max_tokens,
            timeout_s: body.timeout_s,
            parameters: body.parameters,
            capabilities: body.capabilities,
            prices: body.prices,
        })
    }

    /// The profile's name in its catalog.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The profile's version: its name and the hash of what its file says. An address filled in later does not
    /// change it.
    pub fn id(&self) -> &ContentId {
        &self.id
    }

    /// Whose answers they are: the server at this base URL. The rules are this program's own, and one behind whatever
    /// port they stand.
    pub fn endpoint(&self) -> &str {
        match self.analyst {
            Analyst::Rules => &self.name,
            Analyst::Model => &self.base_url,
        }
    }

    /// The same profile at `base_url`, for one whose address is known at run time only.
    #[must_use]
    pub fn with_base_url(mut self, base_url: &str) -> Self {
        self.base_url = base_url.trim_end_matches('/').to_owned();
        self
    }

    /// The same profile with another model name, such as `rule-analyst:refuse`: another version, so another id.
    #[must_use]
    pub fn with_model(mut self, model: &str) -> Self {
        self.id = ContentId::of(&self.name, format!("{} {model}", self.id).as_bytes());
        self.model = model.to_owned();
        self
    }

    /// The most that one call can cost, USD: every token of the request at its dearest, and an answer of
    /// `max_tokens`. `None` without prices.
    pub fn worst_case_usd(&self, prompt_tokens: u64, max_tokens: u32) -> Option<Decimal> {
        let prices = self.prices.as_ref()?;
        let input = prices.cache_write.map_or(prices.input, |write| write.max(prices.input));
        let million = Decimal::from(1_000_000);
        let request = input.checked_mul(Decimal::from(prompt_tokens))?;
        let answer = prices.output.checked_mul(Decimal::from(max_tokens))?;
        request.checked_add(answer)?.checked_div(million)
    }
}
