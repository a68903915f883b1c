use std::collections::BTreeMap;

use domain::{Candle, Symbol, Timeframe};
use jiff::{SignedDuration, Timestamp};
use market::{Exchange, MarketError};

/// Bars of history that are read: one page of an exchange.
const PAGE: u16 = 1000;

/// Closed bars that were read in this attempt, by symbol and timeframe.
#[derive(Default)]
pub(super) struct Bars(BTreeMap<(Symbol, Timeframe), Vec<Candle>>);

impl Bars {
    /// The newest bars that had closed by `as_of`, oldest first.
    pub(super) async fn closed(
        &mut self,
        exchange: &Exchange,
        symbol: &Symbol,
        timeframe: Timeframe,
        as_of: Timestamp,
    ) -> Result<&[Candle], MarketError> {
        let key = (symbol.clone(), timeframe);
        if !self.0.contains_key(&key) {
            let bars = closed(exchange, symbol, timeframe, as_of, as_of).await?;
            self.0.insert(key.clone(), bars);
        }
        Ok(self.0.get(&key).map(Vec::as_slice).unwrap_or_default())
    }
}

/// Bars that opened by `end` and had closed by `as_of`, the newest of them, oldest first: of a past instant no bar that
/// was still forming then.
pub(super) async fn closed(
    exchange: &Exchange,
    symbol: &Symbol,
    timeframe: Timeframe,
    end: Timestamp,
    as_of: Timestamp,
) -> Result<Vec<Candle>, MarketError> {
    // up to the bar in progress, so that as many are had whether the exchange shows it yet or not
    let end = end.min(just_before(timeframe.open_of(as_of)));
    let mut bars = exchange.klines(symbol, timeframe, None, Some(end), PAGE).await?;
    bars.retain(|bar| bar.close_time < as_of);
    Ok(bars)
}

/// The last instant before a bar opens.
pub(super) fn just_before(open: Timestamp) -> Timestamp {
    open.checked_sub(SignedDuration::from_millis(1)).unwrap_or(open)
}
