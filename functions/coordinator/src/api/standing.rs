use domain::{Source, Symbol, Timeframe};
use storage::{CandleStore, SeriesKey, StoreError};

/// What keeps a watched symbol from being read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It does not trade.
    Halted,
    /// Its history is being collected; the timeframes that are there.
    Collecting(Vec<Timeframe>),
}

impl Standing {
    /// Where the symbol's candles of `source` stand; nothing of one that can be read.
    ///
    /// # Errors
    /// Whatever storage says.
    pub async fn of(
        candles: &dyn CandleStore,
        source: &Source,
        symbol: &Symbol,
    ) -> Result<Option<Self>, StoreError> {
        let instrument = candles.instrument(source, symbol).await?;
        if instrument.is_some_and(|found| !found.is_trading()) {
            return Ok(Some(Self::Halted));
        }
        let mut there = Vec::new();
        for timeframe in Timeframe::ALL {
            let series = SeriesKey { source: source.clone(), symbol: symbol.clone(), timeframe };
            if candles.refreshed_at(&series).await?.is_some() {
                there.push(timeframe);
            }
        }
        Ok((there.len() < Timeframe::ALL.len()).then_some(Self::Collecting(there)))
    }
}
