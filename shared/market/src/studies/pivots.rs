use domain::tool::Unit;
use domain::{Candle, Timeframe};
use rust_decimal::Decimal;

use super::print::on_tick;
use super::{Sheet, StudyError};

/// How pivots are reckoned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// The floor traders': multiples of the range and of the pivot.
    Classic,
    /// The pivot and Fibonacci parts of the range.
    Fibonacci,
}

/// Pivot levels from the last of these closed bars, on the `tick`.
///
/// # Errors
/// [`StudyError::Lacking`] without a bar.
pub fn pivots(
    method: Method,
    (timeframe, bars): (Timeframe, &[Candle]),
    tick: Decimal,
) -> Result<Sheet, StudyError> {
    let none = || StudyError::Lacking(format!("there is no closed bar on {timeframe}"));
    let bar = bars.last().ok_or_else(none)?;
    let levels =
        levels(method, bar).ok_or_else(|| StudyError::Lacking("its prices are too large".to_owned()))?;
    let mut sheet = Sheet::default();
    for (name, price) in levels {
        sheet.figure(name, Unit::Price, (price > Decimal::ZERO).then(|| on_tick(price, tick)));
    }
    sheet.note(format!("from the closed bar that opened {}", timeframe.label(bar.open_time)));
    Ok(sheet)
}

/// P = (H + L + C) / 3. Classic: R1 = 2P - L, R2 = P + (H - L), R3 = H + 2(P - L), mirrored below. Fibonacci: P and
/// .382, .618 and 1 of H - L. Source: <https://www.investopedia.com/terms/p/pivotpoint.asp>.
fn levels(method: Method, bar: &Candle) -> Option<[(&'static str, Decimal); 7]> {
    let (high, low) = (bar.high, bar.low);
    let pivot = high.checked_add(low)?.checked_add(bar.close)?.checked_div(Decimal::from(3))?;
    let range = high - low;
    let [up, down] = match method {
        Method::Classic => {
            let twice = pivot.checked_mul(Decimal::TWO)?;
            let far = (pivot - low).checked_mul(Decimal::TWO)?;
            let deep = (high - pivot).checked_mul(Decimal::TWO)?;
            [
                [twice - low, pivot.checked_add(range)?, high.checked_add(far)?],
                [twice - high, pivot - range, low - deep],
            ]
        }
        Method::Fibonacci => {
            let part = |thousandths: i64| range * Decimal::new(thousandths, 3);
            let parts = [part(382), part(618), range];
            [parts.map(|part| pivot + part), parts.map(|part| pivot - part)]
        }
    };
    let ([r1, r2, r3], [s1, s2, s3]) = (up, down);
    Some([("r3", r3), ("r2", r2), ("r1", r1), ("p", pivot), ("s1", s1), ("s2", s2), ("s3", s3)])
}
