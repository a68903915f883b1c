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

type Outcome = Result<OutRange, RetCode>;

impl Indicator {
    /// Its value at each bar, as [`compute`] says.
    pub fn values(self, bars: &Columns) -> Vec<Option<f64>> {
        let Some(last) = bars.len().checked_sub(1) else {
            return Vec::new();
        };
        let core = Core::new();
        let mut out = vec![0.0; bars.len()];
        let (high, low, close) = (&bars.high, &bars.low, &bars.close);
        let outcome = match self {
            Self::Ema(n) => core.ema(0, last, close, i32::from(n), &mut out),
            Self::Sma(n) => core.sma(0, last, close, i32::from(n), &mut out),
            Self::Rsi(n) => core.rsi(0, last, close, i32::from(n), &mut out),
            Self::Atr(n) => core.atr(0, last, high, low, close, i32::from(n), &mut out),
            Self::Adx(n) => core.adx(0, last, high, low, close, i32::from(n), &mut out),
            Self::Pdi(n) => core.plus_di(0, last, high, low, close, i32::from(n), &mut out),
            Self::Mdi(n) => core.minus_di(0, last, high, low, close, i32::from(n), &mut out),
            Self::Macd => macd(&core, close, |macd, _, _| out = macd),
            Self::MacdSignal => macd(&core, close, |_, signal, _| out = signal),
            Self::MacdHist => macd(&core, close, |_, _, hist| out = hist),
            Self::BbUp => bands(&core, close, |up, _, _| out = up),
            Self::BbMid => bands(&core, close, |_, mid, _| out = mid),
            Self::BbLow => bands(&core, close, |_, _, low| out = low),
            Self::Rvol(n) => core.sma(0, last, &bars.volume, i32::from(n), &mut out),
        };
        let values = aligned(bars.len(), outcome, out);
        if !matches!(self, Self::Rvol(_)) {
            return values;
        }
        let ratio = |(value, volume): (Option<f64>, &f64)| value.map(|average| volume / average);
        values.into_iter().zip(&bars.volume).map(ratio).map(finite).collect()
    }
}

fn macd(core: &Core, close: &[f64], take: impl FnOnce(Vec<f64>, Vec<f64>, Vec<f64>)) -> Outcome {
    let mut out = [vec![0.0; close.len()], vec![0.0; close.len()], vec![0.0; close.len()]];
    let [macd, signal, hist] = &mut out;
    let outcome = core.macd(0, close.len() - 1, close, 12, 26, 9, macd, signal, hist);
    let [macd, signal, hist] = out;
    take(macd, signal, hist);
    outcome
}

fn bands(core: &Core, close: &[f64], take: impl FnOnce(Vec<f64>, Vec<f64>, Vec<f64>)) -> Outcome {
    let mut out = [vec![0.0; close.len()], vec![0.0; close.len()], vec![0.0; close.len()]];
    let [up, mid, low] = &mut out;
    let outcome = core.bbands(0, close.len() - 1, close, 20, 2.0, 2.0, MAType::SMA, up, mid, low);
    let [up, mid, low] = out;
    take(up, mid, low);
    outcome
}

/// TA-Lib packs its values at the front and says which bar the first belongs to; none is no error.
fn aligned(bars: usize, outcome: Outcome, packed: Vec<f64>) -> Vec<Option<f64>> {
    let mut values = vec![None; bars];
    if let Ok(range) = outcome {
        let slots = values.iter_mut().skip(range.beg_idx).take(range.count);
        slots.zip(packed).for_each(|(slot, value)| *slot = finite(Some(value)));
    }
    values
}

fn finite(value: Option<f64>) -> Option<f64> {
    value.filter(|v| v.is_finite())
}
