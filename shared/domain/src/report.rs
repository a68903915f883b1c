//! A report: what the analyst answered (`report/1`), and the document that keeps it with its checks.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::ohlcv::Barriers;
use crate::tool::ToolUse;
use crate::words;
use crate::{ContentId, ReportId, RunId, Sha256Hex, Source, StepId, Symbol, Timeframe};

/// The answer, field by field in the order of its schema: evidence first, verdict last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// What the analyst found wrong with the data.
    pub issues: Vec<String>,
    /// How much of the data could be used.
    pub usable: Usable,
    /// Claims, each with the numbers it rests on.
    pub observations: Vec<Observation>,
    /// Levels of the artifact that matter, as refs.
    pub levels: Vec<String>,
    /// Why the relation to the parent is what it is.
    pub parent_reason: String,
    /// How the bias stands to the parent's.
    pub parent_relation: ParentRelation,
    /// A report, or the reason there is none.
    pub outcome: Outcome,
    /// The ways on, and their odds.
    pub scenarios: Scenarios,
    /// Where price has been going.
    pub trend: Trend,
    /// Where the analyst expects it to go.
    pub bias: Bias,
    /// What ends the report.
    pub invalidation: Invalidation,
    /// Probability in percent that no close beyond the invalidation comes within the barriers' bars.
    pub confidence: i64,
    /// The report in a few sentences, the first the headline.
    pub summary: String,
}

/// A claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observation {
    /// What it is about.
    pub aspect: Aspect,
    /// The numbers it rests on.
    pub cites: Vec<Cite>,
    /// The claim.
    pub says: String,
    /// The direction it speaks for.
    pub leans: Leans,
}

/// A number and its address in the data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cite {
    /// Address, such as `bars[2026-04-20].c`.
    #[serde(rename = "ref")]
    pub reference: String,
    /// The value found there.
    #[serde(with = "crate::number::json")]
    pub value: Decimal,
}

/// The ways on. Odds are percents that sum to 100: which barrier trades first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenarios {
    /// What an advance would look like.
    pub up: String,
    /// What a decline would look like.
    pub down: String,
    /// Odds of the upper barrier.
    pub p_up: i64,
    /// Odds of the lower barrier.
    pub p_down: i64,
    /// Odds of neither in time.
    pub p_neither: i64,
}

/// What ends the report: a close of `timeframe` beyond a price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invalidation {
    /// In words.
    pub reason: String,
    /// A close above ends it.
    #[serde(with = "crate::number::json_option")]
    pub above: Option<Decimal>,
    /// Where that price comes from.
    pub above_ref: String,
    /// A close below ends it.
    #[serde(with = "crate::number::json_option")]
    pub below: Option<Decimal>,
    /// Where that price comes from.
    pub below_ref: String,
    /// Whose closes count.
    pub timeframe: Timeframe,
}

words!(
    /// How much of the data could be used.
    Usable {
        /// No gap, flag, warming or absent indicator.
        Full = "full",
        /// Some of it.
        Partial = "partial",
        /// None of it.
        None = "none",
    }
);
words!(
    /// What a claim is about.
    Aspect {
        /// Swings.
        Structure = "structure",
        /// Averages and direction.
        Trend = "trend",
        /// RSI, MACD.
        Momentum = "momentum",
        /// ATR, bands.
        Volatility = "volatility",
        /// Participation.
        Volume = "volume",
        /// A zone.
        Level = "level",
        /// A shape.
        Pattern = "pattern",
        /// All else, the forming bar among it.
        Context = "context",
    }
);
words!(
    /// The direction a claim speaks for.
    Leans {
        /// Up.
        Bullish = "bullish",
        /// Down.
        Bearish = "bearish",
        /// Neither.
        Neutral = "neutral",
    }
);
words!(
    /// How the bias stands to the parent's.
    ParentRelation {
        /// The same sign.
        Confirms = "confirms",
        /// The opposite sign.
        Contradicts = "contradicts",
        /// One of them has no sign.
        Neutral = "neutral",
        /// There is none above.
        NoParent = "no_parent",
    }
);
words!(
    /// A report, or the reason there is none.
    Outcome {
        /// A report.
        Report = "report",
        /// Too few bars.
        InsufficientHistory = "insufficient_history",
        /// The data cannot be trusted.
        BadData = "bad_data",
        /// The data contradicts itself.
        ConflictingData = "conflicting_data",
        /// Something was not given.
        MissingInput = "missing_input",
    }
);
words!(
    /// Where price has been going.
    Trend {
        /// Up.
        Up = "up",
        /// Down.
        Down = "down",
        /// In a range.
        Sideways = "sideways",
        /// From one to another.
        Transition = "transition",
        /// Cannot be said.
        Unclear = "unclear",
    }
);
words!(
    /// Where the analyst expects price to go.
    Bias {
        /// Up.
        Bullish = "bullish",
        /// Down.
        Bearish = "bearish",
        /// Neither.
        Neutral = "neutral",
        /// No view: the analyst abstained.
        None = "none",
    }
);
words!(
    /// How a number was found when it was checked.
    CheckStatus {
        /// Equal to the data, or rightly rounded.
        Verified = "verified",
        /// A difference, change or ratio of two verified numbers.
        Derived = "derived",
        /// Found in the cited context.
        Quoted = "quoted",
        /// Wrong at first, right after the repair call.
        Repaired = "repaired",
        /// Wrong, and shown as such.
        Unverified = "unverified",
    }
);
words!(
    /// Whether a report's numbers can be relied on.
    Trust {
        /// They can.
        Ok = "ok",
        /// Over 10 % unverified, or an invalidation price is.
        Low = "low",
    }
);
words!(
    /// Who wrote a report.
    Analyst {
        /// The built-in rules; no language model took part.
        Rules = "rules",
        /// A language model.
        Model = "model",
    }
);

impl Bias {
    /// -1, 0 or 1.
    pub fn sign(self) -> i8 {
        match self {
            Self::Bullish => 1,
            Self::Bearish => -1,
            Self::Neutral | Self::None => 0,
        }
    }
}

/// What the checks found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checks {
    /// Items checked: verified and unverified.
    pub checked: u32,
    /// Right, derived and quoted ones included.
    pub verified: u32,
    /// The part of `verified` that was wrong at first.
    pub repaired: u32,
    /// Wrong.
    pub unverified: u32,
    /// Whether the answer kept the schema's order of keys.
    pub key_order: bool,
    /// Every item.
    pub items: Vec<CheckItem>,
}

/// A checked number, price, level ref, or the odds as one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckItem {
    /// Where it stands in the answer: `observations[0].cites[1]`, `summary`.
    pub path: String,
    /// How it was found.
    pub status: CheckStatus,
    /// What the answer says, as written.
    pub got: String,
    /// What the data says, as printed; for a derived number how it was reached. Empty if nothing matches.
    pub expected: String,
    /// The address it was held against; empty if none.
    #[serde(rename = "ref")]
    pub reference: String,
    /// For a number in prose: byte offset and length within the text at `path`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<(u32, u32)>,
    /// For a repaired item: what had been written before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
    /// For an unverified item: what is wrong, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// Name and version of the document.
pub const SCHEMA: &str = "topdown.report/1";

/// A report with its checks and everything it was made from: the artifact that the step below and the pages
/// read. It holds nothing of the clock but `as_of` and `decided_at`, so equal inputs give equal bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReportDocument {
    /// [`SCHEMA`].
    pub schema: String,
    /// Its id.
    pub report_id: ReportId,
    /// The run that made it.
    pub run_id: RunId,
    /// The step that made it.
    pub step_id: StepId,
    /// The symbol.
    pub symbol: Symbol,
    /// The timeframe it reads.
    pub timeframe: Timeframe,
    /// Nothing it was given happened after this instant.
    pub as_of: Timestamp,
    /// When it counts from: after the call, or `as_of` in a replay.
    pub decided_at: Timestamp,
    /// Where the candles came from.
    pub source: Source,
    /// The exchange, `binance`.
    pub venue: String,
    /// `spot` or `perp`.
    pub market: String,
    /// Smallest price step.
    pub tick: Decimal,
    /// Quote currency.
    pub price_unit: String,
    /// Last price known at `as_of`.
    pub last_price: Decimal,
    /// Open of the last closed bar, as the artifact prints it.
    pub last_bar: String,
    /// Language of the texts, `en` or `ru`.
    pub language: String,
    /// Who wrote it.
    pub analyst: Analyst,
    /// The prompt's version.
    pub llm_prompt_id: ContentId,
    /// The model profile's version.
    pub llm_model_id: ContentId,
    /// The model that answered, by its own name.
    pub llm_model: String,
    /// The candles.
    pub ohlcv_ref: ArtifactRef,
    /// The charts.
    pub chart_refs: Vec<ChartRef>,
    /// The report above.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_report_id: Option<ReportId>,
    /// What scores it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub barriers: Option<Barriers>,
    /// The answer, repaired where it could be.
    pub report: Report,
    /// Calls of tools and what became of them, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<ToolUse>,
    /// What the checks found.
    pub checks: Checks,
    /// Whether its numbers can be relied on.
    pub trust: Trust,
}

/// An artifact by address and content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArtifactRef {
    /// `gs://bucket/key`.
    pub gcs_uri: String,
    /// Hash of its bytes.
    pub sha256: Sha256Hex,
    /// Which object of that name it is, where a bucket numbers them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generation: Option<i64>,
}

impl ArtifactRef {
    /// Where its bytes are, as Google's tools name one of an object's versions.
    pub fn address(&self) -> String {
        match self.generation {
            Some(generation) => format!("{}#{generation}", self.gcs_uri),
            None => self.gcs_uri.clone(),
        }
    }
}

/// A chart by address and content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartRef {
    /// The picture.
    #[serde(flatten)]
    pub artifact: ArtifactRef,
    /// The template's version.
    pub chart_template_id: ContentId,
    /// Who drew it: `built-in` or `chart-img`.
    pub chart_provider: String,
}
