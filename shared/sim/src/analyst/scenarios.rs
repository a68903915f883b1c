//! What an advance and a decline would meet, and what ends the report, in words.

use super::figures::Figures;
use super::outlook::close_of;
use super::verdict::{End, Ends};

/// What an advance would look like.
pub(super) fn up(figures: Figures<'_>) -> String {
    let Some(barrier) = figures.barrier_up() else { return "An advance meets no known zone.".to_owned() };
    let start = format!("An advance to {}, the upper barrier,", barrier.shown());
    match figures.zones("R").next() {
        None => format!("{start} meets no known zone."),
        Some(zone) if zone.low.value > barrier.value => format!("{start} stays below {}.", zone.shown()),
        Some(zone) if zone.high.value < barrier.value => format!("{start} goes through {}.", zone.shown()),
        Some(zone) => format!("{start} runs into {}.", zone.shown()),
    }
}

/// What a decline would look like.
pub(super) fn down(figures: Figures<'_>) -> String {
    let Some(barrier) = figures.barrier_down() else { return "A decline meets no known zone.".to_owned() };
    let start = format!("A decline to {}, the lower barrier,", barrier.shown());
    match figures.zones("S").next() {
        None => format!("{start} meets no known zone."),
        Some(zone) if zone.high.value < barrier.value => format!("{start} stays above {}.", zone.shown()),
        Some(zone) if zone.low.value > barrier.value => format!("{start} goes through {}.", zone.shown()),
        Some(zone) => format!("{start} runs into {}.", zone.shown()),
    }
}

/// The close that ends the report.
pub(super) fn reason(figures: Figures<'_>, ends: &Ends) -> String {
    let side = |end: &End, word: &str, edge: &str, barrier: &str| {
        let place = match &end.zone {
            Some(zone) => format!("the {edge} of {zone}"),
            None => format!("the {barrier} barrier"),
        };
        format!("{word} {}, {place}", end.price.shown())
    };
    let above = ends.above.as_ref().map(|end| side(end, "above", "top", "upper"));
    let below = ends.below.as_ref().map(|end| side(end, "below", "foot", "lower"));
    let sides: Vec<String> = [above, below].into_iter().flatten().collect();
    format!("A {} {}, ends this reading.", close_of(figures.0.timeframe), sides.join(", or "))
}
