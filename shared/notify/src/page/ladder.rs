mod places;
mod prices;

use rust_decimal::Decimal;

use super::scope::Scope;
use crate::figures;
use crate::lang::fill;
use places::{HEIGHT, Scale, kept};
use prices::{Entry, prices};

/// Prices on an upright axis, true to scale, their labels moved apart.
pub(super) struct Ladder {
    pub(super) height: String,
    pub(super) foot: String,
    pub(super) label: String,
    pub(super) rungs: Vec<Rung>,
    pub(super) zones: Vec<Zone>,
}

/// A price: where it is, and where its label stands.
pub(super) struct Rung {
    pub(super) price: String,
    pub(super) label: String,
    /// The label for a narrow page.
    pub(super) short: String,
    pub(super) class: &'static str,
    pub(super) is_last: bool,
    pub(super) y: String,
    pub(super) label_y: String,
    pub(super) text_y: String,
    pub(super) box_y: String,
}

/// A zone of the artifact on the axis.
pub(super) struct Zone {
    pub(super) y: String,
    pub(super) height: String,
}

pub(super) fn ladder(scope: &Scope<'_>) -> Option<Ladder> {
    let (prices, zones) = prices(scope);
    let list = kept(prices);
    let scale = Scale::of(&list)?;
    let (wanted, places) = scale.places(&list);
    let mut rungs: Vec<Rung> =
        list.iter().zip(wanted).zip(places).map(|((entry, y), at)| rung(entry, y, at)).collect();
    // drawn over the others
    rungs.sort_by_key(|rung| rung.is_last);
    let is_shown = |price: Decimal| list.iter().any(|entry| entry.value == price);
    let zones = zones.into_iter().filter(|(low, high)| is_shown(*low) || is_shown(*high));
    let zones = zones.filter_map(|(low, high)| zone(&scale, low, high)).collect();
    let spoken: Vec<String> = list.iter().map(|entry| format!("{} {}", entry.price, entry.label)).collect();
    let last = figures::price(scope.document().last_price, scope.document().tick);
    let values = [("last", last.as_str()), ("list", &spoken.join("; "))];
    let label = fill(&scope.words.ladder.label, &values);
    Some(Ladder { height: px(HEIGHT), foot: px(HEIGHT - 2.0), label, rungs, zones })
}

fn px(value: f64) -> String {
    format!("{value:.1}")
}

fn rung(entry: &Entry, y: f64, at: f64) -> Rung {
    Rung {
        price: entry.price.clone(),
        label: entry.label.clone(),
        short: entry.short.clone(),
        class: entry.class,
        is_last: entry.is_last(),
        y: px(y),
        label_y: px(at),
        text_y: px(at + 4.5),
        box_y: px(at - 11.0),
    }
}

fn zone(scale: &Scale, low: Decimal, high: Decimal) -> Option<Zone> {
    let (top, foot) = (scale.y(high), scale.y(low));
    (foot > top).then(|| Zone { y: px(top), height: px(foot - top) })
}
