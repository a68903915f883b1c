//! A recommendation: what the analyst answered (`recommendation/1`), and the document that keeps it with everything
//! code computed from it.

mod document;
mod lifecycle;
mod plan_state;
mod state;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::report::{Bias, Cite};
use crate::words;
use crate::{ReportId, Timeframe};

pub use document::{
    AccountState, BrokenRule, Conflict, Contract, Costs, Geometry, MODERATE, NoSize, PlanDocument,
    PlannedTarget, RecommendationDocument, SCHEMA, STRONG, Size, SourceReport, Strength,
};
pub use lifecycle::{Exit, Fill, Lifecycle, Outcome};
pub use plan_state::PlanState;
pub use state::RecommendationState;

/// The answer, field by field in the order of its schema: both sides argued before the verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recommendation {
    /// What each report says, in the analyst's words.
    pub sources: Vec<Takeaway>,
    /// Where the reports disagree.
    pub conflicts: Vec<String>,
    /// What speaks for a long.
    pub case_long: Vec<Argument>,
    /// What speaks for a short.
    pub case_short: Vec<Argument>,
    /// What the account changes.
    pub account_effect: String,
    /// The verdict.
    pub direction: Direction,
    /// The plan; empty when standing aside.
    pub plan: Plan,
    /// What ends the plan, entered or not.
    pub invalidation: PlanEnd,
    /// What would change the verdict.
    pub change_mind: Vec<String>,
    /// Probability in percent of the first target before the stop, once the entry is filled; 0 when standing aside.
    pub probability: i64,
    /// Why, weighing both sides.
    pub reasoning: String,
    /// The recommendation in a few sentences, the first the headline.
    pub summary: String,
}

/// What a report says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Takeaway {
    /// The report.
    pub report_id: ReportId,
    /// Its bias.
    pub bias: Bias,
    /// What matters of it here.
    pub takeaway: String,
}

/// A reason for a side, with the numbers it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Argument {
    /// The reason.
    pub says: String,
    /// The numbers it rests on, such as `1d:levels[S1].low`.
    pub cites: Vec<Cite>,
}

words!(
    /// The verdict.
    Direction {
        /// Buy, to sell higher.
        Long = "long",
        /// Sell, to buy back lower.
        Short = "short",
        /// Neither.
        StandAside = "stand_aside",
    }
);

/// A trading plan as the analyst states it. Prices in the quote currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Lower edge of the entry zone.
    #[serde(with = "crate::number::json_option")]
    pub entry_low: Option<Decimal>,
    /// Upper edge of the entry zone.
    #[serde(with = "crate::number::json_option")]
    pub entry_high: Option<Decimal>,
    /// Where the zone comes from.
    pub entry_ref: String,
    /// Where it is given up.
    #[serde(with = "crate::number::json_option")]
    pub stop: Option<Decimal>,
    /// Where the stop comes from.
    pub stop_ref: String,
    /// Where it is closed, in parts, the nearest first.
    pub targets: Vec<Target>,
    /// Hours in which the entry may be filled.
    pub valid_hours: Option<i64>,
    /// Days after which it is closed wherever price is.
    pub horizon_days: Option<i64>,
}

/// A part of the position and the price it is closed at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// The price.
    #[serde(with = "crate::number::json")]
    pub price: Decimal,
    /// The part, percent of the position.
    #[serde(with = "crate::number::json")]
    pub fraction_pct: Decimal,
    /// Where the price comes from.
    #[serde(rename = "ref")]
    pub reference: String,
}

words!(
    /// On which side of a price a close ends a plan.
    CloseSide {
        /// A close above it.
        Above = "above",
        /// A close below it.
        Below = "below",
        /// There is no plan to end.
        None = "none",
    }
);

/// What ends a plan: a close of `timeframe` beyond a price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanEnd {
    /// In words.
    pub reason: String,
    /// Where the price comes from.
    #[serde(rename = "ref")]
    pub reference: String,
    /// The price; none when standing aside.
    #[serde(with = "crate::number::json_option")]
    pub price: Option<Decimal>,
    /// The side of it on which a close ends the plan.
    pub close: CloseSide,
    /// Whose closes count.
    pub timeframe: Timeframe,
}

impl Plan {
    /// The plan of one who stands aside.
    pub fn none() -> Self {
        Self {
            entry_low: None,
            entry_high: None,
            entry_ref: String::new(),
            stop: None,
            stop_ref: String::new(),
            targets: Vec::new(),
            valid_hours: None,
            horizon_days: None,
        }
    }
}

impl PlanEnd {
    /// The end of no plan.
    pub fn none() -> Self {
        Self {
            reason: String::new(),
            reference: String::new(),
            price: None,
            close: CloseSide::None,
            timeframe: Timeframe::Day,
        }
    }
}

impl Direction {
    /// 1, -1 or 0.
    pub fn sign(self) -> i8 {
        match self {
            Self::Long => 1,
            Self::Short => -1,
            Self::StandAside => 0,
        }
    }
}
