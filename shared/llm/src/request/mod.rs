//! The exact bytes of a request. Equal inputs give equal bytes, so a request can be hashed before it is sent.

mod build;
mod envelope;
mod fence;
mod follow_up;
mod offer;
mod recommendation;
mod tool_round;

use domain::{Symbol, Timeframe};
use jiff::Timestamp;

pub use build::build;
pub use follow_up::{FOLLOW_UP_TOKENS, build_again, build_repair, build_retry};
pub use offer::offers_tools;
pub use recommendation::{RecommendationInput, build_recommendation};
pub use tool_round::{ToolAnswer, build_tool_round};

use crate::{ParentReport, PromptError};

/// What a report is asked from.
#[derive(Debug, Clone)]
pub struct ReportInput<'a> {
    /// The symbol.
    pub symbol: &'a Symbol,
    /// The timeframe to read.
    pub timeframe: Timeframe,
    /// Nothing in the data happened after this instant.
    pub as_of: Timestamp,
    /// Language of the free texts: `en` or `ru`.
    pub language: &'a str,
    /// The artifact `topdown.ohlcv/1`, byte for byte.
    pub ohlcv_json: &'a str,
    /// Charts in the order of their captions; left out for a model that sees no images.
    pub charts: Vec<ChartInput<'a>>,
    /// The report above.
    pub parent: Option<&'a ParentReport>,
    /// Whether tools are wanted; a model or a prompt that knows of none is offered none.
    pub tools: bool,
}

/// A chart.
#[derive(Debug, Clone)]
pub struct ChartInput<'a> {
    /// Who drew it.
    pub provider: &'a str,
    /// The template's name.
    pub template: &'a str,
    /// What it shows, in words.
    pub panes: String,
    /// The last closed bar on it, as the data names it.
    pub last_bar: &'a str,
    /// The picture, a PNG.
    pub png: &'a [u8],
}

/// Why there is no request. All of them: fail the step; nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// The prompt does not work on this input.
    #[error(transparent)]
    Prompt(#[from] PromptError),
    /// A language that the prompts do not know.
    #[error("reports are written in en or ru, not in `{0}`")]
    Language(String),
    /// The artifact cannot be fenced as it is.
    #[error("the candles' JSON {0}; start a new run")]
    Artifact(&'static str),
    /// The prompt asks for a schema that this build does not have.
    #[error("there is no schema `{0}`; use a prompt of this version")]
    Schema(String),
    /// The first request is none that this module wrote.
    #[error("the first request cannot be read: {0}; resume the run")]
    First(serde_json::Error),
    /// The request cannot be written as JSON.
    #[error("the request cannot be written: {0}")]
    Json(serde_json::Error),
}

/// An upper bound of a request's tokens, for reserving its cost: a token holds at least a byte of text, and a
/// picture counts for at most 4,000.
pub fn token_bound(request: &[u8]) -> u64 {
    const IMAGE: u64 = 4_000;
    let text = String::from_utf8_lossy(request);
    let mut bytes = text.len() as u64;
    let mut images = 0_u64;
    for (start, _) in text.match_indices(build::DATA_URL) {
        let picture = text.get(start..).and_then(|rest| rest.find('"')).unwrap_or_default();
        bytes = bytes.saturating_sub(picture as u64);
        images += 1;
    }
    bytes.saturating_add(images.saturating_mul(IMAGE))
}

#[cfg(test)]
mod tests;
