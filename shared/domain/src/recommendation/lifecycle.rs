use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::RecommendationState;

/// What became of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lifecycle {
    /// Where it stands.
    pub state: RecommendationState,
    /// Since when: the open of the bar that brought it there, the close where a close did, or a limit of its time.
    pub since: Timestamp,
    /// End of the last bar that was looked at; none before the first.
    pub seen_until: Option<Timestamp>,
    /// Its entry.
    pub fill: Option<Fill>,
    /// Where parts of it were closed, in order.
    pub exits: Vec<Exit>,
    /// The best that price came to while it was held, in R: multiples of the distance from entry to stop.
    pub mfe_r: Option<Decimal>,
    /// The worst, in R, above zero where price went against it.
    pub mae_r: Option<Decimal>,
    /// What it came to; none before all of it is closed.
    pub outcome: Option<Outcome>,
}

/// An entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fill {
    /// Open of the bar it happened in.
    pub at: Timestamp,
    /// The zone's worst edge.
    pub price: Decimal,
}

/// A part that was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exit {
    /// What closed it: `target`, `stopped`, `invalidated` or `expired`.
    pub by: RecommendationState,
    /// Which target, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<usize>,
    /// Open of the bar it happened in, or its end where it is a close.
    pub at: Timestamp,
    /// The price.
    pub price: Decimal,
    /// The part, percent of the position.
    pub fraction_pct: Decimal,
}

/// What a plan came to, a unit of the base currency, in the quote currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Net of all costs, in multiples of the distance from entry to stop.
    pub r: Decimal,
    /// Before costs.
    pub gross: Decimal,
    /// Fees and slippage of both sides.
    pub fees: Decimal,
    /// Funding, by the time each part was held.
    pub funding: Decimal,
    /// From the open of the bar of the fill to the last exit.
    pub hours: i64,
}

impl Lifecycle {
    /// Of a plan that is not followed, as it breaks a rule.
    pub fn invalid(decided_at: Timestamp) -> Self {
        Self {
            state: RecommendationState::Invalid,
            since: decided_at,
            seen_until: None,
            fill: None,
            exits: Vec::new(),
            mfe_r: None,
            mae_r: None,
            outcome: None,
        }
    }

    /// Targets that were reached.
    pub fn targets(&self) -> usize {
        self.exits.iter().filter(|exit| exit.by == RecommendationState::Target).count()
    }

    /// Whether the first target came before the stop; `None` while neither came, or where it was closed before.
    pub fn is_first_target_hit(&self) -> Option<bool> {
        match (self.targets(), self.state) {
            (1.., _) => Some(true),
            (0, RecommendationState::Stopped) => Some(false),
            _ => None,
        }
    }
}
