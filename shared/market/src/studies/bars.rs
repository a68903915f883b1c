use domain::number::trimmed;
use domain::tool::Unit;
use domain::{Candle, Timeframe};

use super::{Sheet, StudyError};
use crate::artifact::format;

/// The last `rows` of these closed bars, oldest first.
///
/// # Errors
/// [`StudyError::Lacking`] without a bar.
pub fn candles((timeframe, bars): (Timeframe, &[Candle]), rows: usize) -> Result<Sheet, StudyError> {
    if bars.is_empty() {
        return Err(StudyError::Lacking(format!("there are no closed bars on {timeframe} by then")));
    }
    let from = bars.len().saturating_sub(rows);
    let row = |bar: &Candle| {
        let prices = [bar.open, bar.high, bar.low, bar.close].map(trimmed).join(",");
        format!("{},{prices},{}", timeframe.label(bar.open_time), format::volume(bar.volume))
    };
    let mut sheet = Sheet::default();
    let price = Some(Unit::Price);
    let columns = [("o", price), ("h", price), ("l", price), ("c", price), ("v", Some(Unit::Volume))];
    sheet.rows(&columns, bars.iter().skip(from).map(row).collect());
    Ok(sheet)
}
