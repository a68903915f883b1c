use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::value::RawValue;

use super::envelope::{
    Breakpoint, CacheOptions, Content, Envelope, ImageUrl, Message, NamedSchema, Part, ResponseFormat, raw,
};
use super::offer::{Offer, offer};
use super::{ReportInput, RequestError, fence};
use crate::prompts::{Caption, Variables};
use crate::{ModelProfile, Prompt, Structure, TokensField, schemas};

pub(super) const DATA_URL: &str = "data:image/png;base64,";

/// The first request of a report.
///
/// System message first and equal for all reports, then one user message: the questions, the parent, the
/// candles, the charts with their captions, the task. Deterministic: the fences' tag is drawn from the contents.
pub fn build(
    prompt: &Prompt,
    profile: &ModelProfile,
    input: &ReportInput<'_>,
) -> Result<Vec<u8>, RequestError> {
    let language = language_name(input.language)?;
    check_artifact(input.ohlcv_json)?;
    let schema = schema_named(&prompt.front().schema)?;
    let parent = input.parent.map(fence::json_line).transpose().map_err(RequestError::Json)?;
    let as_of = input.as_of.to_string();
    let charts = if profile.capabilities.image { input.charts.as_slice() } else { &[] };

    let captions: Vec<String> = charts
        .iter()
        .map(|chart| {
            prompt.caption(&Caption {
                provider: chart.provider,
                template: chart.template,
                panes: &chart.panes,
                timeframe: input.timeframe.as_str(),
                last_bar: chart.last_bar,
            })
        })
        .collect::<Result<_, _>>()?;
    let mut contents =
        vec![input.symbol.as_str(), &as_of, input.ohlcv_json, parent.as_deref().unwrap_or_default()];
    contents.extend(captions.iter().map(String::as_str));
    let tag = fence::tag_of(&contents);

    let texts = prompt.render(&Variables {
        symbol: input.symbol.as_str(),
        timeframe: input.timeframe.as_str(),
        as_of: &as_of,
        language,
        tag: &tag,
        parent_timeframe: input.parent.map(|parent| parent.timeframe.as_str()),
        charts: charts.len(),
    })?;

    let mut parts = vec![Part::text(texts.before)];
    if profile.capabilities.structure != Structure::JsonSchema {
        let block = fence::schema_block(&tag, &prompt.front().schema, &schema).map_err(RequestError::Json)?;
        parts.push(Part::text(block));
    }
    if let Some(line) = &parent {
        parts.push(Part::text(fence::block(&tag, "parent", line)));
    }
    parts.push(Part::text(fence::block(&tag, "ohlcv", input.ohlcv_json)));
    for (chart, caption) in charts.iter().zip(&captions) {
        parts.push(Part::text(fence::plain(caption, &tag)));
        let detail = profile.capabilities.detail.then_some("high");
        let url = format!("{DATA_URL}{}", STANDARD.encode(chart.png));
        parts.push(Part::ImageUrl { image_url: ImageUrl { url, detail } });
    }
    parts.push(Part::text(texts.after));

    let offer = offer(prompt, profile, input.tools)?;
    let system = system_message(&offer.behind(texts.system), profile.capabilities.cache_breakpoint)?;
    let user = raw(&Message { role: "user", content: Content::Parts(parts) }).map_err(RequestError::Json)?;
    let format = response_format(profile, &prompt.front().schema, &schema)?;
    let body = envelope(prompt, profile, vec![system, user], (offer, format));
    serde_json::to_vec(&body).map_err(RequestError::Json)
}

pub(super) fn language_name(code: &str) -> Result<&'static str, RequestError> {
    match code {
        "en" => Ok("English"),
        "ru" => Ok("Russian"),
        _ => Err(RequestError::Language(code.chars().filter(|c| c.is_alphanumeric()).take(8).collect())),
    }
}

/// The artifact is sent as it is, so it must not be able to end its fence.
fn check_artifact(json: &str) -> Result<(), RequestError> {
    if json.contains(['\n', '\r']) {
        return Err(RequestError::Artifact("has more than one line"));
    }
    if json.contains('<') {
        return Err(RequestError::Artifact("holds markup"));
    }
    Ok(())
}

pub(super) fn schema_named(name: &str) -> Result<Box<RawValue>, RequestError> {
    let text = schemas::named(name).ok_or_else(|| RequestError::Schema(name.to_owned()))?;
    RawValue::from_string(text.to_owned()).map_err(RequestError::Json)
}

pub(super) fn system_message(text: &str, breakpoint: bool) -> Result<Box<RawValue>, RequestError> {
    let content = if breakpoint {
        let prompt_cache_breakpoint = Some(Breakpoint { mode: "explicit", ttl: "30m" });
        Content::Parts(vec![Part::Text { text: text.to_owned(), prompt_cache_breakpoint }])
    } else {
        Content::Text(text)
    };
    raw(&Message { role: "system", content }).map_err(RequestError::Json)
}

pub(super) fn response_format(
    profile: &ModelProfile,
    name: &str,
    schema: &RawValue,
) -> Result<Option<Box<RawValue>>, RequestError> {
    let format = match profile.capabilities.structure {
        Structure::JsonSchema => {
            ResponseFormat::JsonSchema { json_schema: NamedSchema { name, strict: true, schema } }
        }
        Structure::JsonObject => ResponseFormat::JsonObject,
        Structure::Prompt => return Ok(None),
    };
    raw(&format).map(Some).map_err(RequestError::Json)
}

pub(super) fn envelope(
    prompt: &Prompt,
    profile: &ModelProfile,
    messages: Vec<Box<RawValue>>,
    (offer, response_format): (Offer, Option<Box<RawValue>>),
) -> Envelope {
    let can = &profile.capabilities;
    let parameters = &profile.parameters;
    let field = |name: TokensField| (can.max_tokens_field == name).then_some(profile.max_tokens);
    Envelope {
        model: profile.model.clone(),
        messages,
        tools: offer.0.map(|(_, tools)| tools),
        tool_choice: None,
        response_format,
        max_tokens: field(TokensField::MaxTokens),
        max_completion_tokens: field(TokensField::MaxCompletionTokens),
        temperature: parameters.temperature,
        top_p: parameters.top_p,
        seed: parameters.seed,
        reasoning_effort: parameters.reasoning_effort.clone(),
        verbosity: parameters.verbosity.clone(),
        service_tier: parameters.service_tier.clone(),
        prompt_cache_key: can.cache_key.then(|| prompt.id().to_string()),
        prompt_cache_options: can.cache_breakpoint.then(|| CacheOptions { mode: "explicit".to_owned() }),
        store: can.store.then_some(false),
    }
}
