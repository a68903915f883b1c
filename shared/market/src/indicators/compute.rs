use domain::{Candle, number};
use ta_lib::{Core, MAType, OutRange, RetCode};

use super::{Indicator, UnknownIndicator};

/// The fields of a series as floats, in columns. Decimals are finite, so no column holds NaN, which TA-Lib's
/// batch calls would let through.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Columns {
    /// Highs.
    pub high: Vec<f64>,
    /// Lows.
    pub low: Vec<f64>,
    /// Closes.
    pub close: Vec<f64>,
    /// Volumes, base currency.
    pub volume: Vec<f64>,
}

impl Columns {
    /// The columns of a series of closed bars, oldest first.
    pub fn of<'a>(candles: impl IntoIterator<Item = &'a Candle>) -> Self {
        let mut columns = Self::default();
        for candle in candles {
            columns.high.push(number::to_f64(candle.high));
            columns.low.push(number::to_f64(candle.low));
            columns.close.push(number::to_f64(candle.close));
            columns.volume.push(number::to_f64(candle.volume));
        }
        columns
    }

    /// How many bars.
    pub fn len(&self) -> usize {
        self.close.len()
    }

    /// Whether there is no bar.
    pub fn is_empty(&self) -> bool {
        self.close.is_empty()
    }

    /// High less low of a bar, NaN outside the series.
    pub(crate) fn range(&self, index: usize) -> f64 {
        match (self.high.get(index), self.low.get(index)) {
            (Some(high), Some(low)) => high - low,
            _ => f64::NAN,
        }
    }
}

/// The named indicator's value at each bar, `None` where history is too short or the value is no number (a
/// volume ratio while nothing trades).
pub fn compute(name: &str, bars: &Columns) -> Result<Vec<Option<f64>>, UnknownIndicator> {
    name.parse::<Indicator>().map(|indicator| indicator.values(bars))
}

impl Indicator {
    /// Its value at each bar, as [`compute`] says; of several indicators a [`Computer`] does less.
    pub fn values(self, bars: &Columns) -> Vec<Option<f64>> {
        Computer::new(bars).values(self)
    }
}

/// Computes indicators of one series; what TA-Lib computes together is computed once.
pub struct Computer<'a> {
    bars: &'a Columns,
    core: Core,
    packed: Vec<f64>,
    macd: Option<Three>,
    bands: Option<Three>,
}

/// Three packed series, or what went wrong.
type Three = ([Vec<f64>; 3], Outcome);
type Outcome = Result<OutRange, RetCode>;

impl<'a> Computer<'a> {
    /// A computer of the indicators of `bars`.
    pub fn new(bars: &'a Columns) -> Self {
        Self { bars, core: Core::new(), packed: vec![0.0; bars.len()], macd: None, bands: None }
    }

    /// An indicator's value at each bar, as [`compute`] says.
    pub fn values(&mut self, indicator: Indicator) -> Vec<Option<f64>> {
        let Some(last) = self.bars.len().checked_sub(1) else {
            return Vec::new();
        };
        let (core, out) = (&self.core, &mut self.packed);
        let Columns { high, low, close, volume } = self.bars;
        let outcome = match indicator {
            Indicator::Ema(n) => core.ema(0, last, close, i32::from(n), out),
            Indicator::Sma(n) => core.sma(0, last, close, i32::from(n), out),
            Indicator::Rsi(n) => core.rsi(0, last, close, i32::from(n), out),
            Indicator::Atr(n) => core.atr(0, last, high, low, close, i32::from(n), out),
            Indicator::Adx(n) => core.adx(0, last, high, low, close, i32::from(n), out),
            Indicator::Pdi(n) => core.plus_di(0, last, high, low, close, i32::from(n), out),
            Indicator::Mdi(n) => core.minus_di(0, last, high, low, close, i32::from(n), out),
            Indicator::Rvol(n) => core.sma(0, last, volume, i32::from(n), out),
            Indicator::Macd => return self.macd(|[macd, _, _]| macd),
            Indicator::MacdSignal => return self.macd(|[_, signal, _]| signal),
            Indicator::MacdHist => return self.macd(|[_, _, hist]| hist),
            Indicator::BbUp => return self.bands(|[up, _, _]| up),
            Indicator::BbMid => return self.bands(|[_, mid, _]| mid),
            Indicator::BbLow => return self.bands(|[_, _, low]| low),
        };
        let values = aligned(self.bars.len(), outcome, &self.packed);
        if !matches!(indicator, Indicator::Rvol(_)) {
            return values;
        }
        let ratio = |(value, volume): (Option<f64>, &f64)| value.and_then(|average| finite(volume / average));
        values.into_iter().zip(volume).map(ratio).collect()
    }

    fn macd(&mut self, pick: impl FnOnce(&[Vec<f64>; 3]) -> &Vec<f64>) -> Vec<Option<f64>> {
        let (core, close) = (&self.core, &self.bars.close);
        let (all, outcome) = self.macd.get_or_insert_with(|| {
            three(close.len(), |[macd, signal, hist]| {
                core.macd(0, close.len() - 1, close, 12, 26, 9, macd, signal, hist)
            })
        });
        aligned(close.len(), *outcome, pick(all))
    }

    fn bands(&mut self, pick: impl FnOnce(&[Vec<f64>; 3]) -> &Vec<f64>) -> Vec<Option<f64>> {
        let (core, close) = (&self.core, &self.bars.close);
        let (all, outcome) = self.bands.get_or_insert_with(|| {
            three(close.len(), |[up, mid, low]| {
                core.bbands(0, close.len() - 1, close, 20, 2.0, 2.0, MAType::SMA, up, mid, low)
            })
        });
        aligned(close.len(), *outcome, pick(all))
    }
}

fn three(bars: usize, run: impl FnOnce(&mut [Vec<f64>; 3]) -> Outcome) -> Three {
    let mut out = [vec![0.0; bars], vec![0.0; bars], vec![0.0; bars]];
    let outcome = run(&mut out);
    (out, outcome)
}

/// TA-Lib packs its values at the front and says which bar the first belongs to; none is no error.
fn aligned(bars: usize, outcome: Outcome, packed: &[f64]) -> Vec<Option<f64>> {
    let (first, count) = outcome.map_or((bars, 0), |range| (range.beg_idx, range.count));
    let mut values = vec![None; first.min(bars)];
    values.reserve_exact(bars - values.len());
    values.extend(packed.get(..count).unwrap_or_default().iter().map(|value| finite(*value)));
    values.resize(bars, None);
    values
}

#[inline]
fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}
