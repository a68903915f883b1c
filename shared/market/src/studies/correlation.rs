use std::collections::BTreeMap;

use domain::number::to_f64;
use domain::tool::Unit;
use domain::{Candle, Timeframe};
use jiff::Timestamp;
use rust_decimal::Decimal;

use super::{Sheet, StudyError, print};

/// Fewest pairs of returns that say anything.
const FEWEST: usize = 20;

/// Pearson's correlation of the logarithmic returns of closes of two symbols, over the last `count` returns of bars that
/// both have, and the slope of the first on the second.
///
/// # Errors
/// [`StudyError::Lacking`] with too few bars in common, or where a price does not move.
pub fn correlation(
    timeframe: Timeframe,
    (own, other): (&[Candle], &[Candle]),
    count: usize,
) -> Result<Sheet, StudyError> {
    let theirs = returns(timeframe, other);
    let mut pairs: Vec<(f64, f64)> = returns(timeframe, own)
        .into_iter()
        .filter_map(|(at, value)| Some((value, *theirs.get(&at)?)))
        .collect();
    let older = pairs.len().saturating_sub(count);
    pairs.drain(..older);
    if pairs.len() < FEWEST {
        let had = pairs.len();
        return Err(StudyError::Lacking(format!(
            "only {had} returns on {timeframe} in common; {FEWEST} are needed"
        )));
    }
    let n = pairs.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>() / n;
    let (x, y) = (mean(|pair| pair.0), mean(|pair| pair.1));
    let sum = |of: &dyn Fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>();
    let both = sum(&|pair| (pair.0 - x) * (pair.1 - y));
    let (own, other) = (sum(&|pair| (pair.0 - x).powi(2)), sum(&|pair| (pair.1 - y).powi(2)));
    let print = |value: f64| {
        let hundredths = (value * 100.0).round() / 100.0 + 0.0;
        print::value(hundredths, Unit::Ratio, Decimal::ONE)
    };
    let correlation = print(both / (own * other).sqrt());
    if correlation.is_none() {
        return Err(StudyError::Lacking("a price does not move, so nothing goes with it".to_owned()));
    }
    let mut sheet = Sheet::default();
    sheet.figure("correlation", Unit::Ratio, correlation);
    sheet.figure("slope", Unit::Ratio, print(both / other));
    sheet.figure("returns", Unit::Count, Some(pairs.len().to_string()));
    sheet.note("of logarithmic returns from close to close; slope is this symbol's on the other's");
    Ok(sheet)
}

/// Returns from one bar to the next, by the open of the later; none across a gap.
fn returns(timeframe: Timeframe, bars: &[Candle]) -> BTreeMap<Timestamp, f64> {
    let pairs = bars.windows(2).filter_map(|pair| match pair {
        [a, b] if timeframe.next_open(a.open_time) == b.open_time => {
            let value = (to_f64(b.close) / to_f64(a.close)).ln();
            value.is_finite().then_some((b.open_time, value))
        }
        _ => None,
    });
    pairs.collect()
}
