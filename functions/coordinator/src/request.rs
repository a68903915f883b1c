use domain::{RunId, Source, Watched, hash};
use flows::Flow;
use jiff::Timestamp;
use storage::Asked;

/// What a run is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRequest {
    /// The flow.
    pub flow: Flow,
    /// The symbol, its exchange, and the market that a plan is made for.
    pub watched: Watched,
    /// Where the candles come from.
    pub source: Source,
    /// Nothing after this instant is seen.
    pub as_of: Timestamp,
    /// Whether `as_of` is the present.
    pub live: bool,
    /// Language of the texts.
    pub language: String,
    /// Model profile, over the prompts' own.
    pub model: Option<String>,
    /// When it was asked.
    pub requested_at: Timestamp,
    /// Who asked; nobody did where the schedule began it.
    pub asked: Option<Asked>,
    /// Two requests with the same key are the same run.
    pub key: String,
}

/// Languages that reports are written in.
pub(crate) const LANGUAGES: [&str; 2] = ["en", "ru"];

/// Digits of a run's id: 40 bits, so that a folder of ten thousand runs meets a double once in 20,000 folders.
const DIGITS: usize = 8;

impl RunRequest {
    /// The id that the request's key gives the run.
    pub fn run_id(&self) -> RunId {
        run_id(&self.key)
    }
}

/// The id that a key gives a run.
pub(crate) fn run_id(key: &str) -> RunId {
    let id = format!("r-{}", hash::short_id(key, DIGITS));
    #[expect(clippy::expect_used, reason = "base 32 digits after `r-` are an id by construction")]
    id.parse().expect("an id")
}
