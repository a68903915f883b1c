use domain::account::{Deposit, Equity, Order, OrderSide, Position, PositionSide, Wallet as In};
use domain::series::OrderFilters;
use domain::{Market, Symbol, text};
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;

use super::wire::{ContractInfo, Envelope, FundingRate, OrderInfo, PositionInfo, RiskLimit, Wallet};
use crate::MarketError;

/// Most rates that enter a mean of funding.
pub(super) const RATES: usize = 21;

/// The result of an answer.
pub(super) fn result<T: DeserializeOwned>(body: &[u8], what: &str) -> Result<T, MarketError> {
    // serde_json names the field and place; values are the owner's, so they are not told
    serde_json::from_slice::<Envelope<T>>(body).map(|answer| answer.result).map_err(|error| {
        MarketError::unexpected(format!("{what}: line {}, column {}", error.line(), error.column()))
    })
}

/// A number that must be there.
pub(super) fn number(text: &str, what: &str) -> Result<Decimal, MarketError> {
    Decimal::from_str_exact(text).map_err(|_| MarketError::unexpected(format!("{what} is no decimal number")))
}

/// A number that may be empty.
fn told(text: &str, what: &str) -> Result<Option<Decimal>, MarketError> {
    if text.is_empty() { Ok(None) } else { number(text, what).map(Some) }
}

/// A number that may be empty, or be 0 for none.
fn some(text: &str, what: &str) -> Result<Option<Decimal>, MarketError> {
    Ok(told(text, what)?.filter(|value| !value.is_zero()))
}

fn symbol(text: &str) -> Result<Symbol, MarketError> {
    text.parse().map_err(|_| MarketError::unexpected("a symbol of an unknown form"))
}

/// The name of an asset or a type of order: the exchange's, held to a symbol's length.
fn name(name: &str) -> String {
    text::one_line(name, 32)
}

/// What of the wallet is bound is what lies in spot orders and as margin; what is borrowed counts as held, and a debt
/// as less than nothing.
pub(super) fn deposits(wallet: &Wallet) -> Result<Vec<Deposit>, MarketError> {
    let mut deposits = Vec::new();
    for coin in &wallet.coin {
        let total = told(&coin.wallet_balance, "a wallet balance")?.unwrap_or_default();
        if total.is_zero() {
            continue;
        }
        let mut bound = Decimal::ZERO;
        for part in [&coin.locked, &coin.order_margin, &coin.position_margin] {
            bound = bound.saturating_add(told(part, "a bound balance")?.unwrap_or_default());
        }
        let free = total.saturating_sub(bound).max(Decimal::ZERO);
        let locked = total.saturating_sub(free).max(Decimal::ZERO);
        deposits.push(Deposit { wallet: In::Unified, asset: name(&coin.coin), free, locked, total });
    }
    Ok(deposits)
}

/// The totals are in USD. Where each position has margin of its own the exchange tells no available balance.
pub(super) fn equity(wallet: &Wallet) -> Result<Option<Equity>, MarketError> {
    let Some(total) = told(&wallet.total_equity, "an equity")? else { return Ok(None) };
    let free = told(&wallet.total_available_balance, "an available balance")?;
    Ok(Some(Equity { wallet: In::Unified, currency: "USD".to_owned(), total, free }))
}

/// The positions, whether one of them is of hedge mode, and the stops that are tied to them.
pub(super) fn positions(rows: &[PositionInfo]) -> Result<(Vec<Position>, bool, Vec<Order>), MarketError> {
    let (mut positions, mut is_hedged, mut stops) = (Vec::new(), false, Vec::new());
    for row in rows {
        let of_side = position_side(row.position_idx)?;
        is_hedged |= of_side.is_some();
        let quantity = told(&row.size, "a position's size")?.unwrap_or_default();
        if quantity.is_zero() {
            continue;
        }
        let side = match row.side.as_str() {
            "Buy" => PositionSide::Long,
            "Sell" => PositionSide::Short,
            _ => return Err(MarketError::unexpected("a position side without a name here")),
        };
        let position = Position {
            symbol: symbol(&row.symbol)?,
            side,
            quantity: quantity.abs(),
            entry_price: number(&row.avg_price, "an entry price")?,
            mark_price: some(&row.mark_price, "a mark price")?,
            liquidation_price: some(&row.liq_price, "a liquidation price")?,
            leverage: some(&row.leverage, "a leverage")?,
            // the exchange tells it of the account, not of a position
            is_isolated: None,
            unrealised_pnl: told(&row.unrealised_pnl, "a position's profit")?,
        };
        stops.extend(tied_stop(row, &position, of_side)?);
        positions.push(position);
    }
    Ok((positions, is_hedged, stops))
}

/// The stop that a position itself names.
fn tied_stop(
    row: &PositionInfo,
    position: &Position,
    position_side: Option<PositionSide>,
) -> Result<Option<Order>, MarketError> {
    let stop_price = some(&row.stop_loss, "a stop price")?;
    let trails = some(&row.trailing_stop, "a trailing distance")?.is_some();
    if stop_price.is_none() && !trails {
        return Ok(None);
    }
    Ok(Some(Order {
        market: Market::Perp,
        symbol: position.symbol.clone(),
        side: match position.side {
            PositionSide::Long => OrderSide::Sell,
            PositionSide::Short => OrderSide::Buy,
        },
        position_side,
        kind: if stop_price.is_some() { "StopLoss" } else { "TrailingStop" }.to_owned(),
        price: None,
        stop_price,
        quantity: None,
        is_reduce_only: true,
        is_stop: true,
    }))
}

/// Adds what is tied to positions to the orders, but for what is among them already.
pub(super) fn with_tied(mut orders: Vec<Order>, stops: Vec<Order>) -> Vec<Order> {
    for stop in stops {
        let is_known = orders.iter().any(|order| {
            order.is_stop && order.symbol == stop.symbol && order.side == stop.side && order.kind == stop.kind
        });
        if !is_known {
            orders.push(stop);
        }
    }
    orders
}

fn position_side(index: u8) -> Result<Option<PositionSide>, MarketError> {
    match index {
        0 => Ok(None),
        1 => Ok(Some(PositionSide::Long)),
        2 => Ok(Some(PositionSide::Short)),
        _ => Err(MarketError::unexpected("a position index without a name here")),
    }
}

pub(super) fn orders(rows: &[OrderInfo], market: Market) -> Result<Vec<Order>, MarketError> {
    let order = |row: &OrderInfo| -> Result<Order, MarketError> {
        let side = match row.side.as_str() {
            "Buy" => OrderSide::Buy,
            "Sell" => OrderSide::Sell,
            _ => return Err(MarketError::unexpected("an order side without a name here")),
        };
        let left = told(&row.leaves_qty, "an open quantity")?;
        let left = left.map_or_else(|| told(&row.qty, "an order's quantity"), |left| Ok(Some(left)))?;
        let is_base = row.market_unit != "quoteCoin";
        Ok(Order {
            market,
            symbol: symbol(&row.symbol)?,
            side,
            position_side: if market == Market::Perp { position_side(row.position_idx)? } else { None },
            kind: name(if is_conditional(row) { &row.stop_order_type } else { &row.order_type }),
            price: some(&row.price, "an order's price")?,
            stop_price: some(&row.trigger_price, "a trigger price")?,
            // what closes all of a position is written as 0
            quantity: left.filter(|left| is_base && !left.is_zero()),
            is_reduce_only: row.reduce_only || row.close_on_trigger,
            is_stop: is_stop(row, market, side)?,
        })
    };
    rows.iter().map(order).collect()
}

fn is_conditional(row: &OrderInfo) -> bool {
    !matches!(row.stop_order_type.as_str(), "" | "UNKNOWN" | "None")
}

/// Whether an order gives a position up at a loss: by its name, else one that is triggered against the position, which
/// it can only make smaller. On the spot market, where nothing says so, one that sells as the price falls.
fn is_stop(row: &OrderInfo, market: Market, side: OrderSide) -> Result<bool, MarketError> {
    match row.stop_order_type.as_str() {
        "StopLoss" | "PartialStopLoss" | "TrailingStop" => return Ok(true),
        "TakeProfit" | "PartialTakeProfit" => return Ok(false),
        _ if !is_conditional(row) => return Ok(false),
        _ => {}
    }
    let only_closes = match market {
        Market::Spot => side == OrderSide::Sell,
        Market::Perp => row.reduce_only || row.close_on_trigger,
    };
    let falls = match row.trigger_direction {
        1 => Some(false),
        2 => Some(true),
        _ => {
            let trigger = some(&row.trigger_price, "a trigger price")?;
            let then = some(&row.last_price_on_created, "a price")?.or(some(&row.base_price, "a price")?);
            trigger.zip(then).map(|(trigger, then)| trigger < then)
        }
    };
    Ok(only_closes && falls == Some(side == OrderSide::Sell))
}

/// The price step of the symbol's perpetual contract and what is taken as an order of it; `None` where there is no such
/// contract, or it does not trade.
pub(super) fn contract(
    contracts: &[ContractInfo],
    symbol: &Symbol,
) -> Result<Option<(Decimal, OrderFilters)>, MarketError> {
    let is_own = |info: &&ContractInfo| {
        info.symbol == symbol.as_str() && info.contract_type == "LinearPerpetual" && info.status == "Trading"
    };
    let Some(info) = contracts.iter().find(is_own) else { return Ok(None) };
    let step = |text: &str, what: &str| {
        let step = some(text, what)?.filter(|step| step.is_sign_positive());
        step.map(|step| step.normalize())
            .ok_or_else(|| MarketError::unexpected(format!("{what} that is none")))
    };
    let least = |text: &str, what: &str| Ok(some(text, what)?.map(|least| least.normalize()));
    let lot = &info.lot_size_filter;
    let orders = OrderFilters {
        step: step(&lot.qty_step, "a contract's quantity step")?,
        min_quantity: least(&lot.min_order_qty, "a contract's smallest quantity")?,
        min_notional: least(&lot.min_notional_value, "a contract's smallest value")?,
    };
    Ok(Some((step(&info.price_filter.tick_size, "a contract's price step")?, orders)))
}

/// The leverage that is set for a symbol, which its rows tell without a position too. Of hedge mode's two sides the
/// lower one, which binds more margin.
pub(super) fn leverage(rows: &[PositionInfo]) -> Result<Option<Decimal>, MarketError> {
    let told: Result<Vec<_>, _> = rows.iter().map(|row| some(&row.leverage, "a leverage")).collect();
    Ok(told?.into_iter().flatten().min())
}

/// The maintenance margin rate of the lowest tier.
pub(super) fn maintenance(tiers: &[RiskLimit]) -> Result<Option<Decimal>, MarketError> {
    let lowest = tiers.iter().min_by_key(|tier| tier.id).map(|tier| &tier.maintenance_margin);
    let text = lowest.map(|rate| rate.as_str().map_or_else(|| rate.to_string(), str::to_owned));
    text.map(|text| number(&text, "a maintenance rate")).transpose()
}

/// Mean of the newest rates, which come first, and the hours between the last two.
pub(super) fn funding(rates: &[FundingRate]) -> Result<(Option<Decimal>, Option<u32>), MarketError> {
    let newest = rates.get(..rates.len().min(RATES)).unwrap_or_default();
    let mut sum = Decimal::ZERO;
    for rate in newest {
        sum = sum.saturating_add(number(&rate.funding_rate, "a funding rate")?);
    }
    let mean = sum.checked_div(Decimal::from(newest.len())).map(|mean| mean.round_dp(12).normalize());
    let hours = match newest {
        [last, before, ..] => {
            let time = |rate: &FundingRate| rate.funding_rate_timestamp.parse::<i64>().ok();
            let ms = time(last).zip(time(before)).and_then(|(last, before)| last.checked_sub(before));
            // fundings are told to the millisecond, some of them late
            ms.and_then(|ms| u32::try_from((ms / 60_000 + 30) / 60).ok()).filter(|hours| *hours > 0)
        }
        _ => None,
    };
    Ok((mean, hours))
}
