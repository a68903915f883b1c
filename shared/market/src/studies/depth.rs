use domain::tool::Unit;
use rust_decimal::Decimal;

use super::print::{on_tick, percent, significant};
use super::{Sheet, StudyError};
use crate::derivatives::Book;

/// What a book comes to: its best prices, what rests on each side of it as far as it was told, and the largest order of
/// each side.
///
/// # Errors
/// [`StudyError::Lacking`] where a side is empty.
pub fn book(book: &Book, tick: Decimal) -> Result<Sheet, StudyError> {
    let empty = || StudyError::Lacking("a side of the book is empty".to_owned());
    let (bid, ask) = (book.bids.first().ok_or_else(empty)?.0, book.asks.first().ok_or_else(empty)?.0);
    let mid = bid.checked_add(ask).and_then(|sum| sum.checked_div(Decimal::TWO)).ok_or_else(empty)?;
    let part = |distance: Decimal| {
        distance.checked_div(mid).and_then(|part| part.checked_mul(Decimal::ONE_HUNDRED)).map(percent)
    };
    let mut sheet = Sheet::default();
    sheet.figure("best_bid", Unit::Price, Some(on_tick(bid, tick)));
    sheet.figure("best_ask", Unit::Price, Some(on_tick(ask, tick)));
    sheet.figure("spread_pct", Unit::Percent, part(ask - bid));
    let (bids, asks) = (Side::of(&book.bids), Side::of(&book.asks));
    for (name, side) in [("bid", &bids), ("ask", &asks)] {
        sheet.figure(&format!("{name}_amount"), Unit::Volume, Some(significant(side.amount)));
        sheet.figure(&format!("{name}_value"), Unit::Volume, Some(significant(side.value)));
        sheet.figure(&format!("{name}_reach_pct"), Unit::Percent, part((side.end - mid).abs()));
        sheet.figure(&format!("{name}_wall"), Unit::Price, Some(on_tick(side.wall.0, tick)));
        sheet.figure(&format!("{name}_wall_amount"), Unit::Volume, Some(significant(side.wall.1)));
    }
    let weight = bids.value.checked_add(asks.value);
    let lean = weight.and_then(|weight| (bids.value - asks.value).checked_div(weight));
    sheet.figure("imbalance", Unit::Ratio, lean.map(|lean| domain::number::trimmed(lean.round_dp(2))));
    sheet.note(
        "the nearest prices of each side, as far from the middle as reach_pct says; amounts in the base currency, values \
         in the quote currency; a wall is the largest order; imbalance is (bids - asks) / (bids + asks) by value",
    );
    Ok(sheet)
}

#[derive(Default)]
struct Side {
    amount: Decimal,
    value: Decimal,
    end: Decimal,
    wall: (Decimal, Decimal),
}

impl Side {
    fn of(levels: &[(Decimal, Decimal)]) -> Self {
        let mut side = Self::default();
        for (price, amount) in levels {
            side.amount = side.amount.saturating_add(*amount);
            side.value = side.value.saturating_add(price.saturating_mul(*amount));
            side.end = *price;
            if *amount > side.wall.1 || side.wall.0.is_zero() {
                side.wall = (*price, *amount);
            }
        }
        side
    }
}
