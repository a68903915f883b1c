use domain::number::to_f64;
use domain::tool::Unit;
use domain::{Candle, Timeframe};
use rust_decimal::Decimal;
use ta_lib::Core;
use ta_lib::abstract_api::{FuncFlags, FuncInfo, InputFlags, InputType, OutputType, ParamHolder};

use super::catalogue::{Entry, Parameter, Range, named};
use super::{Sheet, StudyError, print};
use crate::artifact::format;

/// Bars under which a recursive indicator's beginning still weighs.
const SETTLED: usize = 250;

/// A parameter that is set.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// Its name, whatever its case.
    pub name: String,
    /// Its value.
    pub value: f64,
}

/// An indicator's last `rows` values on closed bars, oldest first; `tick` is the symbol's smallest price step.
///
/// # Errors
/// [`StudyError::Asked`] for a name or setting that there is not, [`StudyError::Lacking`] for too short a history.
pub fn indicator(
    name: &str,
    settings: &[Setting],
    (timeframe, bars): (Timeframe, &[Candle]),
    tick: Decimal,
    rows: usize,
) -> Result<Sheet, StudyError> {
    let entry =
        named(name).ok_or_else(|| StudyError::Asked("there is no indicator of that name".to_owned()))?;
    let core = Core::new();
    let mut call = entry.function.id.new_call(&core);
    let set = set(&mut call, &entry, settings)?;
    let series = Series::of(bars);
    let values = compute(call, entry.function, &series).map_err(|why| match why {
        None => StudyError::Lacking(format!(
            "{} needs more closed bars than the {} there are on {timeframe}",
            entry.name,
            bars.len()
        )),
        Some(code) => StudyError::Asked(format!("TA-Lib refuses these parameters together ({code:?})")),
    })?;

    let step = format::step(bars.last().map_or(Decimal::ONE, |bar| bar.close), tick);
    let columns: Vec<(&str, Option<Unit>)> =
        entry.outputs.iter().map(|(name, unit)| (name.as_str(), Some(*unit))).collect();
    let from = bars.len().saturating_sub(rows);
    let printed = bars.iter().enumerate().skip(from).filter_map(|(i, bar)| {
        let cell = |(values, (_, unit)): (&Vec<Option<f64>>, &(String, Unit))| {
            let value = values.get(i).copied().flatten();
            value.and_then(|value| print::value(value, *unit, step)).unwrap_or_default()
        };
        let cells: Vec<String> = values.iter().zip(&entry.outputs).map(cell).collect();
        let has_any = cells.iter().any(|cell| !cell.is_empty());
        has_any.then(|| format!("{},{}", timeframe.label(bar.open_time), cells.join(",")))
    });
    let mut sheet = Sheet::default();
    sheet.rows(&columns, printed.collect());
    sheet.figure("history_bars", Unit::Count, Some(bars.len().to_string()));
    sheet.note(format!("{} ({}), {set}, on closed bars", entry.name, entry.hint));
    if entry.function.flags.contains(FuncFlags::PATH_DEPENDENT) {
        sheet.note("it is built up from the first of these bars");
    } else if entry.function.flags.contains(FuncFlags::UNSTABLE_PERIOD) && bars.len() < SETTLED {
        sheet.note("history is short: where it began still weighs in the values");
    }
    Ok(sheet)
}

/// Sets what is asked for; answers all parameters in words.
fn set(call: &mut ParamHolder<'_>, entry: &Entry, settings: &[Setting]) -> Result<String, StudyError> {
    for setting in settings {
        if !entry.parameters.iter().any(|parameter| parameter.name.eq_ignore_ascii_case(&setting.name)) {
            let known: Vec<_> = entry.parameters.iter().map(|parameter| parameter.name).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            return Err(StudyError::Asked(format!("{} has no such parameter; it has {known}", entry.name)));
        }
    }
    let mut told = Vec::new();
    for (index, parameter) in entry.parameters.iter().enumerate() {
        let mut of = settings.iter().filter(|setting| setting.name.eq_ignore_ascii_case(parameter.name));
        let setting = of.next();
        if of.next().is_some() {
            return Err(StudyError::Asked(format!("{} is set twice", parameter.name)));
        }
        told.push(set_one(call, index, parameter, setting.map(|setting| setting.value))?);
    }
    Ok(if told.is_empty() { "no parameters".to_owned() } else { told.join(" ") })
}

fn set_one(
    call: &mut ParamHolder<'_>,
    index: usize,
    parameter: &Parameter,
    asked: Option<f64>,
) -> Result<String, StudyError> {
    let name = parameter.name;
    let refused = |range: String| StudyError::Asked(format!("{name} is {range}"));
    let failed = |_| StudyError::Asked(format!("{name} cannot be set"));
    match parameter.range {
        Range::Whole { min, max, usual } => {
            let value = match asked {
                None => usual,
                Some(value) => whole(value)
                    .and_then(|value| i32::try_from(value).ok())
                    .filter(|value| (min..=max).contains(value))
                    .ok_or_else(|| refused(format!("a whole number from {min} to {max}")))?,
            };
            call.set_opt_input(index, value).map_err(failed)?;
            Ok(format!("{name} {value}"))
        }
        Range::Real { min, max, usual } => {
            let value = asked.unwrap_or(usual);
            if !(min..=max).contains(&value) {
                return Err(refused(format!("a number from {min} to {max}")));
            }
            call.set_opt_input(index, value).map_err(failed)?;
            Ok(format!("{name} {value}"))
        }
        Range::Listed { values, usual } => {
            let value = match asked {
                None => Some(usual),
                Some(value) => whole(value).filter(|value| values.iter().any(|(known, _)| known == value)),
            };
            let known =
                || values.iter().map(|(n, name)| format!("{n} {name}")).collect::<Vec<_>>().join(", ");
            let value = value.ok_or_else(|| refused(format!("one of {}", known())))?;
            let value = i32::try_from(value).map_err(|_| refused(format!("one of {}", known())))?;
            call.set_opt_input(index, value).map_err(failed)?;
            let word =
                values.iter().find(|(known, _)| *known == i64::from(value)).map_or("", |(_, word)| *word);
            Ok(format!("{name} {word}"))
        }
    }
}

/// A whole number within the floats that hold one exactly.
fn whole(value: f64) -> Option<i64> {
    let is_whole = value.is_finite() && value.fract() == 0.0 && value.abs() < 1e9;
    is_whole.then_some(value as i64)
}

/// Bars as TA-Lib takes them.
pub(super) struct Series {
    open: Vec<f64>,
    high: Vec<f64>,
    low: Vec<f64>,
    pub(super) close: Vec<f64>,
    volume: Vec<f64>,
}

impl Series {
    pub(super) fn of(bars: &[Candle]) -> Self {
        let column = |of: fn(&Candle) -> Decimal| bars.iter().map(|bar| to_f64(of(bar))).collect();
        Self {
            open: column(|bar| bar.open),
            high: column(|bar| bar.high),
            low: column(|bar| bar.low),
            close: column(|bar| bar.close),
            volume: column(|bar| bar.volume),
        }
    }
}

/// Every output's value at each bar; the error is TA-Lib's, or none where there are too few bars.
pub(super) fn compute<'a>(
    mut call: ParamHolder<'a>,
    function: &FuncInfo,
    series: &'a Series,
) -> Result<Vec<Vec<Option<f64>>>, Option<ta_lib::RetCode>> {
    let bars = series.close.len();
    let Some(last) = bars.checked_sub(1) else { return Err(None) };
    for (slot, input) in function.inputs.iter().enumerate() {
        match input.kind {
            InputType::Real => call.set_input(slot, &series.close),
            InputType::Price => {
                let given =
                    |flag: InputFlags, column: &'a [f64]| input.flags.contains(flag).then_some(column);
                call.set_price_input(
                    slot,
                    given(InputFlags::PRICE_OPEN, &series.open),
                    given(InputFlags::PRICE_HIGH, &series.high),
                    given(InputFlags::PRICE_LOW, &series.low),
                    given(InputFlags::PRICE_CLOSE, &series.close),
                    given(InputFlags::PRICE_VOLUME, &series.volume),
                    None,
                )
            }
            InputType::Integer => return Err(Some(ta_lib::RetCode::BadParam)),
        }
        .map_err(Some)?;
    }
    if call.lookback().map_err(Some)? > last {
        return Err(None);
    }
    let mut reals: Vec<Vec<f64>> = vec![vec![0.0; bars]; function.outputs.len()];
    let mut wholes: Vec<Vec<i32>> = vec![vec![0; bars]; function.outputs.len()];
    // a holder keeps what it borrows, so it borrows from buffers that outlive it
    let range = run(call, function, &mut reals, &mut wholes, last).map_err(Some)?;
    if range.count == 0 {
        return Err(None);
    }
    let column = |(index, output): (usize, &ta_lib::abstract_api::OutputInfo)| {
        let mut values = vec![None; bars];
        for (place, value) in values.iter_mut().skip(range.beg_idx).take(range.count).enumerate() {
            *value = match output.kind {
                OutputType::Real => reals.get(index).and_then(|packed| packed.get(place)).copied(),
                OutputType::Integer => {
                    wholes.get(index).and_then(|packed| packed.get(place)).map(|whole| f64::from(*whole))
                }
            }
            .filter(|value| value.is_finite());
        }
        values
    };
    Ok(function.outputs.iter().enumerate().map(column).collect())
}

fn run<'a: 'b, 'b>(
    call: ParamHolder<'a>,
    function: &FuncInfo,
    reals: &'b mut [Vec<f64>],
    wholes: &'b mut [Vec<i32>],
    last: usize,
) -> Result<ta_lib::OutRange, ta_lib::RetCode> {
    // shortened to the buffers' life
    let mut call: ParamHolder<'b> = call;
    for ((index, output), (real, whole)) in
        function.outputs.iter().enumerate().zip(reals.iter_mut().zip(wholes.iter_mut()))
    {
        match output.kind {
            OutputType::Real => call.set_output(index, real)?,
            OutputType::Integer => call.set_int_output(index, whole)?,
        };
    }
    call.call(0, last)
}
