use serde_json::json;

use super::Answer;
use super::query::Parameters;
use super::ticker::newest;
use crate::market::bar::print;
use crate::world::Shared;

/// Weight by the rows asked for.
pub(super) fn weight(sent: &Parameters) -> u32 {
    match rows(sent) {
        ..=100 => 5,
        101..=500 => 25,
        501..=1_000 => 50,
        _ => 250,
    }
}

fn rows(sent: &Parameters) -> i64 {
    sent.number("limit").ok().flatten().unwrap_or(100).min(5_000)
}

/// A book around the last price, a tick a row; amounts grow with the distance.
pub(super) fn answer(shared: &Shared, sent: &Parameters) -> Answer {
    let listing = sent.symbol(&shared.market)?;
    sent.number("limit")?;
    let last = newest(shared, listing, 1)?.last().copied();
    let price = last.map_or(0, |bar| bar.close);
    let side = |sign: i64| -> Vec<[String; 2]> {
        let rows =
            (0..rows(sent)).map(|row| (price + sign * listing.tick * (row + i64::from(sign > 0)), row));
        let rows = rows.take_while(|(price, _)| *price > 0);
        rows.map(|(price, row)| [print(price.into()), print((listing.step * (100 + 7 * row)).into())])
            .collect()
    };
    let id = last.map_or(0, |bar| bar.close_ms);
    Ok(json!({ "lastUpdateId": id, "bids": side(-1), "asks": side(1) }).to_string())
}
