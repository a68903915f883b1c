use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Recommendation;
use crate::report::{Analyst, ArtifactRef, Bias, Checks, Trust};
use crate::tool::ToolUse;
use crate::words;
use crate::{ContentId, RecommendationId, ReportId, RunId, Source, StepId, Symbol, Timeframe};

/// Name and version of the document.
pub const SCHEMA: &str = "topdown.recommendation/1";

/// A recommendation with its checks, what code computed, and everything it was made from. It holds nothing of the
/// clock but `as_of` and `decided_at`, so equal inputs give equal bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecommendationDocument {
    /// [`SCHEMA`].
    pub schema: String,
    /// Its id.
    pub recommendation_id: RecommendationId,
    /// The run that made it.
    pub run_id: RunId,
    /// The step that made it.
    pub step_id: StepId,
    /// The symbol.
    pub symbol: Symbol,
    /// Nothing it was given happened after this instant.
    pub as_of: Timestamp,
    /// When it counts from: after the call, or `as_of` in a replay.
    pub decided_at: Timestamp,
    /// Where the candles came from.
    pub source: Source,
    /// The exchange, `binance`.
    pub venue: String,
    /// Market of the plan: `spot` or `perp`.
    pub market: String,
    /// Smallest price step.
    pub tick: Decimal,
    /// Quote currency.
    pub price_unit: String,
    /// Last price known at `as_of`.
    pub last_price: Decimal,
    /// ATR14 of the last closed day, quote currency.
    pub atr: Decimal,
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
    /// The reports it was made from, the shortest timeframe first.
    pub source_report_id: Vec<ReportId>,
    /// The same reports, with what was taken of each.
    pub source_reports: Vec<SourceReport>,
    /// Reports of the run that it was not given; shown beside it, as timing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<SourceReport>,
    /// What was known of the account.
    pub account: AccountState,
    /// The account as it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_ref: Option<ArtifactRef>,
    /// When it was read, by the exchange's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_read_at: Option<Timestamp>,
    /// Why no account was given, where one was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_reason: Option<String>,
    /// What trading was taken to cost.
    pub costs: Costs,
    /// What of a perpetual contract the plan was held against; none of a plan on spot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<Contract>,
    /// The answer, repaired where it could be.
    pub recommendation: Recommendation,
    /// The plan at prices the venue takes; none when standing aside, or where it lacks a price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<PlanDocument>,
    /// Its geometry; none where the stop is not beyond the entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub geometry: Option<Geometry>,
    /// Hard rules that the plan breaks. A plan that breaks one is invalid.
    pub broken: Vec<BrokenRule>,
    /// How much to trade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<Size>,
    /// Why there is no size, where the plan keeps every hard rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_reason: Option<NoSize>,
    /// Where the plan and the account do not go together.
    pub conflicts: Vec<Conflict>,
    /// Its strength, with the terms it is made of.
    pub strength: Strength,
    /// Calls of tools and what became of them, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<ToolUse>,
    /// What the checks found.
    pub checks: Checks,
    /// Whether its numbers can be relied on.
    pub trust: Trust,
}

impl RecommendationDocument {
    /// Whether it proposes a trade that keeps every hard rule.
    pub fn is_valid_plan(&self) -> bool {
        self.plan.is_some() && self.broken.is_empty()
    }
}

/// A report by id and content, with what of it entered the strength or stands beside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceReport {
    /// The timeframe it reads.
    pub timeframe: Timeframe,
    /// Its id.
    pub report_id: ReportId,
    /// The document.
    #[serde(flatten)]
    pub artifact: ArtifactRef,
    /// Its bias.
    pub bias: Bias,
    /// The computed regime, as the artifact of its candles says: up, down, range or transition.
    pub regime: String,
    /// Odds of the upper barrier, percent.
    pub p_up: i64,
    /// Odds of neither barrier, percent.
    pub p_neither: i64,
    /// Odds of the lower barrier, percent.
    pub p_down: i64,
    /// Open of its last closed bar, as the artifact prints it.
    pub last_bar: String,
    /// Whether its numbers can be relied on.
    pub trust: Trust,
}

words!(
    /// What was known of the account.
    AccountState {
        /// It was read and holds something.
        Provided = "provided",
        /// It was read and is empty.
        KnownEmpty = "known_empty",
        /// Nobody asked, or it could not be read.
        NotProvided = "not_provided",
    }
);

words!(
    /// A hard rule that a plan breaks. The plan is sent back once with these, then invalid.
    BrokenRule {
        /// A price, or every target, is missing.
        MissingPrice = "missing_price",
        /// The zone's edges are the wrong way round, or a price is not above zero.
        Zone = "zone",
        /// The stop is not on its side of both edges.
        StopSide = "stop_side",
        /// A target is not on its side of both edges, or they are not in order.
        TargetSide = "target_side",
        /// None, or more than three targets.
        TargetCount = "target_count",
        /// Fractions do not sum to 100, or one is not above zero.
        Fractions = "fractions",
        /// The zone is wider than 1 ATR.
        ZoneWidth = "zone_width",
        /// The zone is farther than 3 ATR from the last price.
        ZoneDistance = "zone_distance",
        /// The stop is nearer than half an ATR or farther than 4.
        StopDistance = "stop_distance",
        /// Reward to risk under 1.5, costs included.
        RewardToRisk = "reward_to_risk",
        /// The first target's reward to risk under 0.8.
        FirstTarget = "first_target",
        /// Expected value not above zero.
        ExpectedValue = "expected_value",
        /// The instrument cannot be sold short.
        NotShortable = "not_shortable",
        /// The position would be liquidated before its stop, or too near it.
        Liquidation = "liquidation",
        /// A price has no reason in the data, its address does not exist, or it ends on the wrong side.
        Unfounded = "unfounded",
        /// Its times, its probability or the side of the close that ends it cannot be.
        OutOfRange = "out_of_range",
    }
);

impl BrokenRule {
    /// The rule, in a sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::MissingPrice => "a plan needs an entry zone, a stop and a target",
            Self::Zone => "the entry zone needs a lower edge, an upper edge and prices above zero",
            Self::StopSide => "the stop must lie below the zone of a long and above the zone of a short",
            Self::TargetSide => "targets must lie beyond the zone on the plan's side, the nearest first",
            Self::TargetCount => "a plan has one to three targets",
            Self::Fractions => "the fractions of the targets must each be above 0 and sum to 100",
            Self::ZoneWidth => "the entry zone must be at most 1 ATR14 of the day wide",
            Self::ZoneDistance => "the entry zone must lie within 3 ATR14 of the day of the last price",
            Self::StopDistance => "the stop must lie 0.5 to 4 ATR14 of the day from the zone's worst edge",
            Self::RewardToRisk => "reward to risk must be at least 1.5 after costs",
            Self::FirstTarget => "the first target's reward to risk must be at least 0.8 after costs",
            Self::ExpectedValue => "the expected value at the stated probability must be above zero",
            Self::NotShortable => "this market cannot be sold short, and nothing of it is held to be sold",
            Self::Liquidation => {
                "the liquidation price must lie beyond the stop by a quarter of the stop's distance and by 0.5 ATR14 of \
                 the day; a nearer stop or less leverage does it"
            }
            Self::Unfounded => "each price must stand within 0.5 ATR14 of the day of the address it names",
            Self::OutOfRange => {
                "a plan has 4 to 336 hours to enter, 1 to 60 days to hold, a probability of 1 to 99 and a close against \
                 it that ends it"
            }
        }
    }
}

words!(
    /// Where a plan and the account do not go together.
    Conflict {
        /// A long is held already.
        AlreadyLong = "already_long",
        /// A short is held already.
        AlreadyShort = "already_short",
        /// A position the other way is held.
        OppositePosition = "opposite_position",
        /// A position is held without a stop order.
        MissingStop = "missing_stop",
        /// An order stands in the entry zone.
        OrderInZone = "order_in_zone",
        /// The position would be larger than the limit allows.
        ExposureLimit = "exposure_limit",
    }
);

/// What trading costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Costs {
    /// Fee and slippage of one side, a fraction of its price: `0.0015` is 0.15 %.
    pub per_side: Decimal,
    /// Funding expected to be paid while the plan is open, quote currency a unit of the base currency. Funding that
    /// would be received counts as none.
    pub funding: Decimal,
}

/// What of a perpetual contract a plan was held against. Nothing of it is known without the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contract {
    /// Mean of the newest funding rates, a fraction of a position's value each time; paid by longs if above zero. Where
    /// it is not known, funding counts as none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean_funding: Option<Decimal>,
    /// Hours from one funding to the next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub funding_interval_hours: Option<u32>,
    /// Leverage that is set for the symbol.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leverage: Option<Decimal>,
    /// Maintenance margin rate of the lowest bracket, a fraction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maintenance_margin: Option<Decimal>,
    /// Where the position would be liquidated: none where that is not known, or at no price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liquidation: Option<Decimal>,
    /// Whether that is what the exchange says of a position that is held on the plan's side.
    #[serde(default)]
    pub is_held: bool,
}

/// A plan at prices the venue takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanDocument {
    /// Lower edge of the entry zone.
    pub entry_low: Decimal,
    /// Upper edge of the entry zone.
    pub entry_high: Decimal,
    /// The stop.
    pub stop: Decimal,
    /// The targets, the nearest first.
    pub targets: Vec<PlannedTarget>,
    /// Until when the entry may be filled.
    pub enter_by: Timestamp,
    /// When it is closed wherever price is.
    pub hold_until: Timestamp,
}

/// A target of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedTarget {
    /// The price.
    pub price: Decimal,
    /// The part, percent of the position.
    pub fraction_pct: Decimal,
    /// Its gain in units of the loss at the stop, costs included; 0 without a geometry.
    pub r: Decimal,
}

/// What a plan risks and may gain, costs included, from the worst edge of its zone. Amounts are per unit of the base
/// currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Geometry {
    /// The entry it is judged at.
    pub entry: Decimal,
    /// Lost at the stop.
    pub loss: Decimal,
    /// Reward to risk over all targets.
    pub reward_to_risk: Decimal,
    /// Reward to risk of the first target.
    pub first_reward_to_risk: Decimal,
    /// Expected value at the stated probability, in units of the loss.
    pub expected_value: Decimal,
    /// From entry to stop, in ATR14 of the day.
    pub stop_atr: Decimal,
}

/// How much to trade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    /// Base currency.
    pub quantity: Decimal,
    /// Value at the entry, quote currency.
    pub notional: Decimal,
    /// Lost at the stop, quote currency.
    pub at_risk: Decimal,
    /// The risk a trade that was configured, percent of the deposit.
    pub risk_pct: Decimal,
    /// Bound as margin by a contract, quote currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub margin: Option<Decimal>,
    /// Whether free funds bound it, not the risk.
    pub is_bounded_by_funds: bool,
}

words!(
    /// Why a plan has no size.
    NoSize {
        /// The account was not read.
        AccountNotProvided = "account_not_provided",
        /// What the exchange takes as an order is not known.
        FiltersUnknown = "filters_unknown",
        /// The account export does not tell what the exchange takes as an order of the contract.
        ContractUnknown = "contract_unknown",
        /// The account holds nothing to trade with, or numbers that do not fit.
        NoFunds = "no_funds",
        /// The risk, or what is free, buys less than the exchange's smallest order.
        TooSmall = "too_small",
    }
);

impl NoSize {
    /// The reason, in a sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::AccountNotProvided => "account not provided: size unknown",
            Self::FiltersUnknown => "the exchange's order filters are not known: collect and run again",
            Self::ContractUnknown => {
                "the exchange told nothing of orders of this contract: it may not list one"
            }
            Self::NoFunds => "the account holds nothing to trade this with",
            Self::TooSmall => "what is free, or may be risked, is less than the exchange's smallest order",
        }
    }
}

/// Strength from which on a plan is strong.
pub const STRONG: u8 = 70;
/// Strength from which on a plan that is not strong is moderate; under it it is weak.
pub const MODERATE: u8 = 40;

/// A strength and the terms it is made of, each 0 to 1. It is no probability.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Strength {
    /// 0 to 100; 0 when standing aside or invalid. Not a probability: uncalibrated until outcomes say what it is worth.
    pub value: u8,
    /// Agreement of the biases.
    pub agreement: f64,
    /// Agreement of the computed regimes.
    pub regime: f64,
    /// Reward to risk.
    pub reward: f64,
    /// Expected value.
    pub edge: f64,
    /// Quality of the sources: the worst of them counts.
    pub quality: f64,
    /// Whether the day's report is against it, or no verified bar or indicator speaks for it.
    pub is_unsupported: bool,
}
