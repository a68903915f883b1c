//! Figures that several rules need, read once.

use domain::report::Report;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use super::Evidence;

pub(super) struct Facts<'a> {
    pub(super) evidence: Evidence<'a>,
    pub(super) last_price: Option<Decimal>,
    /// ATR14 at the last closed bar, quote currency.
    pub(super) atr: Option<Decimal>,
    /// Day of the first bar.
    pub(super) first_day: Option<Date>,
    /// Last day of the barriers' bars, counted from the bar of `as_of`.
    pub(super) last_day: Date,
    /// Bars of the history.
    pub(super) bars: u64,
    /// Days from the first bar to the last day.
    pub(super) days: u64,
    /// The symbol's base asset, as far as its name tells.
    pub(super) base: &'a str,
    /// How many observations can be named o1, o2, ..
    pub(super) observations: usize,
}

impl<'a> Facts<'a> {
    pub(super) fn of(report: &Report, evidence: &Evidence<'a>) -> Self {
        Self::beside(report.observations.len(), evidence)
    }

    /// The figures of the data, for an answer of so many observations.
    pub(super) fn beside(observations: usize, evidence: &Evidence<'a>) -> Self {
        let data = evidence.ohlcv;
        let timeframe = data.timeframe;
        let mut end = timeframe.open_of(data.as_of);
        for _ in 0..data.barriers.as_ref().map_or(12, |barriers| barriers.bars).min(60) + 1 {
            end = timeframe.next_open(end);
        }
        let day = |at| TimeZone::UTC.to_datetime(at).date();
        let first_day = timeframe.parse_label(&data.data_quality.first_bar).map(day);
        let last_day = day(end);
        let days = first_day.map_or(0, |first| (last_day - first).get_days());
        let symbol = data.symbol.as_str();
        let atr = data.indicators.last_t().and_then(|t| data.indicators.cell(t, "atr14"));
        Self {
            evidence: *evidence,
            last_price: Decimal::from_str_exact(&data.stats.last_price).ok(),
            atr: atr.and_then(|text| Decimal::from_str_exact(text).ok()).filter(|atr| atr.is_sign_positive()),
            first_day,
            last_day,
            bars: u64::from(data.data_quality.history_bars),
            days: u64::try_from(days).unwrap_or_default(),
            base: symbol.strip_suffix(data.price_unit.as_str()).unwrap_or(symbol),
            observations,
        }
    }
}
