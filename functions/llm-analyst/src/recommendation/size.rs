use domain::Market;
use domain::account::AccountDocument;
use domain::recommendation::{NoSize, Size};
use domain::series::OrderFilters;
use llm::Terms;
use market::plan::{Bounds, Side, size};
use rust_decimal::Decimal;

use super::verdict::Verdict;
use crate::Risk;

/// What of an account a plan is measured against, quote currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Means {
    /// The equity: what the exchange says of the wallet the plan trades from, else the quote currency and the symbol's
    /// own coins in it. Other assets count for nothing, as no price is known of them.
    pub(crate) equity: Decimal,
    /// Free for a new order.
    pub(crate) free: Decimal,
    /// Coins of the symbol that are free to be sold, base currency.
    pub(crate) coins: Decimal,
    /// Held of the symbol already, on either side.
    pub(crate) held: Decimal,
}

impl Means {
    /// The means of `account` for a plan on `terms`' market.
    pub(crate) fn of(account: &AccountDocument, terms: &Terms) -> Self {
        let market = terms.market;
        let quote = terms.price_unit.as_str();
        let worth = |amount: Decimal| amount.checked_mul(terms.last_price).unwrap_or(Decimal::MAX);
        let coins = worth(account.coins(quote));
        let cash = || account.deposits_of(market, quote);
        let told = account.equity.as_ref().filter(|equity| equity.wallet.serves(market));
        let summed = cash().map(|deposit| deposit.total).sum::<Decimal>()
            + if market == Market::Spot { coins } else { Decimal::ZERO };
        let free: Decimal = cash().map(|deposit| deposit.free).sum();
        let base = account.symbol.as_str().strip_suffix(quote).unwrap_or_default();
        let contracts = account.own_positions().map(|position| worth(position.quantity));
        Self {
            equity: told.map_or(summed, |equity| equity.total),
            free: told.and_then(|equity| equity.free).map_or(free, |most| most.min(free)),
            coins: account.deposits_of(Market::Spot, base).map(|deposit| deposit.free).sum(),
            held: contracts.fold(coins, Decimal::saturating_add),
        }
    }

    /// Whether the symbol, with `more` of it, would be worth over `risk`'s part of the equity.
    pub(crate) fn is_exceeded(&self, more: Decimal, risk: &Risk) -> bool {
        let limit = self.equity.checked_mul(risk.max_exposure_pct).map(|limit| limit / Decimal::ONE_HUNDRED);
        limit.is_some_and(|limit| self.held.saturating_add(more) > limit)
    }
}

/// What a plan is sized by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// The account's means, where it was read.
    pub(crate) means: Option<&'a Means>,
    /// What the exchange takes as an order on the plan's market.
    pub(crate) filters: Option<&'a OrderFilters>,
    /// What a plan has to reckon with.
    pub(crate) terms: &'a Terms,
}

/// The size of a plan that keeps every hard rule; `None` of any other.
pub(crate) fn of(verdict: &Verdict, wanted: &Wanted<'_>, risk: &Risk) -> Option<Result<Size, NoSize>> {
    let geometry = verdict.geometry.as_ref().filter(|_| verdict.broken.is_empty())?;
    let Some(means) = wanted.means else { return Some(Err(NoSize::AccountNotProvided)) };
    let market = wanted.terms.market;
    let Some(filters) = wanted.filters else {
        return Some(Err(match market {
            Market::Spot => NoSize::FiltersUnknown,
            Market::Perp => NoSize::ContractUnknown,
        }));
    };
    let is_short = verdict.plan.as_ref().is_some_and(|plan| plan.side == Side::Short);
    let most = |amount: Decimal, by: Decimal| amount.checked_mul(by).unwrap_or(Decimal::MAX);
    let bounds = Bounds {
        step: filters.step,
        min_quantity: filters.min_quantity.unwrap_or(filters.step),
        min_notional: filters.min_notional.unwrap_or_default(),
        buying_power: match market {
            // what is held is sold, and nothing else
            Market::Spot if is_short => most(means.coins, geometry.entry),
            Market::Spot => means.free,
            // without a leverage that is known a contract is taken to be paid for in full
            Market::Perp => most(means.free, wanted.terms.leverage.unwrap_or(Decimal::ONE)),
        },
        leverage: wanted.terms.leverage.filter(|_| market == Market::Perp),
    };
    Some(size(geometry, means.equity, risk.per_trade_pct, &bounds).map_err(NoSize::from))
}

#[cfg(test)]
mod tests {
    use domain::account::{Deposit, Equity, Position, PositionSide, SCHEMA, Wallet};
    use domain::recommendation::AccountState;

    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn deposit(wallet: Wallet, asset: &str, free: &str, locked: &str) -> Deposit {
        let (free, locked) = (decimal(free), decimal(locked));
        Deposit { wallet, asset: asset.to_owned(), free, locked, total: free + locked }
    }

    /// 9500 and 500 USDT and 0.05 BTC for spot; 2000 USDT of which 1700 are free for contracts, 0.02 BTC of them held.
    fn account() -> AccountDocument {
        AccountDocument {
            schema: SCHEMA.to_owned(),
            state: AccountState::Provided,
            venue: "binance".to_owned(),
            symbol: "BTCUSDT".parse().unwrap(),
            as_of: "2026-04-30T04:00:00Z".parse().unwrap(),
            read_at: "2026-04-30T04:00:07Z".parse().unwrap(),
            deposits: vec![
                deposit(Wallet::Spot, "USDT", "9500", "500"),
                deposit(Wallet::Spot, "BTC", "0.05", "0"),
                deposit(Wallet::Spot, "SOL", "100", "0"),
                deposit(Wallet::Funding, "USDT", "7", "0"),
                deposit(Wallet::Perp, "USDT", "2000", "0"),
            ],
            positions: vec![Position {
                symbol: "BTCUSDT".parse().unwrap(),
                side: PositionSide::Short,
                quantity: decimal("0.02"),
                entry_price: decimal("80000"),
                mark_price: None,
                liquidation_price: None,
                leverage: None,
                is_isolated: None,
                unrealised_pnl: None,
            }],
            orders: Vec::new(),
            equity: Some(Equity {
                wallet: Wallet::Perp,
                currency: "USD".to_owned(),
                total: decimal("2010"),
                free: Some(decimal("1700")),
            }),
            rates: Vec::new(),
            warnings: Vec::new(),
        }
    }

    fn terms(market: Market, leverage: Option<i64>) -> Terms {
        Terms {
            market,
            can_be_sold_short: market == Market::Perp,
            tick: decimal("0.01"),
            price_unit: "USDT".to_owned(),
            last_price: decimal("75000"),
            atr14_1d: decimal("2000"),
            cost_per_side: decimal("0.0015"),
            mean_funding: None,
            funding_interval_hours: None,
            leverage: leverage.map(Decimal::from),
            maintenance_margin: None,
            account: "provided",
        }
    }

    fn means(market: Market) -> Means {
        Means::of(&account(), &terms(market, None))
    }

    /// Spot: 10000 USDT and 0.05 x 75000 = 3750 in coins; contracts: what the exchange says. Held either way: those
    /// coins and 0.02 x 75000 = 1500 in contracts.
    #[test]
    fn a_plan_is_measured_against_the_wallet_it_trades_from() {
        let of = |equity: &str, free: &str| Means {
            equity: decimal(equity),
            free: decimal(free),
            coins: decimal("0.05"),
            held: decimal("5250"),
        };
        assert_eq!(means(Market::Spot), of("13750", "9500"));
        assert_eq!(means(Market::Perp), of("2010", "1700"));
    }

    /// Half of 13750 is 6875: 1625 more than what is held.
    #[test]
    fn what_stands_in_a_symbol_is_bounded() {
        let half = Risk { per_trade_pct: Decimal::ONE, max_exposure_pct: decimal("50") };
        assert!(!means(Market::Spot).is_exceeded(decimal("1625"), &half));
        assert!(means(Market::Spot).is_exceeded(decimal("1625.01"), &half));
    }

    /// A plan that loses 3320.35 a coin from 75000.
    fn planned(side: Side) -> Verdict {
        let at = decimal("75000");
        Verdict {
            plan: Some(market::plan::Plan {
                side,
                entry_low: at,
                entry_high: at,
                stop: at,
                targets: Vec::new(),
            }),
            geometry: Some(market::plan::Geometry {
                entry: at,
                loss: decimal("3320.35"),
                gains: Vec::new(),
                reward_to_risk: Decimal::TWO,
                first_reward_to_risk: Decimal::ONE,
            }),
            ..Verdict::default()
        }
    }

    const RISK: Risk = Risk { per_trade_pct: Decimal::ONE, max_exposure_pct: Decimal::ONE_HUNDRED };

    fn filters() -> OrderFilters {
        OrderFilters { step: decimal("0.00001"), min_quantity: None, min_notional: Some(decimal("5")) }
    }

    #[test]
    fn where_there_is_no_size_its_reason_is_told() {
        let (plan, filters, spot) = (planned(Side::Long), filters(), means(Market::Spot));
        let found = |verdict: &Verdict, means: Option<&Means>, filters: Option<&OrderFilters>, market| {
            let wanted = Wanted { means, filters, terms: &terms(market, None) };
            of(verdict, &wanted, &RISK).map(|size| size.map(|size| size.quantity.to_string()))
        };
        // 137.5 / 3320.35 is 0.041411...
        assert_eq!(found(&plan, Some(&spot), Some(&filters), Market::Spot), Some(Ok("0.04141".to_owned())));
        assert_eq!(found(&plan, None, Some(&filters), Market::Spot), Some(Err(NoSize::AccountNotProvided)));
        assert_eq!(found(&plan, Some(&spot), None, Market::Spot), Some(Err(NoSize::FiltersUnknown)));
        assert_eq!(found(&plan, Some(&spot), None, Market::Perp), Some(Err(NoSize::ContractUnknown)));
        let poor = Means { free: decimal("4"), ..spot };
        assert_eq!(found(&plan, Some(&poor), Some(&filters), Market::Spot), Some(Err(NoSize::TooSmall)));
        let broke = Means { equity: Decimal::ZERO, ..spot };
        assert_eq!(found(&plan, Some(&broke), Some(&filters), Market::Spot), Some(Err(NoSize::NoFunds)));
        let broken = Verdict { broken: vec![domain::recommendation::BrokenRule::RewardToRisk], ..plan };
        assert_eq!(found(&broken, Some(&spot), Some(&filters), Market::Spot), None);
    }

    /// 1 % of 2010 is 20.1, over 3320.35 it is 0.006053...: to a step of 0.001 0.006, worth 450, at 5 of leverage 90. With
    /// 0.85 free 4.25 buy 0.00005, less than a step. With 20 % at risk 0.121
    /// would be worth 9075, and 1700 x 5 buy 0.113. A smallest quantity of 0.01 is more than 0.006.
    #[test]
    fn a_contract_is_sized_by_its_own_steps_within_its_margin() {
        let (plan, perp, terms) = (planned(Side::Short), means(Market::Perp), terms(Market::Perp, Some(5)));
        let contract = OrderFilters { step: decimal("0.001"), min_quantity: None, min_notional: None };
        let found = |means: &Means, filters: &OrderFilters, risk: &Risk| {
            of(&plan, &Wanted { means: Some(means), filters: Some(filters), terms: &terms }, risk).unwrap()
        };
        let size = found(&perp, &contract, &RISK).unwrap();
        assert_eq!((size.quantity, size.margin), (decimal("0.006"), Some(decimal("90"))));
        let bold = Risk { per_trade_pct: decimal("20"), ..RISK };
        let size = found(&perp, &contract, &bold).unwrap();
        assert_eq!((size.quantity, size.is_bounded_by_funds), (decimal("0.113"), true));
        assert_eq!(size.margin, Some(decimal("1695")));
        let poor = Means { free: decimal("0.85"), ..perp };
        assert_eq!(found(&poor, &contract, &RISK), Err(NoSize::TooSmall));
        let coarse = OrderFilters { min_quantity: Some(decimal("0.01")), ..contract };
        assert_eq!(found(&perp, &coarse, &RISK), Err(NoSize::TooSmall));
    }

    /// 0.05 BTC are held; 10 % of 13750 over 3320.35 would be 0.41411.
    #[test]
    fn no_more_is_sold_on_spot_than_is_held() {
        let bold = Risk { per_trade_pct: decimal("10"), ..RISK };
        let wanted = Wanted {
            means: Some(&means(Market::Spot)),
            filters: Some(&filters()),
            terms: &terms(Market::Spot, None),
        };
        let size = of(&planned(Side::Short), &wanted, &bold).unwrap().unwrap();
        assert_eq!((size.quantity, size.is_bounded_by_funds), (decimal("0.05"), true));
        assert_eq!(size.margin, None);
    }
}
