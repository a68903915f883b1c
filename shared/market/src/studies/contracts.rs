//! Figures of a perpetual contract's rows.

use domain::Timeframe;
use domain::number::trimmed;
use domain::tool::Unit;
use jiff::Timestamp;
use rust_decimal::Decimal;

use super::print::{percent, significant};
use super::{Sheet, StudyError};
use crate::derivatives::{Funding, LongShort, OpenInterest};

/// Funding rates, percent of a position's value each time.
///
/// # Errors
/// [`StudyError::Lacking`] without a row.
pub fn funding(rows: &[Funding]) -> Result<Sheet, StudyError> {
    let rates: Vec<Decimal> = rows.iter().map(|row| row.rate.saturating_mul(Decimal::ONE_HUNDRED)).collect();
    let last = rates.last().ok_or_else(|| nothing("no funding was settled by then"))?;
    let mut sheet = Sheet::default();
    let printed = rows.iter().zip(&rates).map(|(row, rate)| format!("{},{}", label(row.at), percent(*rate)));
    sheet.rows(&[("rate_pct", Some(Unit::Percent))], printed.collect());
    sheet.figure("last_pct", Unit::Percent, Some(percent(*last)));
    let sum = rates.iter().fold(Decimal::ZERO, |sum, rate| sum.saturating_add(*rate));
    sheet.figure("mean_pct", Unit::Percent, sum.checked_div(Decimal::from(rates.len())).map(percent));
    sheet.figure("sum_pct", Unit::Percent, Some(percent(sum)));
    sheet.figure("lowest_pct", Unit::Percent, rates.iter().min().copied().map(percent));
    sheet.figure("highest_pct", Unit::Percent, rates.iter().max().copied().map(percent));
    sheet.figure("fundings", Unit::Count, Some(rates.len().to_string()));
    sheet.note("percent of a position's value each time; above zero longs pay shorts");
    Ok(sheet)
}

/// Open interest, in the base currency and, where the exchange tells it, in the quote currency.
///
/// # Errors
/// [`StudyError::Lacking`] without a row.
pub fn open_interest(rows: &[OpenInterest]) -> Result<Sheet, StudyError> {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
        return Err(nothing("the exchange has no open interest of that time"));
    };
    let has_value = rows.iter().all(|row| row.value.is_some());
    let mut sheet = Sheet::default();
    let printed = rows.iter().map(|row| {
        let value = row.value.filter(|_| has_value).map(|value| format!(",{}", significant(value)));
        format!("{},{}{}", label(row.at), significant(row.amount), value.unwrap_or_default())
    });
    let mut columns = vec![("amount", Some(Unit::Volume))];
    columns.extend(has_value.then_some(("value", Some(Unit::Volume))));
    sheet.rows(&columns, printed.collect());
    sheet.figure("last", Unit::Volume, Some(significant(last.amount)));
    sheet.figure("change_pct", Unit::Percent, change(first.amount, last.amount));
    sheet.figure("count", Unit::Count, Some(rows.len().to_string()));
    sheet.note(
        "amount in the base currency, value in the quote currency; change_pct from the first row to the last",
    );
    Ok(sheet)
}

/// Accounts that are net long and net short, percent of all.
///
/// # Errors
/// [`StudyError::Lacking`] without a row.
pub fn long_short(rows: &[LongShort]) -> Result<Sheet, StudyError> {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
        return Err(nothing("the exchange counted no accounts at that time"));
    };
    let ratio = |row: &LongShort| row.long.checked_div(row.short);
    let print = |ratio: Option<Decimal>| ratio.map(significant);
    let mut sheet = Sheet::default();
    let printed = rows.iter().map(|row| {
        let share = |part: Decimal| trimmed((part * Decimal::ONE_HUNDRED).round_dp(2));
        let ratio = print(ratio(row)).unwrap_or_default();
        format!("{},{},{},{ratio}", label(row.at), share(row.long), share(row.short))
    });
    let part = Some(Unit::Percent);
    sheet.rows(&[("long_pct", part), ("short_pct", part), ("ratio", Some(Unit::Ratio))], printed.collect());
    sheet.figure("last_ratio", Unit::Ratio, print(ratio(last)));
    let ratios: Option<Vec<Decimal>> = rows.iter().map(ratio).collect();
    let mean = ratios.and_then(|all| {
        let sum = all.iter().fold(Decimal::ZERO, |sum, ratio| sum.saturating_add(*ratio));
        sum.checked_div(Decimal::from(all.len()))
    });
    sheet.figure("mean_ratio", Unit::Ratio, print(mean));
    let changed = ratio(first).zip(ratio(last)).and_then(|(first, last)| change(first, last));
    sheet.figure("change_pct", Unit::Percent, changed);
    sheet.note("accounts, not positions: each counts as one whatever it holds");
    Ok(sheet)
}

fn change(from: Decimal, to: Decimal) -> Option<String> {
    let ratio = to.checked_div(from)?.checked_sub(Decimal::ONE)?.checked_mul(Decimal::ONE_HUNDRED)?;
    Some(trimmed(ratio.round_dp(2)))
}

fn label(at: Timestamp) -> String {
    Timeframe::Hour.label(at)
}

fn nothing(why: &str) -> StudyError {
    StudyError::Lacking(why.to_owned())
}
