use domain::Symbol;
use domain::account::AccountDocument;
use jiff::Timestamp;

use super::build::{envelope, language_name, response_format, schema_named, system_message};
use super::envelope::{Content, Message, Part, raw};
use super::offer::offer;
use super::{RequestError, fence};
use crate::prompts::Variables;
use crate::sources::TermsGiven;
use crate::{ModelProfile, Prompt, SourceGiven, Structure, Terms};

/// What a recommendation is asked from.
#[derive(Debug, Clone, Copy)]
pub struct RecommendationInput<'a> {
    /// The symbol.
    pub symbol: &'a Symbol,
    /// Nothing in the data happened after this instant.
    pub as_of: Timestamp,
    /// Language of the free texts: `en` or `ru`.
    pub language: &'a str,
    /// The reports, the longest timeframe first. The last is the one a plan stands on.
    pub sources: &'a [SourceGiven],
    /// What a plan has to reckon with.
    pub terms: &'a Terms,
    /// The account, where it was read.
    pub account: Option<&'a AccountDocument>,
    /// Whether tools are wanted; a model or a prompt that knows of none is offered none.
    pub tools: bool,
}

/// The first request of a recommendation.
///
/// System message first and equal for all recommendations, then one user message: the task's frame, the reports, the
/// terms, the task. Deterministic: the fences' tag is drawn from the contents.
///
/// # Errors
/// [`RequestError`].
pub fn build_recommendation(
    prompt: &Prompt,
    profile: &ModelProfile,
    input: &RecommendationInput<'_>,
) -> Result<Vec<u8>, RequestError> {
    let language = language_name(input.language)?;
    let schema = schema_named(&prompt.front().schema)?;
    let sources = input.sources.iter().map(fence::json_line).collect::<Result<Vec<_>, _>>();
    let sources = sources.map_err(RequestError::Json)?;
    let terms = fence::json_line(&TermsGiven::from(input.terms)).map_err(RequestError::Json)?;
    let account = input.account.map(fence::json_line).transpose().map_err(RequestError::Json)?;
    let as_of = input.as_of.to_string();
    let mut contents = vec![input.symbol.as_str(), &as_of, &terms];
    contents.extend(account.as_deref());
    contents.extend(sources.iter().map(String::as_str));
    let tag = fence::tag_of(&contents);

    let texts = prompt.render(&Variables {
        symbol: input.symbol.as_str(),
        timeframe: input.sources.last().map_or("1d", SourceGiven::prefix),
        as_of: &as_of,
        language,
        tag: &tag,
        parent_timeframe: None,
        charts: 0,
    })?;

    let mut parts = vec![Part::text(texts.before)];
    if profile.capabilities.structure != Structure::JsonSchema {
        let block = fence::schema_block(&tag, &prompt.front().schema, &schema).map_err(RequestError::Json)?;
        parts.push(Part::text(block));
    }
    for source in &sources {
        parts.push(Part::text(fence::block(&tag, "source", source)));
    }
    parts.push(Part::text(fence::block(&tag, "terms", &terms)));
    if let Some(account) = &account {
        parts.push(Part::text(fence::block(&tag, "account", account)));
    }
    parts.push(Part::text(texts.after));

    let offer = offer(prompt, profile, input.tools)?;
    let system = system_message(&offer.behind(texts.system), profile.capabilities.cache_breakpoint)?;
    let user = raw(&Message { role: "user", content: Content::Parts(parts) }).map_err(RequestError::Json)?;
    let format = response_format(profile, &prompt.front().schema, &schema)?;
    let body = envelope(prompt, profile, vec![system, user], (offer, format));
    serde_json::to_vec(&body).map_err(RequestError::Json)
}
