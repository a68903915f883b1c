use domain::Market;
use domain::account::PositionSide;
use llm::checks::RecommendationEvidence;
use market::plan::{Plan, Side, liquidation};
use rust_decimal::Decimal;

/// Where a position would be liquidated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Liquidation {
    /// The price, above zero.
    pub(crate) price: Decimal,
    /// Whether the exchange says it of a position that is held on the plan's side: the plan would add to that one.
    pub(crate) is_held: bool,
}

/// Where the plan's position would be liquidated: as the exchange says of one that is held on its side, else an isolated
/// one by the leverage that is set. `None` on spot, where the account does not tell enough, and at no price above zero.
pub(crate) fn of(plan: &Plan, evidence: &RecommendationEvidence<'_>) -> Option<Liquidation> {
    let terms = evidence.terms;
    if terms.market != Market::Perp {
        return None;
    }
    let side = match plan.side {
        Side::Long => PositionSide::Long,
        Side::Short => PositionSide::Short,
    };
    let mut held = evidence.account.into_iter().flat_map(|account| account.own_positions());
    let held = held.find(|position| position.side == side).and_then(|position| position.liquidation_price);
    if let Some(price) = held {
        return Some(Liquidation { price, is_held: true });
    }
    let price = liquidation(plan, terms.leverage?, terms.maintenance_margin?)?;
    (price > Decimal::ZERO).then_some(Liquidation { price, is_held: false })
}

#[cfg(test)]
mod tests {
    use domain::account::{AccountDocument, Position, SCHEMA};
    use domain::recommendation::AccountState;
    use llm::Terms;

    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn held(side: PositionSide, liquidation: Option<&str>) -> AccountDocument {
        AccountDocument {
            schema: SCHEMA.to_owned(),
            state: AccountState::Provided,
            venue: "binance".to_owned(),
            symbol: "BTCUSDT".parse().unwrap(),
            as_of: "2026-04-30T04:00:00Z".parse().unwrap(),
            read_at: "2026-04-30T04:00:07Z".parse().unwrap(),
            deposits: Vec::new(),
            positions: vec![Position {
                symbol: "BTCUSDT".parse().unwrap(),
                side,
                quantity: Decimal::ONE,
                entry_price: decimal("74000"),
                mark_price: None,
                liquidation_price: liquidation.map(decimal),
                leverage: None,
                is_isolated: None,
                unrealised_pnl: None,
            }],
            orders: Vec::new(),
            equity: None,
            rates: Vec::new(),
            warnings: Vec::new(),
        }
    }

    fn found(
        market: Market,
        leverage: Option<i64>,
        account: Option<&AccountDocument>,
    ) -> Option<(String, bool)> {
        let terms = Terms {
            market,
            can_be_sold_short: true,
            tick: decimal("0.1"),
            price_unit: "USDT".to_owned(),
            last_price: decimal("75000"),
            atr14_1d: decimal("2000"),
            cost_per_side: decimal("0.001"),
            mean_funding: None,
            funding_interval_hours: None,
            leverage: leverage.map(Decimal::from),
            maintenance_margin: Some(decimal("0.004")),
            account: "provided",
        };
        let at = decimal("75000");
        let plan = Plan {
            side: Side::Long,
            entry_low: at,
            entry_high: at,
            stop: decimal("71900"),
            targets: Vec::new(),
        };
        let evidence = RecommendationEvidence { sources: &[], terms: &terms, account, tools: &[] };
        of(&plan, &evidence).map(|found| (found.price.round_dp(2).to_string(), found.is_held))
    }

    /// 75000 x 0.9 / 0.996 is 67771.08; without leverage a long ends at 0, where nothing is liquidated.
    #[test]
    fn it_is_the_exchanges_of_what_is_held_and_else_an_isolated_ones() {
        let own = |price: &str, is_held| Some((price.to_owned(), is_held));
        assert_eq!(found(Market::Perp, Some(10), None), own("67771.08", false));
        assert_eq!(found(Market::Perp, Some(1), None), None);
        assert_eq!(found(Market::Perp, None, None), None, "nobody told the leverage");
        assert_eq!(found(Market::Spot, Some(10), None), None);
        let long = held(PositionSide::Long, Some("61544.2"));
        assert_eq!(found(Market::Perp, Some(10), Some(&long)), own("61544.2", true));
        let safe = held(PositionSide::Long, None);
        assert_eq!(found(Market::Perp, Some(10), Some(&safe)), own("67771.08", false));
        let other = held(PositionSide::Short, Some("90000"));
        assert_eq!(found(Market::Perp, Some(10), Some(&other)), own("67771.08", false));
    }
}
