use domain::tool::Unit;
use domain::{Candle, Timeframe};
use rust_decimal::Decimal;

use super::print::on_tick;
use super::{Sheet, StudyError};
use crate::artifact::{Side, Turn, zigzag};
use crate::indicators::{Columns, Indicator};

/// Parts of the move, thousandths, by name: taken back, and gone beyond its end.
const BACK: [(&str, i64); 5] = [("r236", 236), ("r382", 382), ("r500", 500), ("r618", 618), ("r786", 786)];
const BEYOND: [(&str, i64); 2] = [("x1272", 272), ("x1618", 618)];

/// Fibonacci retracements and extensions of the move between two confirmed swings, by their ids (`H2`, `L1`) as the
/// artifact of candles numbers them, or between the newest two; on the `tick`.
///
/// # Errors
/// [`StudyError::Asked`] for ids that there are not, [`StudyError::Lacking`] with fewer than two swings.
pub fn retracements(
    ids: Option<(&str, &str)>,
    (timeframe, bars): (Timeframe, &[Candle]),
    tick: Decimal,
) -> Result<Sheet, StudyError> {
    let columns = Columns::of(bars);
    let atr14 = Indicator::Atr(14).values(&columns);
    let turns = zigzag(&columns.high, &columns.low, &atr14).turns;
    // numbered from the newest
    let numbered: Vec<(String, Turn)> = turns
        .iter()
        .rev()
        .enumerate()
        .map(|(index, turn)| (format!("{}{}", turn.side.letter(), index + 1), *turn))
        .collect();
    let (from, to) = match ids {
        None => {
            let few = || StudyError::Lacking(format!("fewer than two swings are confirmed on {timeframe}"));
            (numbered.get(1).ok_or_else(few)?, numbered.first().ok_or_else(few)?)
        }
        Some((from, to)) => {
            let find = |wanted: &str| {
                let known: Vec<_> = numbered.iter().take(12).map(|(id, _)| id.as_str()).collect();
                let missing =
                    || StudyError::Asked(format!("there is no such swing; there are {}", known.join(", ")));
                numbered.iter().find(|(id, _)| id == wanted).ok_or_else(missing)
            };
            (find(from)?, find(to)?)
        }
    };
    if from.1.side == to.1.side {
        return Err(StudyError::Asked("a move runs from a high to a low or from a low to a high".to_owned()));
    }
    let price =
        |turn: Turn| bars.get(turn.bar).map(|bar| if turn.side == Side::High { bar.high } else { bar.low });
    let gone = || StudyError::Lacking("the swing's bar is not there".to_owned());
    let (start, end) = (price(from.1).ok_or_else(gone)?, price(to.1).ok_or_else(gone)?);
    let mut sheet = Sheet::default();
    sheet.figure("from", Unit::Price, Some(on_tick(start, tick)));
    sheet.figure("to", Unit::Price, Some(on_tick(end, tick)));
    let mut level = |name: &str, thousandths: i64| {
        let part = (start - end).checked_mul(Decimal::new(thousandths, 3));
        let price = part.and_then(|part| end.checked_add(part)).filter(|price| *price > Decimal::ZERO);
        sheet.figure(name, Unit::Price, price.map(|price| on_tick(price, tick)));
    };
    for (name, thousandths) in BACK {
        level(name, thousandths);
    }
    for (name, thousandths) in BEYOND {
        level(name, -thousandths);
    }
    let label = |turn: Turn| bars.get(turn.bar).map(|bar| timeframe.label(bar.open_time)).unwrap_or_default();
    sheet.note(format!(
        "from swing {} at {} to swing {} at {}: r382 has taken back 38.2 % of that move, x1272 lies 27.2 % of it beyond \
         its end",
        from.0,
        label(from.1),
        to.0,
        label(to.1)
    ));
    Ok(sheet)
}
