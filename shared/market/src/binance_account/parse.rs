use domain::account::{Deposit, Equity, Order, OrderSide, Position, PositionSide, Wallet};
use domain::series::OrderFilters;
use domain::{Market, Symbol, text};
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;

use super::wire::{
    AlgoOrder, ContractFilter, ContractInfo, Contracts, FundingRate, LeverageBrackets, OneOrMany, OpenOrder,
    PerpAccount, PositionRisk, SpotAccount, SymbolConfig,
};
use crate::MarketError;

/// Most rates that enter a mean of funding.
pub(super) const RATES: usize = 21;

pub(super) fn json<T: DeserializeOwned>(body: &[u8], what: &str) -> Result<T, MarketError> {
    // serde_json names the field and place; values are the owner's, so they are not told
    serde_json::from_slice(body).map_err(|error| {
        MarketError::unexpected(format!("{what}: line {}, column {}", error.line(), error.column()))
    })
}

/// A number that must be there.
pub(super) fn number(text: &str, what: &str) -> Result<Decimal, MarketError> {
    Decimal::from_str_exact(text).map_err(|_| MarketError::unexpected(format!("{what} is no decimal number")))
}

/// A number that may be empty, or be 0 for none.
fn some(text: &str, what: &str) -> Result<Option<Decimal>, MarketError> {
    if text.is_empty() {
        return Ok(None);
    }
    number(text, what).map(|value| (!value.is_zero()).then_some(value))
}

fn symbol(text: &str) -> Result<Symbol, MarketError> {
    text.parse().map_err(|_| MarketError::unexpected("a symbol of an unknown form"))
}

/// The name of an asset or a type of order: the exchange's, held to a symbol's length.
fn name(name: &str) -> String {
    text::one_line(name, 32)
}

pub(super) fn spot_deposits(account: &SpotAccount) -> Result<Vec<Deposit>, MarketError> {
    let mut deposits = Vec::new();
    for balance in &account.balances {
        let free = number(&balance.free, "a free balance")?;
        let locked = number(&balance.locked, "a locked balance")?;
        let total = free.saturating_add(locked);
        if !total.is_zero() {
            deposits.push(Deposit { wallet: Wallet::Spot, asset: name(&balance.asset), free, locked, total });
        }
    }
    Ok(deposits)
}

/// What of the wallet is bound is what is not available. With several assets as margin an asset's available balance
/// counts the others too, so it is held to the asset's own.
pub(super) fn perp_deposits(account: &PerpAccount) -> Result<Vec<Deposit>, MarketError> {
    let mut deposits = Vec::new();
    for asset in &account.assets {
        let total = number(&asset.wallet_balance, "a wallet balance")?;
        if total.is_zero() {
            continue;
        }
        let available = some(&asset.available_balance, "an available balance")?.unwrap_or_default();
        let free = available.min(total).max(Decimal::ZERO);
        let locked = total - free;
        deposits.push(Deposit { wallet: Wallet::Perp, asset: name(&asset.asset), free, locked, total });
    }
    Ok(deposits)
}

/// The totals are in USD where several assets are margin, and in USDT, its like, where one is.
pub(super) fn equity(account: &PerpAccount) -> Result<Equity, MarketError> {
    Ok(Equity {
        wallet: Wallet::Perp,
        currency: "USD".to_owned(),
        total: number(&account.total_margin_balance, "a margin balance")?,
        free: some(&account.available_balance, "an available balance")?,
    })
}

/// The positions, and whether one of them is of hedge mode. Each row's own sign or side tells its direction.
pub(super) fn positions(
    rows: &[PositionRisk],
    configs: &[SymbolConfig],
) -> Result<(Vec<Position>, bool), MarketError> {
    let mut positions = Vec::new();
    let mut is_hedged = false;
    for row in rows {
        let side = position_side(&row.position_side)?;
        is_hedged |= side.is_some();
        let amount = number(&row.position_amt, "a position's amount")?;
        if amount.is_zero() {
            continue;
        }
        let sign = if amount.is_sign_negative() { PositionSide::Short } else { PositionSide::Long };
        let config = configs.iter().find(|config| config.symbol == row.symbol);
        positions.push(Position {
            symbol: symbol(&row.symbol)?,
            side: side.unwrap_or(sign),
            quantity: amount.abs(),
            entry_price: number(&row.entry_price, "an entry price")?,
            mark_price: some(&row.mark_price, "a mark price")?,
            liquidation_price: some(&row.liquidation_price, "a liquidation price")?,
            leverage: config.map(|config| Decimal::from(config.leverage)),
            is_isolated: config.map(|config| config.margin_type.eq_ignore_ascii_case("ISOLATED")),
            unrealised_pnl: match row.unrealized_profit.as_str() {
                "" => None,
                profit => Some(number(profit, "a position's profit")?),
            },
        });
    }
    Ok((positions, is_hedged))
}

fn position_side(word: &str) -> Result<Option<PositionSide>, MarketError> {
    match word {
        "" | "BOTH" => Ok(None),
        "LONG" => Ok(Some(PositionSide::Long)),
        "SHORT" => Ok(Some(PositionSide::Short)),
        _ => Err(MarketError::unexpected("a position side without a name here")),
    }
}

fn order_side(word: &str) -> Result<OrderSide, MarketError> {
    match word {
        "BUY" => Ok(OrderSide::Buy),
        "SELL" => Ok(OrderSide::Sell),
        _ => Err(MarketError::unexpected("an order side without a name here")),
    }
}

/// `STOP`, `STOP_MARKET`, `STOP_LOSS`, `STOP_LOSS_LIMIT`, `TRAILING_STOP_MARKET`.
fn is_stop(kind: &str) -> bool {
    kind.contains("STOP")
}

pub(super) fn orders(rows: &[OpenOrder], market: Market) -> Result<Vec<Order>, MarketError> {
    let order = |row: &OpenOrder| -> Result<Order, MarketError> {
        let wanted = number(&row.orig_qty, "an order's quantity")?;
        let executed = some(&row.executed_qty, "an executed quantity")?.unwrap_or_default();
        let left = wanted.saturating_sub(executed);
        Ok(Order {
            market,
            symbol: symbol(&row.symbol)?,
            side: order_side(&row.side)?,
            position_side: position_side(&row.position_side)?,
            kind: name(&row.kind),
            price: some(&row.price, "an order's price")?,
            stop_price: some(&row.stop_price, "a stop price")?,
            quantity: (!row.close_position && !left.is_zero()).then_some(left),
            is_reduce_only: row.reduce_only || row.close_position,
            is_stop: is_stop(&row.kind),
        })
    };
    rows.iter().map(order).collect()
}

pub(super) fn algo_orders(rows: &[AlgoOrder]) -> Result<Vec<Order>, MarketError> {
    let order = |row: &AlgoOrder| -> Result<Order, MarketError> {
        let quantity = some(&row.quantity, "an order's quantity")?;
        Ok(Order {
            market: Market::Perp,
            symbol: symbol(&row.symbol)?,
            side: order_side(&row.side)?,
            position_side: position_side(&row.position_side)?,
            kind: name(&row.order_type),
            price: some(&row.price, "an order's price")?,
            stop_price: some(&row.trigger_price, "a trigger price")?,
            quantity: quantity.filter(|_| !row.close_position),
            is_reduce_only: row.reduce_only || row.close_position,
            is_stop: is_stop(&row.order_type),
        })
    };
    rows.iter().map(order).collect()
}

/// The price step of the symbol's perpetual contract and what is taken as an order of it; `None` where there is no such
/// contract, or it does not trade.
pub(super) fn contract(
    contracts: &Contracts,
    symbol: &Symbol,
) -> Result<Option<(Decimal, OrderFilters)>, MarketError> {
    let is_own = |info: &&ContractInfo| {
        // shares and metals are PERPETUAL by another name, dated contracts are none
        info.symbol == symbol.as_str()
            && info.contract_type.ends_with("PERPETUAL")
            && info.status == "TRADING"
    };
    let Some(info) = contracts.symbols.iter().find(is_own) else { return Ok(None) };
    let (mut tick, mut lot, mut least) = (None, None, None);
    for filter in &info.filters {
        match filter {
            ContractFilter::Price { tick_size } => tick = some(tick_size, "a contract's price step")?,
            ContractFilter::LotSize { step_size, min_qty } => {
                let step = some(step_size, "a contract's quantity step")?;
                lot = Some((step, some(min_qty, "a contract's smallest quantity")?));
            }
            ContractFilter::Notional { notional } => least = some(notional, "a contract's smallest value")?,
            ContractFilter::Other => {}
        }
    }
    let missing = |what: &str| MarketError::unexpected(format!("a contract without a {what} step"));
    let above_zero = |step: Option<Decimal>| step.filter(|step| step.is_sign_positive());
    let tick = above_zero(tick).ok_or_else(|| missing("price"))?.normalize();
    let (step, min_quantity) = lot.unwrap_or_default();
    let step = above_zero(step).ok_or_else(|| missing("quantity"))?.normalize();
    let (min_quantity, min_notional) = (min_quantity.map(|q| q.normalize()), least.map(|n| n.normalize()));
    Ok(Some((tick, OrderFilters { step, min_quantity, min_notional })))
}

/// The leverage that is set for the symbol.
pub(super) fn leverage(configs: &[SymbolConfig], symbol: &Symbol) -> Option<Decimal> {
    let own = configs.iter().find(|config| config.symbol == symbol.as_str());
    own.map(|config| Decimal::from(config.leverage)).filter(|leverage| !leverage.is_zero())
}

/// The maintenance margin rate of the lowest bracket.
pub(super) fn maintenance(brackets: &OneOrMany<LeverageBrackets>) -> Result<Option<Decimal>, MarketError> {
    let own = match brackets {
        OneOrMany::One(own) => Some(own),
        OneOrMany::Many(many) => many.first(),
    };
    let lowest = own.and_then(|own| own.brackets.iter().min_by_key(|bracket| bracket.bracket));
    lowest.map(|bracket| number(&bracket.maint_margin_ratio.to_string(), "a maintenance rate")).transpose()
}

/// Mean of the newest rates, and the hours between the last two.
pub(super) fn funding(rates: &[FundingRate]) -> Result<(Option<Decimal>, Option<u32>), MarketError> {
    let newest = rates.get(rates.len().saturating_sub(RATES)..).unwrap_or_default();
    let mut sum = Decimal::ZERO;
    for rate in newest {
        sum = sum.saturating_add(number(&rate.funding_rate, "a funding rate")?);
    }
    let mean = sum.checked_div(Decimal::from(newest.len())).map(|mean| mean.round_dp(12).normalize());
    let hours = match newest {
        [.., before, last] => {
            // fundings are told to the millisecond, some of them late
            let minutes = (last.funding_time - before.funding_time) / 60_000;
            u32::try_from((minutes + 30) / 60).ok().filter(|hours| *hours > 0)
        }
        _ => None,
    };
    Ok((mean, hours))
}
