use domain::tool::Unit;
use domain::{Candle, Timeframe};
use ta_lib::Core;
use ta_lib::abstract_api::{Group, OutputFlags, funcs_in_group};

use super::indicator::{Series, compute};
use super::{Sheet, StudyError};

/// Bars that are looked at; no pattern reaches further back.
const LOOKED_AT: usize = 200;

/// The candlestick patterns that TA-Lib finds among the last `rows` closed bars.
///
/// # Errors
/// [`StudyError::Lacking`] without a bar.
pub fn patterns((timeframe, bars): (Timeframe, &[Candle]), rows: usize) -> Result<Sheet, StudyError> {
    if bars.is_empty() {
        return Err(StudyError::Lacking(format!("there are no closed bars on {timeframe}")));
    }
    let bars = bars.get(bars.len().saturating_sub(LOOKED_AT)..).unwrap_or(bars);
    let (core, series) = (Core::new(), Series::of(bars));
    let mut found: Vec<(u32, u32, Vec<String>)> = vec![(0, 0, Vec::new()); bars.len()];
    for function in funcs_in_group(Group::PatternRecognition) {
        // a pattern that needs more bars than there are is in none of them
        let Ok(outputs) = compute(function.id.new_call(&core), function, &series) else { continue };
        let name = function.name.strip_prefix("CDL").unwrap_or(function.name);
        for (output, values) in function.outputs.iter().zip(&outputs) {
            let is_call = output.flags.contains(OutputFlags::PATTERN_BULL_BEAR);
            for (value, (bullish, bearish, names)) in values.iter().zip(&mut found) {
                match value {
                    Some(value) if *value != 0.0 && !is_call => names.push(name.to_owned()),
                    Some(value) if *value > 0.0 => {
                        *bullish += 1;
                        names.push(format!("{name}+"));
                    }
                    Some(value) if *value < 0.0 => {
                        *bearish += 1;
                        names.push(format!("{name}-"));
                    }
                    _ => {}
                }
            }
        }
    }
    let from = bars.len().saturating_sub(rows);
    let printed = bars.iter().zip(found).skip(from).filter(|(_, (.., names))| !names.is_empty());
    let printed = printed.map(|(bar, (bullish, bearish, names))| {
        format!("{},{bullish},{bearish},{}", timeframe.label(bar.open_time), names.join(";"))
    });
    let mut sheet = Sheet::default();
    let count = Some(Unit::Count);
    sheet.rows(&[("bullish", count), ("bearish", count), ("names", None)], printed.collect());
    sheet.figure("bars", Unit::Count, Some((bars.len() - from).to_string()));
    sheet.note("TA-Lib's names; + reads bullish, - bearish, others take no side. Bars without a pattern are left out");
    Ok(sheet)
}
