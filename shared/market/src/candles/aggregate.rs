use domain::{Candle, Timeframe};
use rust_decimal::Decimal;

/// Bars of `timeframe` from 1h bars, oldest first: exactly the exchange's own, in every field.
///
/// Bars without trades carry the last price of before an outage, so they supply no open, high, low or close
/// while another bar of the group traded. As on the exchange, a bar closes with its last 1h bar. The caller
/// knows how far its 1h bars reach: the first and the last bar may be parts.
pub fn aggregate(hours: &[Candle], timeframe: Timeframe) -> Vec<Candle> {
    hours
        .chunk_by(|a, b| timeframe.open_of(a.open_time) == timeframe.open_of(b.open_time))
        .filter_map(|group| merged(group, timeframe))
        .collect()
}

fn merged(group: &[Candle], timeframe: Timeframe) -> Option<Candle> {
    let (first, last) = (group.first()?, group.last()?);
    let traded: Vec<&Candle> = group.iter().filter(|bar| bar.is_traded()).collect();
    let priced = if traded.is_empty() { group.iter().collect() } else { traded };
    let (opening, closing) = (priced.first()?, priced.last()?);
    // no exchange trades 2^96 units: saturating only keeps absurd input from a panic
    let sum =
        |field: fn(&Candle) -> Decimal| group.iter().map(field).fold(Decimal::ZERO, Decimal::saturating_add);
    // a part that one hour does not tell is not known of the whole
    let known = |field: fn(&Candle) -> Option<Decimal>| -> Option<Decimal> {
        let parts: Option<Vec<Decimal>> = group.iter().map(field).collect();
        parts.map(|parts| parts.into_iter().fold(Decimal::ZERO, Decimal::saturating_add))
    };
    let trades: Option<Vec<u64>> = group.iter().map(|bar| bar.trades).collect();
    Some(Candle {
        open_time: timeframe.open_of(first.open_time),
        close_time: last.close_time,
        open: opening.open,
        high: priced.iter().map(|bar| bar.high).max()?,
        low: priced.iter().map(|bar| bar.low).min()?,
        close: closing.close,
        volume: sum(|bar| bar.volume),
        quote_volume: sum(|bar| bar.quote_volume),
        trades: trades.map(|trades| trades.into_iter().fold(0, u64::saturating_add)),
        taker_base: known(|bar| bar.taker_base),
        taker_quote: known(|bar| bar.taker_quote),
    })
}
