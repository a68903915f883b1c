//! What the modes do to an honest report.

use domain::number::{grouped, trimmed};
use domain::report::{Outcome, Report};
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;

use super::brief::Brief;
use super::figures::{Figures, decimal};
use super::voice::Language;
use super::{Mode, Prompt, Reply};

/// The report as the mode writes it down.
pub(super) fn written(mut report: Report, brief: &Brief, mode: Mode) -> Report {
    let Some(ohlcv) = brief.ohlcv.as_ref().filter(|_| report.outcome == Outcome::Report) else {
        return report;
    };
    match mode {
        Mode::InventPrice | Mode::Stubborn | Mode::RepairOtherPath => {
            invent(&mut report, Figures(ohlcv), brief.language);
        }
        Mode::WrongRef => {
            if let Some(cite) = report.observations.first_mut().and_then(|o| o.cites.first_mut()) {
                cite.reference = "swings[H99].p".to_owned();
            }
            if let Some(level) = report.levels.last_mut() {
                *level = "levels[R9]".to_owned();
            }
        }
        Mode::ProbSum => report.scenarios.p_neither += 10,
        Mode::WrongSideStop => {
            let ends = &mut report.invalidation;
            std::mem::swap(&mut ends.above, &mut ends.below);
            std::mem::swap(&mut ends.above_ref, &mut ends.below_ref);
        }
        _ => {}
    }
    report
}

/// Prices that stand nowhere: in a cite and its claim, in another claim, in the summary.
fn invent(report: &mut Report, figures: Figures<'_>, language: Language) {
    let (turned, target) = match language {
        Language::English => ("Price last turned at", "The next target is"),
        Language::Russian => ("Последний разворот был на", "Следующая цель:"),
    };
    let known = known(report, figures);
    let mut invented =
        (0..).filter_map(|salt| price(figures, salt)).filter(|price| is_new(*price, &known)).take(3);
    if let (Some(observation), Some(price)) = (report.observations.get_mut(1), invented.next())
        && let Some(cite) = observation.cites.first_mut()
    {
        let text = trimmed(price);
        observation.says = observation.says.replace(&grouped(&trimmed(cite.value)), &grouped(&text));
        cite.value = price;
    }
    if let (Some(observation), Some(price)) = (report.observations.get_mut(2), invented.next()) {
        observation.says.push_str(&format!(" {turned} {}.", grouped(&trimmed(price))));
    }
    if let Some(price) = invented.next() {
        report.summary.push_str(&format!(" {target} {}.", grouped(&trimmed(price))));
    }
}

/// A price 13 % and more away from the last one, with all digits of the tick.
fn price(figures: Figures<'_>, salt: i64) -> Option<Decimal> {
    let tick = decimal(&figures.0.tick)?.normalize();
    let away = figures.last_price()? * Decimal::new(11_371 + 173 * salt, 4);
    Some((away / tick).trunc() * tick)
}

/// Every number the report could rightly write, and the differences of any two.
fn known(report: &Report, figures: Figures<'_>) -> Vec<Decimal> {
    let cites = report.observations.iter().flat_map(|o| o.cites.iter().map(|cite| cite.value));
    let zones = ["S", "R", "P"].into_iter().flat_map(|kind| figures.zones(kind));
    let edges = zones.flat_map(|zone| [zone.low.value, zone.high.value]);
    let barriers =
        [figures.barrier_up(), figures.barrier_down()].into_iter().flatten().map(|figure| figure.value);
    let mut all: Vec<Decimal> = cites.chain(edges).chain(barriers).chain(figures.last_price()).collect();
    let differences: Vec<Decimal> =
        all.iter().flat_map(|a| all.iter().map(move |b| (*a - *b).abs())).filter(|d| !d.is_zero()).collect();
    all.extend(differences);
    all
}

/// Whether no known number is within half a percent: none rounds to it.
fn is_new(price: Decimal, known: &[Decimal]) -> bool {
    let near = price * Decimal::new(5, 3);
    !price.is_zero() && known.iter().all(|known| (*known - price).abs() > near)
}

/// An answer as the mode hands it over; `broken` breaks its schema.
pub(super) fn delivered<A: Serialize>(answer: &A, prompt: &Prompt, broken: fn(&str) -> String) -> Reply {
    // an answer always serializes
    let text = serde_json::to_string(answer).unwrap_or_default();
    match prompt.mode {
        Mode::Truncate => Reply::CutOff(text.chars().take(text.chars().count() / 2).collect()),
        Mode::BreakSchema => Reply::Text(broken(&text)),
        Mode::BreakSchemaOnce if !prompt.answered => Reply::Text(broken(&text)),
        Mode::ReorderKeys => {
            // a map sorts its keys
            Reply::Text(serde_json::from_str::<Value>(&text).unwrap_or_default().to_string())
        }
        _ => Reply::Text(text),
    }
}

/// A report without its confidence, and with a mood.
pub(super) fn broken(text: &str) -> String {
    let Some(start) = text.rfind(",\"confidence\":") else { return text.to_owned() };
    let end = text[start + 1..].find(',').map_or(text.len(), |end| start + 1 + end);
    format!("{},\"mood\":\"hopeful\"{}", &text[..start], &text[end..])
}
