//! What became of a recommended plan, by the closed 1h bars since it was decided. Nothing here knows the time: a plan
//! stands where its bars leave it, and more bars never change what has ended.
//!
//! - A bar counts for the entry if it opened at or after the decision and ended within the validity. The first that
//!   trades the zone fills the plan at the zone's worst edge.
//! - A bar that opens at or beyond the stop before that: missed. No fill within the validity: unfilled.
//! - Within a bar nothing is known of the order, so the worse is taken: of fill and stop, and of stop and target, the
//!   stop. Targets count from the bar after the fill.
//! - A stop is filled at the stop or at the bar's open, whichever is worse; a target at its price.
//! - A close that ends the plan closes it at the next bar's open; the horizon closes it at the last close within.
//! - A bar without trades has no price: it takes time alone. One that is missing, or has not closed, is no event.

mod course;
mod outcome;
#[cfg(test)]
mod tests;

use domain::recommendation::{CloseSide, Costs, Direction, Lifecycle, PlanState, RecommendationDocument};
use domain::{Candle, Timeframe};
use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::plan::{Plan, Side, Target};
use course::Course;

/// A plan with what decides over its life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    /// At prices the venue takes.
    pub plan: Plan,
    /// From when on bars count.
    pub decided_at: Timestamp,
    /// Until when it may be entered.
    pub enter_by: Timestamp,
    /// When it is closed wherever price is.
    pub hold_until: Timestamp,
    /// The close that ends it, if one does.
    pub end: Option<EndingClose>,
    /// What trading it costs; `funding` is that of the whole time from the decision to the horizon.
    pub costs: Costs,
}

/// A close of `timeframe` beyond `price`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndingClose {
    /// The price.
    pub price: Decimal,
    /// On which side of it.
    pub close: CloseSide,
    /// Whose closes count.
    pub timeframe: Timeframe,
}

impl Followed {
    /// What of a recommendation is followed; `None` where it proposes nothing that could be traded.
    pub fn of(document: &RecommendationDocument) -> Option<Self> {
        let side = match document.recommendation.direction {
            Direction::Long => Side::Long,
            Direction::Short => Side::Short,
            Direction::StandAside => return None,
        };
        let stated = document.plan.as_ref().filter(|_| document.is_valid_plan())?;
        let targets = stated.targets.iter();
        let end = &document.recommendation.invalidation;
        let ending = |price| EndingClose { price, close: end.close, timeframe: end.timeframe };
        Some(Self {
            plan: Plan {
                side,
                entry_low: stated.entry_low,
                entry_high: stated.entry_high,
                stop: stated.stop,
                targets: targets
                    .map(|target| Target { price: target.price, fraction_pct: target.fraction_pct })
                    .collect(),
            },
            decided_at: document.decided_at,
            enter_by: stated.enter_by,
            hold_until: stated.hold_until,
            end: end.price.filter(|_| end.close != CloseSide::None).map(ending),
            costs: document.costs,
        })
    }
}

/// What became of a recommendation by `hours`, closed 1h bars with the oldest first; `None` where it stands aside.
///
/// The bars begin with the hour of the decision or earlier, and are of the market of the plan's candles.
pub fn lifecycle(document: &RecommendationDocument, hours: &[Candle]) -> Option<Lifecycle> {
    match document.plan_state() {
        PlanState::Aside => None,
        PlanState::Invalid => Some(Lifecycle::invalid(document.decided_at)),
        PlanState::Planned => Followed::of(document).map(|followed| follow(&followed, hours)),
    }
}

/// What became of a plan by `hours`, closed 1h bars with the oldest first.
pub fn follow(followed: &Followed, hours: &[Candle]) -> Lifecycle {
    let mut course = Course::of(followed);
    let ended = |bar: &&Candle| Timeframe::Hour.next_open(bar.open_time) > followed.decided_at;
    for bar in hours.iter().filter(ended) {
        course.take(bar);
        if course.state().is_terminal() {
            break;
        }
    }
    course.lifecycle()
}
