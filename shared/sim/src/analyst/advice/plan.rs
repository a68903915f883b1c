//! The plan: a zone at the last price, a stop past a level, the next levels as targets.

use domain::Timeframe;
use domain::recommendation::{CloseSide, Direction, Plan, PlanEnd, Target};
use rust_decimal::{Decimal, RoundingStrategy};

use super::of_atr;
use crate::analyst::brief::{Source, Terms};
use crate::analyst::figures::{Figure, Figures};

/// A plan with its end and odds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) plan: Plan,
    pub(super) end: PlanEnd,
    pub(super) probability: i64,
}

/// Hours in which the entry may be filled, and days until it is closed.
const VALID_HOURS: i64 = 72;
const HORIZON_DAYS: i64 = 10;

/// The plan by levels; `None` where no level lies 1 to 4 ATR14 from the entry, or none in the way of gains.
pub(super) fn draft(direction: Direction, day: &Source, terms: &Terms, points: i64) -> Option<Draft> {
    let figures = Figures(&day.ohlcv);
    let is_long = direction == Direction::Long;
    let (low, high) = zone(terms);
    let entry = if is_long { high } else { low };
    let (behind, ahead) = if is_long { ("S", "R") } else { ("R", "S") };
    let far = |price: Decimal| {
        let away = (entry - price) * Decimal::from(direction.sign());
        (of_atr(terms, 100)..=of_atr(terms, 375)).contains(&away)
    };
    let outer = |zone: crate::analyst::figures::Zone<'_>| if is_long { zone.low } else { zone.high };
    let level = figures.zones(behind).map(outer).find(|figure| far(figure.value))?;
    let past = of_atr(terms, 25) * Decimal::from(direction.sign());
    let near = |zone: crate::analyst::figures::Zone<'_>| if is_long { zone.low } else { zone.high };
    let beyond = |figure: &Figure| if is_long { figure.value > high } else { figure.value < low };
    let targets: Vec<Figure> = figures.zones(ahead).map(near).filter(beyond).take(2).collect();
    let first = targets.first()?.value;
    let stop = level.value - past;
    let (risk, gain) = ((entry - stop).abs(), (first - entry).abs());
    let share = risk * Decimal::ONE_HUNDRED / (risk + gain);
    let probability = i64::try_from(share.round_dp(0)).ok()? + (5 * points).clamp(-15, 15);
    Some(build(direction, terms, (stop, &level), &targets, probability.clamp(1, 99)))
}

/// A long between the barriers, whatever it pays: what one writes who would have a plan at any price.
pub(super) fn at_barriers(day: &Source, terms: &Terms) -> Option<Draft> {
    let figures = Figures(&day.ohlcv);
    let (down, up) = (figures.barrier_down()?, figures.barrier_up()?);
    Some(build(Direction::Long, terms, (down.value, &down), &[up], 55))
}

fn build(
    direction: Direction,
    terms: &Terms,
    (stop, level): (Decimal, &Figure),
    targets: &[Figure],
    probability: i64,
) -> Draft {
    let is_long = direction == Direction::Long;
    let (low, high) = zone(terms);
    let away =
        if is_long { RoundingStrategy::ToNegativeInfinity } else { RoundingStrategy::ToPositiveInfinity };
    let count = Decimal::from(targets.len().max(1));
    let target = |figure: &Figure| Target {
        price: figure.value,
        fraction_pct: Decimal::ONE_HUNDRED / count,
        reference: address(figure),
    };
    Draft {
        plan: Plan {
            entry_low: Some(at_tick(low, terms.tick, RoundingStrategy::ToPositiveInfinity)),
            entry_high: Some(at_tick(high, terms.tick, RoundingStrategy::ToNegativeInfinity)),
            entry_ref: "1d:barriers.origin".to_owned(),
            stop: Some(at_tick(stop, terms.tick, away)),
            stop_ref: address(level),
            targets: targets.iter().map(target).collect(),
            valid_hours: Some(VALID_HOURS),
            horizon_days: Some(HORIZON_DAYS),
        },
        end: PlanEnd {
            reason: String::new(),
            reference: address(level),
            price: Some(level.value),
            close: if is_long { CloseSide::Below } else { CloseSide::Above },
            timeframe: Timeframe::Day,
        },
        probability,
    }
}

fn address(figure: &Figure) -> String {
    format!("1d:{}", figure.reference)
}

/// A quarter of an ATR14 to both sides of the last price.
fn zone(terms: &Terms) -> (Decimal, Decimal) {
    let quarter = of_atr(terms, 25);
    (terms.last_price - quarter, terms.last_price + quarter)
}

fn at_tick(price: Decimal, tick: Decimal, strategy: RoundingStrategy) -> Decimal {
    if tick <= Decimal::ZERO {
        return price;
    }
    ((price / tick).round_dp_with_strategy(0, strategy) * tick).normalize()
}

/// What the side pays in fundings until the plan is closed.
fn paid(direction: Direction, entry: Decimal, terms: &Terms) -> Decimal {
    let (Some(rate), Some(hours)) = (terms.mean_funding, terms.funding_interval_hours) else {
        return Decimal::ZERO;
    };
    let fundings = Decimal::from(HORIZON_DAYS * 24 / i64::from(hours.max(1)));
    (Decimal::from(direction.sign()) * rate * entry * fundings).max(Decimal::ZERO)
}

/// Whether a plan keeps the rules that the request states: stop distance, reward to risk, expected value. What a
/// contract's leverage makes of it is left to the request's checks.
pub(super) fn pays(direction: Direction, draft: &Draft, terms: &Terms) -> bool {
    let Plan { entry_low: Some(low), entry_high: Some(high), stop: Some(stop), targets, .. } = &draft.plan
    else {
        return false;
    };
    let entry = if direction == Direction::Long { *high } else { *low };
    let funding = paid(direction, entry, terms);
    let cost = |price: Decimal| terms.cost_per_side * (entry + price) + funding;
    let loss = (entry - *stop).abs() + cost(*stop);
    let gain = |price: Decimal| (price - entry).abs() - cost(price);
    let Some(first) = targets.first().map(|target| gain(target.price)) else { return false };
    let all: Decimal =
        targets.iter().map(|target| gain(target.price) * target.fraction_pct / Decimal::ONE_HUNDRED).sum();
    let p = Decimal::new(draft.probability, 2);
    let stop_away = (entry - *stop).abs();
    (of_atr(terms, 50)..=of_atr(terms, 400)).contains(&stop_away)
        && all / loss >= Decimal::new(15, 1)
        && first / loss >= Decimal::new(8, 1)
        && p * first / loss > Decimal::ONE - p
}
