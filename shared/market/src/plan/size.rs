use domain::recommendation::{NoSize, Size};
use rust_decimal::{Decimal, RoundingStrategy};

use super::{Geometry, Plan, Side};

/// What the venue and the account allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Smallest quantity step, base currency.
    pub step: Decimal,
    /// Smallest quantity, base currency.
    pub min_quantity: Decimal,
    /// Smallest order value, quote currency.
    pub min_notional: Decimal,
    /// Most that can be bought or sold, quote currency: free funds, by leverage where there is any.
    pub buying_power: Decimal,
    /// Leverage of a contract; a plan on spot has none.
    pub leverage: Option<Decimal>,
}

/// Why no size can be given: tell the user.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SizeError {
    /// The risk buys less than the venue trades.
    #[error(
        "the risk of {risk} buys less than the venue's smallest order; raise risk_pct or pass on this plan"
    )]
    TooSmall {
        /// Quote currency.
        risk: Decimal,
    },
    /// Nothing to trade with, or numbers that do not fit.
    #[error("the account holds nothing to size the plan by")]
    NoFunds,
}

impl From<SizeError> for NoSize {
    fn from(error: SizeError) -> Self {
        match error {
            SizeError::TooSmall { .. } => Self::TooSmall,
            SizeError::NoFunds => Self::NoFunds,
        }
    }
}

/// The size that loses `risk_pct` percent of `equity` at the stop: floor to the step of equity x risk / loss.
///
/// # Errors
/// [`SizeError`].
pub fn size(
    geometry: &Geometry,
    equity: Decimal,
    risk_pct: Decimal,
    bounds: &Bounds,
) -> Result<Size, SizeError> {
    let risk = equity.checked_mul(risk_pct).map(|risk| risk / Decimal::ONE_HUNDRED);
    let risk = risk.filter(|risk| *risk > Decimal::ZERO).ok_or(SizeError::NoFunds)?;
    let by_risk = risk.checked_div(geometry.loss).ok_or(SizeError::NoFunds)?;
    let by_funds = bounds.buying_power.checked_div(geometry.entry).ok_or(SizeError::NoFunds)?;
    let quantity = floored(by_risk.min(by_funds), bounds.step).ok_or(SizeError::NoFunds)?;
    let notional = quantity.checked_mul(geometry.entry).ok_or(SizeError::NoFunds)?;
    if quantity <= Decimal::ZERO || quantity < bounds.min_quantity || notional < bounds.min_notional {
        return Err(SizeError::TooSmall { risk: risk.round_dp(2) });
    }
    let at_risk = quantity.checked_mul(geometry.loss).ok_or(SizeError::NoFunds)?.round_dp(8).normalize();
    let margin = bounds.leverage.and_then(|leverage| notional.checked_div(leverage));
    let margin = margin.map(|margin| margin.round_dp(8).normalize());
    Ok(Size { quantity, notional, at_risk, risk_pct, margin, is_bounded_by_funds: by_funds < by_risk })
}

fn floored(quantity: Decimal, step: Decimal) -> Option<Decimal> {
    let steps = quantity.checked_div(step)?.round_dp_with_strategy(0, RoundingStrategy::ToZero);
    steps.checked_mul(step)
}

/// The price at which an isolated position of the plan would be liquidated: E (1 - s/leverage) / (1 - s MMR), after
/// the venue's published formula without its liquidation fee. `maintenance` is the maintenance margin rate, a
/// fraction.
pub fn liquidation(plan: &Plan, leverage: Decimal, maintenance: Decimal) -> Option<Decimal> {
    let sign = plan.side.sign();
    let margin = Decimal::ONE.checked_sub(sign.checked_div(leverage)?)?;
    let keeps = Decimal::ONE.checked_sub(sign.checked_mul(maintenance)?)?;
    plan.entry().checked_mul(margin)?.checked_div(keeps)
}

impl Plan {
    /// Whether a liquidation price lies beyond the stop by a quarter of the stop's distance or half an ATR, whichever
    /// is more.
    pub fn is_stopped_before(&self, liquidation: Decimal, atr: Decimal) -> bool {
        let quarter = (self.entry() - self.stop).abs() / Decimal::from(4);
        let margin = quarter.max(atr / Decimal::TWO);
        match self.side {
            Side::Long => self.stop - liquidation >= margin,
            Side::Short => liquidation - self.stop >= margin,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::geometry;
    use crate::plan::sample::{decimal, long, short};
    use domain::recommendation::Costs;

    fn bounds() -> Bounds {
        Bounds {
            step: decimal("0.00001"),
            min_quantity: decimal("0.00001"),
            min_notional: decimal("5"),
            buying_power: decimal("10000"),
            leverage: None,
        }
    }

    fn of(equity: &str, bounds: &Bounds) -> Result<Size, SizeError> {
        let costs = Costs { per_side: decimal("0.0015"), funding: Decimal::ZERO };
        size(&geometry(&long(), &costs).unwrap(), decimal(equity), Decimal::ONE, bounds)
    }

    /// 100 / 3320.35 is 0.030117..., floored to the step.
    #[test]
    fn one_percent_of_ten_thousand_is_the_worked_size() {
        let found = of("10000", &bounds()).unwrap();
        assert_eq!((found.quantity, found.is_bounded_by_funds), (decimal("0.03011"), false));
        assert_eq!((found.notional, found.at_risk), (decimal("2258.25"), decimal("99.9757385")));
    }

    /// On a contract at 10 of leverage, 1000 free: 2258.25 / 10 is bound, and 10000 can be bought; at 2, 2000 / 75000 is
    /// floored to 0.02666.
    #[test]
    fn the_margin_of_a_contract_lies_within_what_is_free() {
        let lent = |leverage: i64| {
            let leverage = Decimal::from(leverage);
            Bounds { leverage: Some(leverage), buying_power: decimal("1000") * leverage, ..bounds() }
        };
        let found = of("10000", &lent(10)).unwrap();
        assert_eq!((found.quantity, found.margin), (decimal("0.03011"), Some(decimal("225.825"))));
        let found = of("10000", &lent(2)).unwrap();
        assert_eq!((found.quantity, found.margin), (decimal("0.02666"), Some(decimal("999.75"))));
        assert!(found.is_bounded_by_funds);
        assert_eq!(of("10000", &bounds()).unwrap().margin, None);
    }

    #[test]
    fn funds_bound_it_and_a_dust_order_is_refused() {
        let poor = Bounds { buying_power: decimal("750"), ..bounds() };
        let found = of("10000", &poor).unwrap();
        assert_eq!((found.quantity, found.is_bounded_by_funds), (decimal("0.01"), true));
        // 0.2 / 3320.35 is 0.00006: 4.5 USDT, under the smallest order value
        let dust = of("20", &bounds()).unwrap_err();
        assert_eq!(dust, SizeError::TooSmall { risk: decimal("0.20") });
        assert_eq!(of("0", &bounds()), Err(SizeError::NoFunds));
        assert_eq!(of("10000", &Bounds { step: Decimal::ZERO, ..bounds() }), Err(SizeError::NoFunds));
    }

    /// A long at 75000 with leverage 10 and a rate of 0.4 %: 75000 x 0.9 / 0.996; a short: 75000 x 1.1 / 1.004.
    #[test]
    fn liquidation_lies_where_the_venue_puts_it() {
        let rate = decimal("0.004");
        let at = |plan: &Plan, leverage: i64| {
            liquidation(plan, Decimal::from(leverage), rate).unwrap().round_dp(2)
        };
        assert_eq!(at(&long(), 10), decimal("67771.08"));
        assert_eq!(at(&short(), 10), decimal("82171.31"));
        // the stop is 3100 away: a quarter is 775, half of this ATR 1000
        assert!(long().is_stopped_before(decimal("70900"), decimal("2000")));
        assert!(!long().is_stopped_before(decimal("70900.01"), decimal("2000")));
        assert!(!short().is_stopped_before(decimal("79099.99"), decimal("2000")));
    }
}
