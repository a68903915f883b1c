use domain::{Candle, CandleRevision, Timeframe};
use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::candles::{FormingBar, data_age_s, forming, newest, uncollected};
use crate::indicators::{Columns, Indicator};

use super::Input;

/// What was known of a series at an instant.
pub(super) struct History {
    pub(super) timeframe: Timeframe,
    /// Closed bars, oldest first, those not yet collected included.
    pub(super) bars: Vec<CandleRevision>,
    pub(super) columns: Columns,
    /// ATR14 at each bar.
    pub(super) atr14: Vec<Option<f64>>,
    pub(super) forming: Option<FormingBar>,
    /// Open of the newest 1h bar, and its age at `as_of` in seconds.
    pub(super) newest_hour: Option<(Timestamp, i64)>,
    /// Open of the first 1h or 1d bar there is.
    pub(super) first_trade: Option<Timestamp>,
    /// Closed 1d bars, oldest first.
    pub(super) days: Vec<CandleRevision>,
}

impl History {
    pub(super) fn at(input: &Input) -> Self {
        let hours = newest(input.hours, input.as_of);
        let mut bars = closed(input.bars, input.as_of);
        let last_open = bars.last().map(|bar| bar.candle.open_time);
        let missing = uncollected(&hours, input.timeframe, last_open, input.as_of);
        bars.extend(missing.into_iter().map(|bar| as_closed(bar, input.as_of)));
        let mut days = closed(input.days, input.as_of);
        let last_day = days.last().map(|day| day.candle.open_time);
        if last_day.is_some() {
            let missing = uncollected(&hours, Timeframe::Day, last_day, input.as_of);
            days.extend(missing.into_iter().map(|day| as_closed(day, input.as_of)));
        }
        let columns = Columns::of(bars.iter().map(|bar| &bar.candle));
        let firsts = [days.first(), hours.first().copied()];
        Self {
            timeframe: input.timeframe,
            atr14: Indicator::Atr(14).values(&columns),
            columns,
            forming: forming(&hours, input.timeframe, input.as_of),
            newest_hour: hours
                .last()
                .and_then(|hour| data_age_s(&hours, input.as_of).map(|age| (hour.candle.open_time, age))),
            first_trade: firsts.into_iter().flatten().map(|bar| bar.candle.open_time).min(),
            bars,
            days,
        }
    }

    /// ATR14 at the last closed bar.
    pub(super) fn last_atr(&self) -> Option<f64> {
        self.atr14.last().copied().flatten()
    }

    /// The last closed bar.
    pub(super) fn last_bar(&self) -> Option<&Candle> {
        self.bars.last().map(|bar| &bar.candle)
    }

    /// Close of the bar in progress, else the last close; `None` without any bar.
    pub(super) fn last_price(&self) -> Option<Decimal> {
        let forming = self.forming.as_ref().map(|bar| bar.candle.close);
        forming.or_else(|| self.last_bar().map(|bar| bar.close))
    }

    /// The last `count` closed bars, and the index of the first of them.
    pub(super) fn tail(&self, count: usize) -> (usize, &[CandleRevision]) {
        let from = self.bars.len().saturating_sub(count);
        (from, self.bars.get(from..).unwrap_or_default())
    }

    /// The open of a closed bar as it is printed.
    pub(super) fn label(&self, index: usize) -> String {
        let open = self.bars.get(index).map(|bar| bar.candle.open_time);
        open.map(|open| self.timeframe.label(open)).unwrap_or_default()
    }
}

fn closed(revisions: &[CandleRevision], as_of: Timestamp) -> Vec<CandleRevision> {
    newest(revisions, as_of).into_iter().filter(|bar| bar.is_closed()).cloned().collect()
}

fn as_closed(candle: Candle, as_of: Timestamp) -> CandleRevision {
    CandleRevision { candle, revision: 1, observed_at: as_of }
}
