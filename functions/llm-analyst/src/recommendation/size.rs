use domain::Market;
use domain::account::AccountDocument;
use domain::recommendation::{NoSize, Size};
use domain::series::OrderFilters;
use llm::Terms;
use market::plan::{Bounds, size};
use rust_decimal::Decimal;

use super::account::market;
use super::verdict::Verdict;
use crate::Risk;

/// What of an account a plan is measured against, quote currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Means {
    /// The equity: what the exchange says of the wallet the plan trades from, else the quote currency and the symbol's
    /// own coins in it. Other assets count for nothing, as no price is known of them.
    pub(crate) equity: Decimal,
    /// Free for a new order. A contract is taken to be paid for in full, without leverage.
    pub(crate) free: Decimal,
    /// Held of the symbol already, on either side.
    pub(crate) held: Decimal,
}

impl Means {
    /// The means of `account` for a plan on `terms`' market.
    pub(crate) fn of(account: &AccountDocument, terms: &Terms) -> Self {
        let market = market(&terms.market);
        let quote = terms.price_unit.as_str();
        let worth = |amount: Decimal| amount.checked_mul(terms.last_price).unwrap_or(Decimal::MAX);
        let coins = worth(account.coins(quote));
        let cash = || account.deposits_of(market, quote);
        let told = account.equity.as_ref().filter(|equity| equity.wallet.serves(market));
        let summed = cash().map(|deposit| deposit.total).sum::<Decimal>()
            + if market == Market::Spot { coins } else { Decimal::ZERO };
        let free: Decimal = cash().map(|deposit| deposit.free).sum();
        let contracts = account.own_positions().map(|position| worth(position.quantity));
        Self {
            equity: told.map_or(summed, |equity| equity.total),
            free: told.and_then(|equity| equity.free).map_or(free, |most| most.min(free)),
            held: contracts.fold(coins, Decimal::saturating_add),
        }
    }

    /// Whether the symbol, with `more` of it, would be worth over `risk`'s part of the equity.
    pub(crate) fn is_exceeded(&self, more: Decimal, risk: &Risk) -> bool {
        let limit = self.equity.checked_mul(risk.max_exposure_pct).map(|limit| limit / Decimal::ONE_HUNDRED);
        limit.is_some_and(|limit| self.held.saturating_add(more) > limit)
    }
}

/// The size of a plan that keeps every hard rule; `None` of any other.
pub(crate) fn of(
    verdict: &Verdict,
    means: Option<&Means>,
    filters: Option<&OrderFilters>,
    risk: &Risk,
) -> Option<Result<Size, NoSize>> {
    let geometry = verdict.geometry.as_ref().filter(|_| verdict.broken.is_empty())?;
    let Some(means) = means else { return Some(Err(NoSize::AccountNotProvided)) };
    let Some(filters) = filters else { return Some(Err(NoSize::FiltersUnknown)) };
    let bounds = Bounds {
        step: filters.step,
        min_quantity: filters.step,
        min_notional: filters.min_notional.unwrap_or_default(),
        buying_power: means.free,
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

    fn means(market: &str) -> Means {
        let terms = Terms {
            market: market.to_owned(),
            can_be_sold_short: market == "perp",
            tick: decimal("0.01"),
            price_unit: "USDT".to_owned(),
            last_price: decimal("75000"),
            atr14_1d: decimal("2000"),
            cost_per_side: decimal("0.0015"),
            funding: Decimal::ZERO,
            account: "provided",
        };
        Means::of(&account(), &terms)
    }

    /// Spot: 10000 USDT and 0.05 x 75000 = 3750 in coins; contracts: what the exchange says. Held either way: those
    /// coins and 0.02 x 75000 = 1500 in contracts.
    #[test]
    fn a_plan_is_measured_against_the_wallet_it_trades_from() {
        let of = |equity: &str, free: &str| Means {
            equity: decimal(equity),
            free: decimal(free),
            held: decimal("5250"),
        };
        assert_eq!(means("spot"), of("13750", "9500"));
        assert_eq!(means("perp"), of("2010", "1700"));
    }

    /// Half of 13750 is 6875: 1625 more than what is held.
    #[test]
    fn what_stands_in_a_symbol_is_bounded() {
        let half = Risk { per_trade_pct: Decimal::ONE, max_exposure_pct: decimal("50") };
        assert!(!means("spot").is_exceeded(decimal("1625"), &half));
        assert!(means("spot").is_exceeded(decimal("1625.01"), &half));
    }

    #[test]
    fn where_there_is_no_size_its_reason_is_told() {
        let plan = Verdict {
            geometry: Some(market::plan::Geometry {
                entry: decimal("75000"),
                loss: decimal("3320.35"),
                gains: Vec::new(),
                reward_to_risk: Decimal::TWO,
                first_reward_to_risk: Decimal::ONE,
            }),
            ..Verdict::default()
        };
        let filters = OrderFilters { step: decimal("0.00001"), min_notional: Some(decimal("5")) };
        let risk = Risk { per_trade_pct: Decimal::ONE, max_exposure_pct: Decimal::ONE_HUNDRED };
        let found = |verdict: &Verdict, means: Option<&Means>, filters: Option<&OrderFilters>| {
            of(verdict, means, filters, &risk).map(|size| size.map(|size| size.quantity.to_string()))
        };
        let spot = means("spot");
        // 137.5 / 3320.35 is 0.041411...
        assert_eq!(found(&plan, Some(&spot), Some(&filters)), Some(Ok("0.04141".to_owned())));
        assert_eq!(found(&plan, None, Some(&filters)), Some(Err(NoSize::AccountNotProvided)));
        assert_eq!(found(&plan, Some(&spot), None), Some(Err(NoSize::FiltersUnknown)));
        let poor = Means { free: decimal("4"), ..spot };
        assert_eq!(found(&plan, Some(&poor), Some(&filters)), Some(Err(NoSize::TooSmall)));
        let broke = Means { equity: Decimal::ZERO, ..spot };
        assert_eq!(found(&plan, Some(&broke), Some(&filters)), Some(Err(NoSize::NoFunds)));
        let broken = Verdict { broken: vec![domain::recommendation::BrokenRule::RewardToRisk], ..plan };
        assert_eq!(found(&broken, Some(&spot), Some(&filters)), None);
    }
}
