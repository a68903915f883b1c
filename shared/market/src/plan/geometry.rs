use domain::recommendation::Costs;
use rust_decimal::Decimal;

use super::{Plan, Side};

/// What a plan risks and may gain, per unit of the base currency, at the worst edge of its zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Geometry {
    /// The entry it is judged at.
    pub entry: Decimal,
    /// Lost at the stop, costs included.
    pub loss: Decimal,
    /// Gained at each target, costs included.
    pub gains: Vec<Decimal>,
    /// Reward to risk: the gains by their fractions, over the loss.
    pub reward_to_risk: Decimal,
    /// The first target's gain over the loss.
    pub first_reward_to_risk: Decimal,
}

impl Geometry {
    /// Expected value in units of the loss, at `probability` percent of the first target before the stop:
    /// `p r1 - (1 - p)`.
    pub fn expected_value(&self, probability: i64) -> Decimal {
        let p = Decimal::new(probability, 2);
        p * self.first_reward_to_risk - (Decimal::ONE - p)
    }
}

/// The funding of a position held for `hours`, quote currency a unit of the base currency: max(0, s x mean rate x E x
/// fundings), with as many fundings as intervals fit. What would be received counts as none. `None` where it does not
/// fit, or there is no interval.
pub fn funding(
    side: Side,
    entry: Decimal,
    mean_rate: Decimal,
    interval_hours: u32,
    hours: Decimal,
) -> Option<Decimal> {
    let fundings = hours.checked_div(Decimal::from(interval_hours))?.trunc();
    let paid = side.sign().checked_mul(mean_rate)?.checked_mul(entry)?.checked_mul(fundings)?;
    Some(paid.max(Decimal::ZERO).normalize())
}

/// The geometry of a plan: loss = s(E-S) + c(E+S) + F and gain = s(T-E) - c(E+T) - F, with s = 1 for a long and -1
/// for a short. `None` where the stop is not beyond the entry, costs included, or a number does not fit.
pub fn geometry(plan: &Plan, costs: &Costs) -> Option<Geometry> {
    let (sign, entry) = (plan.side.sign(), plan.entry());
    let funding = costs.funding.max(Decimal::ZERO);
    let both = |price: Decimal| costs.per_side.checked_mul(entry.checked_add(price)?);
    let away = |from: Decimal, to: Decimal| from.checked_sub(to)?.checked_mul(sign);
    let loss = away(entry, plan.stop)?.checked_add(both(plan.stop)?)?.checked_add(funding)?;
    if away(entry, plan.stop)? <= Decimal::ZERO || loss <= Decimal::ZERO {
        return None;
    }
    let mut gains = Vec::with_capacity(plan.targets.len());
    let mut reward = Decimal::ZERO;
    for target in &plan.targets {
        let gain = away(target.price, entry)?.checked_sub(both(target.price)?)?.checked_sub(funding)?;
        let part = gain.checked_mul(target.fraction_pct)?.checked_div(Decimal::ONE_HUNDRED)?;
        reward = reward.checked_add(part)?;
        gains.push(gain);
    }
    let first = gains.first()?.checked_div(loss)?;
    let reward_to_risk = reward.checked_div(loss)?;
    Some(Geometry { entry, loss, gains, reward_to_risk, first_reward_to_risk: first })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::sample::{decimal, long, short};

    const COSTS: Costs = Costs { per_side: Decimal::from_parts(15, 0, 0, false, 4), funding: Decimal::ZERO };

    /// By hand: loss 3100 + 0.0015 x 146900; gains 4485.66 - 0.0015 x 154485.66 and 8822.76 - 0.0015 x 158822.76.
    #[test]
    fn the_worked_example_comes_out() {
        let found = geometry(&long(), &COSTS).unwrap();
        assert_eq!(found.loss, decimal("3320.35"));
        assert_eq!(found.gains, [decimal("4253.931510"), decimal("8584.525860")]);
        assert_eq!(found.reward_to_risk.round_dp(2), decimal("1.93"));
        assert_eq!(found.first_reward_to_risk.round_dp(2), decimal("1.28"));
        // 0.5 x 1.2812 - 0.5
        assert_eq!(found.expected_value(50).round_dp(4), decimal("0.1406"));
    }

    /// By hand, from 75000 to 78100 and down to 70514.34: loss 3100 + 0.0015 x 153100, first gain 4485.66 - 0.0015 x
    /// 145514.34.
    #[test]
    fn a_short_is_the_mirror() {
        let found = geometry(&short(), &COSTS).unwrap();
        assert_eq!((found.entry, found.loss), (decimal("75000"), decimal("3329.65")));
        assert_eq!(found.gains[0], decimal("4267.388490"));
    }

    #[test]
    fn funding_that_is_paid_counts_and_funding_received_does_not() {
        let with = |funding: &str| geometry(&long(), &Costs { funding: decimal(funding), ..COSTS }).unwrap();
        assert_eq!(with("100").loss, decimal("3420.35"));
        assert_eq!(with("100").gains[0], decimal("4153.931510"));
        assert_eq!(with("-100"), with("0"));
    }

    /// By hand: 0.0001 x 75000 is 7.5 at each of 10 x 24 / 8 = 30 fundings; a short receives it.
    #[test]
    fn funding_is_paid_by_the_side_that_the_rate_is_against() {
        let ten_days = decimal("240");
        let of =
            |side, rate: &str, hours: u32| funding(side, decimal("75000"), decimal(rate), hours, ten_days);
        assert_eq!(of(Side::Long, "0.0001", 8), Some(decimal("225")));
        assert_eq!(of(Side::Short, "0.0001", 8), Some(Decimal::ZERO));
        assert_eq!(of(Side::Short, "-0.0001", 4), Some(decimal("450")));
        assert_eq!(of(Side::Long, "0.0001", 9), Some(decimal("195")), "26 whole intervals of 9 h");
        assert_eq!(of(Side::Long, "0.0001", 0), None);
    }

    #[test]
    fn a_stop_on_the_wrong_side_has_no_geometry() {
        let wrong = Plan { stop: decimal("75001"), ..long() };
        assert_eq!(geometry(&wrong, &COSTS), None);
        assert_eq!(
            geometry(&Plan { stop: Decimal::MIN, ..long() }, &COSTS),
            None,
            "nor one that cannot be added"
        );
    }
}
