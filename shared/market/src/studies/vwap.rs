use domain::tool::Unit;
use domain::{Candle, Timeframe};
use jiff::Timestamp;
use rust_decimal::Decimal;

use super::print::{on_tick, percent};
use super::{Sheet, StudyError};
use crate::artifact::format;

/// Where a session begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// Midnight UTC.
    Day,
    /// Monday.
    Week,
    /// The first of the month.
    Month,
}

impl Anchor {
    /// The bar whose open is the session's.
    fn timeframe(self) -> Timeframe {
        match self {
            Self::Day => Timeframe::Day,
            Self::Week => Timeframe::Week,
            Self::Month => Timeframe::Month,
        }
    }
}

/// The volume-weighted average price since the session in progress at `as_of` began, at each of its last `rows` closed
/// hours: turnover over volume, which weighs every trade.
///
/// # Errors
/// [`StudyError::Lacking`] where no hour of the session has closed, or its first ones are missing.
pub fn session_vwap(
    anchor: Anchor,
    hours: &[Candle],
    as_of: Timestamp,
    tick: Decimal,
    rows: usize,
) -> Result<Sheet, StudyError> {
    let open = anchor.timeframe().open_of(as_of);
    let session: Vec<&Candle> = hours.iter().filter(|hour| hour.open_time >= open).collect();
    let label = Timeframe::Hour.label(open);
    let first =
        session.first().ok_or_else(|| StudyError::Lacking(format!("no hour has closed since {label}")))?;
    let last = session.last().unwrap_or(first);
    let missing = i64::try_from(session.len()).unwrap_or(i64::MAX)
        - (last.open_time.as_second() - open.as_second()) / 3600
        - 1;
    if first.open_time != open || missing != 0 {
        return Err(StudyError::Lacking(format!("hours are missing since {label}")));
    }
    let (mut turnover, mut volume) = (Decimal::ZERO, Decimal::ZERO);
    let mut printed = Vec::new();
    let mut newest = None;
    for hour in &session {
        turnover = turnover.saturating_add(hour.quote_volume);
        volume = volume.saturating_add(hour.volume);
        newest = turnover.checked_div(volume);
        let cell = newest.map(|vwap| on_tick(vwap, tick)).unwrap_or_default();
        printed.push(format!("{},{cell}", Timeframe::Hour.label(hour.open_time)));
    }
    let older = printed.len().saturating_sub(rows);
    printed.drain(..older);
    let vwap = newest.ok_or_else(|| StudyError::Lacking(format!("nothing has traded since {label}")))?;
    let mut sheet = Sheet::default();
    sheet.rows(&[("vwap", Some(Unit::Price))], printed);
    sheet.figure("vwap", Unit::Price, Some(on_tick(vwap, tick)));
    sheet.figure("close", Unit::Price, Some(on_tick(last.close, tick)));
    let away = last.close.checked_div(vwap).map(|ratio| (ratio - Decimal::ONE) * Decimal::ONE_HUNDRED);
    sheet.figure("close_from_vwap_pct", Unit::Percent, away.map(|away| percent(away.round_dp(2))));
    sheet.figure("volume", Unit::Volume, Some(format::volume(volume)));
    sheet.figure("hours", Unit::Count, Some(session.len().to_string()));
    sheet.note(format!("the session began {label}; turnover over volume of its closed hours"));
    Ok(sheet)
}
