use domain::{Candle, Timeframe};
use jiff::Timestamp;

use super::error::MarketError;

/// What a page of candles was asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    pub(crate) timeframe: Timeframe,
    pub(crate) start: Option<Timestamp>,
    pub(crate) end: Option<Timestamp>,
    pub(crate) limit: usize,
}

impl Asked {
    /// Refuses a page with bars that were not asked for: too many, outside the span, or opening where no bar of the
    /// timeframe can. So a full page goes on by all its bars but one, and whoever pages comes to an end.
    pub(crate) fn check(&self, page: &[Candle]) -> Result<(), MarketError> {
        if page.len() > self.limit {
            let said = format!("{} candles where {} were asked for", page.len(), self.limit);
            return Err(MarketError::unexpected(said));
        }
        for open in page.iter().map(|candle| candle.open_time) {
            let strays = match () {
                () if self.timeframe.open_of(open) != open => "where no bar can",
                () if self.start.is_some_and(|start| open < start) => "before those asked for",
                () if self.end.is_some_and(|end| open > end) => "after those asked for",
                () => continue,
            };
            let said = format!("a {} candle that opens at {open}, {strays}", self.timeframe);
            return Err(MarketError::unexpected(said));
        }
        Ok(())
    }
}
