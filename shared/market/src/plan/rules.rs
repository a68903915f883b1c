use domain::recommendation::BrokenRule as Broken;
use rust_decimal::Decimal;

use super::{Geometry, Plan, Side};

/// Most targets of a plan.
const TARGETS: usize = 3;

/// Where a plan stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Last price.
    pub last_price: Decimal,
    /// ATR14 of the last closed day, quote currency.
    pub atr: Decimal,
    /// Whether the instrument can be sold short.
    pub can_be_sold_short: bool,
    /// Where the position would be liquidated, if that is known and it can be.
    pub liquidation: Option<Decimal>,
    /// Stated probability of the first target before the stop, percent.
    pub probability: i64,
}

/// The hard rules that a plan breaks, in a fixed order. `geometry` is the plan's own, if it has one.
pub fn check(plan: &Plan, geometry: Option<&Geometry>, place: &Place) -> Vec<Broken> {
    let mut broken = Vec::new();
    let mut rule = |kept: bool, otherwise: Broken| {
        if !kept {
            broken.push(otherwise);
        }
    };
    let positive = |price: Decimal| price > Decimal::ZERO;
    rule(plan.entry_low <= plan.entry_high && positive(plan.entry_low), Broken::Zone);
    rule(positive(plan.stop) && beyond(plan, plan.stop, false), Broken::StopSide);
    rule(targets_in_order(plan), Broken::TargetSide);
    rule((1..=TARGETS).contains(&plan.targets.len()), Broken::TargetCount);
    let fractions: Decimal = plan.targets.iter().map(|target| target.fraction_pct).sum();
    let parts = plan.targets.iter().all(|target| positive(target.fraction_pct));
    rule(parts && fractions == Decimal::ONE_HUNDRED, Broken::Fractions);
    rule(plan.entry_high - plan.entry_low <= place.atr, Broken::ZoneWidth);
    rule(distance(plan, place.last_price) <= place.atr * Decimal::from(3), Broken::ZoneDistance);
    let to_stop = (plan.entry() - plan.stop).abs();
    let half = place.atr / Decimal::TWO;
    rule(half <= to_stop && to_stop <= place.atr * Decimal::from(4), Broken::StopDistance);
    let at_least = |value: Option<Decimal>, least: Decimal| value.is_some_and(|value| value >= least);
    let reward = geometry.map(|geometry| geometry.reward_to_risk);
    rule(at_least(reward, Decimal::new(15, 1)), Broken::RewardToRisk);
    let first = geometry.map(|geometry| geometry.first_reward_to_risk);
    rule(at_least(first, Decimal::new(8, 1)), Broken::FirstTarget);
    let value = geometry.map(|geometry| geometry.expected_value(place.probability));
    rule(value.is_some_and(positive), Broken::ExpectedValue);
    rule(plan.side == Side::Long || place.can_be_sold_short, Broken::NotShortable);
    let is_stopped = |price| plan.is_stopped_before(price, place.atr);
    rule(place.liquidation.is_none_or(is_stopped), Broken::Liquidation);
    broken
}

/// Whether a price lies outside both edges: on the side where the plan gains, or on the other.
fn beyond(plan: &Plan, price: Decimal, gains: bool) -> bool {
    if (plan.side == Side::Long) == gains { price > plan.entry_high } else { price < plan.entry_low }
}

fn targets_in_order(plan: &Plan) -> bool {
    let sign = plan.side.sign();
    let ordered = plan.targets.windows(2).all(|pair| match pair {
        [nearer, farther] => (farther.price - nearer.price) * sign > Decimal::ZERO,
        _ => true,
    });
    ordered
        && plan.targets.iter().all(|target| target.price > Decimal::ZERO && beyond(plan, target.price, true))
}

/// From the last price to the nearest edge; 0 inside the zone.
fn distance(plan: &Plan, last_price: Decimal) -> Decimal {
    (plan.entry_low - last_price).max(last_price - plan.entry_high).max(Decimal::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::sample::{decimal, long, short};
    use crate::plan::{Target, geometry};
    use domain::recommendation::Costs;

    fn place() -> Place {
        Place {
            last_price: decimal("75928.1"),
            atr: decimal("2000"),
            can_be_sold_short: true,
            liquidation: None,
            probability: 50,
        }
    }

    fn broken(plan: &Plan, place: &Place) -> Vec<Broken> {
        let costs = Costs { per_side: decimal("0.0015"), funding: Decimal::ZERO };
        check(plan, geometry(plan, &costs).as_ref(), place)
    }

    #[test]
    fn the_worked_example_keeps_every_rule_both_ways() {
        assert_eq!(broken(&long(), &place()), []);
        assert_eq!(broken(&short(), &place()), []);
    }

    #[test]
    fn each_rule_is_broken_by_its_own_mistake() {
        let targets = |prices: &[(&str, i64)]| {
            let target = |(price, percent): &(&str, i64)| Target {
                price: decimal(price),
                fraction_pct: Decimal::from(*percent),
            };
            Plan { targets: prices.iter().map(target).collect(), ..long() }
        };
        let stop = |price: &str| Plan { stop: decimal(price), ..long() };
        // 2000 of ATR: a zone of 2001, one that ends 6001 below the last price, a stop 999 and one 8001 away
        let zone = |low: &str, high: &str| {
            let (low, high) = (decimal(low), decimal(high));
            let down = high - decimal("75000");
            let moved = long().targets.iter().map(|t| Target { price: t.price + down, ..*t }).collect();
            Plan { entry_low: low, entry_high: high, stop: decimal("71900") + down, targets: moved, ..long() }
        };
        let cases = [
            (stop("74060"), vec![Broken::StopSide, Broken::StopDistance]),
            (targets(&[("79485.66", 50), ("79485.66", 50)]), vec![Broken::TargetSide, Broken::RewardToRisk]),
            (targets(&[("79485.66", 50), ("83822.76", 49)]), vec![Broken::Fractions]),
            (zone("72999", "75000"), vec![Broken::ZoneWidth]),
            (zone("69000", "69927.09"), vec![Broken::ZoneDistance]),
            (targets(&[("76000", 10), ("90000", 90)]), vec![Broken::FirstTarget, Broken::ExpectedValue]),
        ];
        for (plan, wanted) in cases {
            assert_eq!(broken(&plan, &place()), wanted, "{plan:?}");
        }
        let none = Plan { targets: Vec::new(), ..long() };
        assert!(broken(&none, &place()).contains(&Broken::TargetCount));
        let four = targets(&[("79000", 25), ("80000", 25), ("85000", 25), ("90000", 25)]);
        assert_eq!(broken(&four, &place()), [Broken::TargetCount]);
        let spot = Place { can_be_sold_short: false, ..place() };
        assert_eq!(broken(&short(), &spot), [Broken::NotShortable]);
        // 1000 is half an ATR, and more than a quarter of 3100
        let at = |price: &str| Place { liquidation: Some(decimal(price)), ..place() };
        assert_eq!(broken(&long(), &at("70900.01")), [Broken::Liquidation]);
        assert_eq!(broken(&long(), &at("70900")), []);
        assert_eq!(broken(&short(), &at("79099.99")), [Broken::Liquidation]);
        // p r1 - (1 - p) with r1 = 1.2812 is 0 at 43.8 %
        assert_eq!(broken(&long(), &Place { probability: 43, ..place() }), [Broken::ExpectedValue]);
        assert_eq!(broken(&long(), &Place { probability: 44, ..place() }), []);
    }
}
