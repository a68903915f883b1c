use rust_decimal::{Decimal, RoundingStrategy};

use super::{Plan, Side, Target};

/// The plan at prices the venue takes: the stop rounded away from the entry, the targets towards it, the zone inward
/// on its worst edge. `None` where the tick is no step.
pub fn rounded(plan: &Plan, tick: Decimal) -> Option<Plan> {
    let (down, up) = (RoundingStrategy::ToNegativeInfinity, RoundingStrategy::ToPositiveInfinity);
    // away from a long's entry is down for its stop, towards it is down for its targets
    let (stop, target) = match plan.side {
        Side::Long => (down, down),
        Side::Short => (up, up),
    };
    let at = |price: Decimal, strategy| {
        let steps = price.checked_div(tick)?.round_dp_with_strategy(0, strategy);
        steps.checked_mul(tick).map(|price| price.normalize())
    };
    if tick <= Decimal::ZERO {
        return None;
    }
    let targets = plan.targets.iter().map(|t| Some(Target { price: at(t.price, target)?, ..*t }));
    Some(Plan {
        side: plan.side,
        entry_low: at(plan.entry_low, up)?,
        entry_high: at(plan.entry_high, down)?,
        stop: at(plan.stop, stop)?,
        targets: targets.collect::<Option<_>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::sample::{decimal, long, short};

    #[test]
    fn no_rounding_makes_a_plan_look_better() {
        let odd = Plan { stop: decimal("71900.07"), ..long() };
        let found = rounded(&odd, decimal("0.10")).unwrap();
        assert_eq!((found.stop, found.targets[0].price), (decimal("71900"), decimal("79485.6")));
        let odd = Plan { stop: decimal("78100.01"), ..short() };
        let found = rounded(&odd, decimal("0.1")).unwrap();
        assert_eq!((found.stop, found.targets[0].price), (decimal("78100.1"), decimal("70514.4")));
        assert_eq!(rounded(&long(), Decimal::ZERO), None);
        assert_eq!(rounded(&long(), decimal("0.01")), Some(long()), "what stands on the tick stays");
    }
}
