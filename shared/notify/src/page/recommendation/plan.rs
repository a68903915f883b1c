use domain::recommendation::{AccountState, Contract, Direction, NoSize, PlanDocument};
use domain::report::Analyst;
use rust_decimal::Decimal;

use super::account;
use super::address::spoken;
use super::view::View;
use crate::figures;
use crate::lang::{self, Words, fill};
use crate::page::behind::Charts;
use crate::page::head::Moment;
use crate::prose::Piece;
use crate::text::plain;

/// The plan: its times, its chart, its prices, what was counted.
pub(super) struct Plan {
    pub(super) title: &'static str,
    pub(super) enter_by: Option<Moment>,
    pub(super) hold_until: Option<Moment>,
    /// That there is none.
    pub(super) none: &'static str,
    pub(super) chart: Option<Charts>,
    pub(super) rows: Vec<Row>,
    pub(super) notes: Vec<String>,
    pub(super) account: account::Account,
}

/// A row of the plan.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) value: Vec<Piece>,
    pub(super) note: String,
}

pub(super) fn plan(view: &View<'_>) -> Plan {
    let words = &view.words.plan;
    let is_aside = view.direction() == Direction::StandAside;
    let title = match (is_aside, view.is_invalid()) {
        (true, _) => &words.title_none,
        (_, true) => &words.title_invalid,
        _ => &words.title,
    };
    let plan = view.document().plan.as_ref();
    let moment = |at: jiff::Timestamp| Moment { machine: at.to_string(), text: view.dates.short(at) };
    let rows = if is_aside { Vec::new() } else { rows(view) };
    Plan {
        title,
        enter_by: plan.map(|plan| moment(plan.enter_by)),
        hold_until: plan.map(|plan| moment(plan.hold_until)),
        none: if is_aside { &words.none } else { "" },
        chart: chart(view),
        rows,
        notes: if is_aside { Vec::new() } else { counted(view) },
        account: account::account(view),
    }
}

fn chart(view: &View<'_>) -> Option<Charts> {
    let (chart, words) = (view.input.chart?, &view.words.plan);
    let symbol = view.document().symbol.as_str();
    let tf = chart.timeframe.as_str();
    let (label, caption) = match &view.document().plan {
        Some(plan) => {
            let list = spoken_prices(view, plan);
            let label = fill(&words.label, &[("symbol", symbol), ("tf", tf), ("list", &list)]);
            (label, fill(&words.caption, &[("tf", tf)]))
        }
        None => {
            let label = fill(&words.label_none, &[("symbol", symbol), ("tf", tf)]);
            (label, fill(&words.caption_none, &[("tf", tf)]))
        }
    };
    let caption = if chart.has_forming { format!("{caption} {}", words.forming) } else { caption };
    Some(Charts { wide: chart.svgs.wide.clone(), narrow: chart.svgs.narrow.clone(), label, caption })
}

fn spoken_prices(view: &View<'_>, plan: &PlanDocument) -> String {
    let words = &view.words.plan;
    let zone = zone(view.words, &view.price(plan.entry_low), &view.price(plan.entry_high));
    let mut list =
        vec![format!("{} {zone}", words.entry), format!("{} {}", words.stop, view.price(plan.stop))];
    list.extend(
        plan.targets.iter().enumerate().map(|(index, target)| {
            format!("{} {}", target_word(view.words, index), view.price(target.price))
        }),
    );
    list.join(", ")
}

fn zone(words: &Words, low: &str, high: &str) -> String {
    fill(&words.plan.zone, &[("low", low), ("high", high)])
}

/// `Target 1`.
pub(super) fn target_word(words: &Words, index: usize) -> String {
    fill(&words.plan.target_n, &[("n", &(index + 1).to_string())])
}

/// A part of the position: `half`, `all`, `30 %`.
pub(crate) fn part_word(words: &Words, percent: Decimal) -> String {
    let words = &words.plan;
    if percent == Decimal::from(50) {
        return words.half.clone();
    }
    if percent == Decimal::ONE_HUNDRED {
        return words.all.clone();
    }
    fill(&words.percent, &[("n", &domain::number::trimmed(percent))]).replace(" %", "\u{a0}%")
}

/// The prices as the venue takes them; where there are none of those, as they were stated.
fn rows(view: &View<'_>) -> Vec<Row> {
    let (words, document) = (&view.words.plan, view.document());
    let (stated, planned) = (&document.recommendation.plan, document.plan.as_ref());
    let mut rows = Vec::new();
    let low = planned.map(|plan| plan.entry_low).or(stated.entry_low);
    let high = planned.map(|plan| plan.entry_high).or(stated.entry_high);
    if let (Some(low), Some(high)) = (low, high) {
        let (low, high) = (view.price_at("plan.entry_low", low), view.price_at("plan.entry_high", high));
        let (before, after) = words.zone.split_once("{low}").unwrap_or_default();
        let (between, after) = after.split_once("{high}").unwrap_or((after, ""));
        let words_of = |text: &str| Piece::words(text);
        let value = vec![words_of(before), low, words_of(between), high, words_of(after)];
        rows.push(Row { name: words.entry.clone(), value, note: spoken(view.words, &stated.entry_ref) });
    }
    if let Some(stop) = planned.map(|plan| plan.stop).or(stated.stop) {
        let value = vec![view.price_at("plan.stop", stop)];
        let entry = document.geometry.as_ref().map(|geometry| (geometry.entry, geometry.stop_atr));
        let away = entry.map(|(entry, atr)| {
            let (distance, atr) = (view.price((entry - stop).abs()), decimals(atr, 1));
            fill(&words.away, &[("distance", &distance), ("atr", &atr)])
        });
        let note = away.unwrap_or_else(|| spoken(view.words, &stated.stop_ref));
        rows.push(Row { name: words.stop.clone(), value, note });
    }
    for (index, target) in stated.targets.iter().enumerate() {
        let found = planned.and_then(|plan| plan.targets.get(index));
        let price = found.map_or(target.price, |target| target.price);
        let value = vec![view.price_at(&format!("plan.targets[{index}].price"), price)];
        let part = part_word(view.words, target.fraction_pct);
        let name = fill(&words.target, &[("n", &(index + 1).to_string()), ("part", &part)]);
        let r = found.filter(|_| document.geometry.is_some()).map(|target| target.r);
        let note = r.map(|r| fill(&words.r, &[("n", &decimals(r, 2))]));
        rows.push(Row { name, value, note: note.unwrap_or_else(|| spoken(view.words, &target.reference)) });
    }
    rows.extend(document.contract.as_ref().map(|contract| liquidation(view, contract)));
    if !view.is_invalid() {
        rows.push(size(view));
    }
    rows.push(odds(view));
    rows
}

fn size(view: &View<'_>) -> Row {
    let (words, document) = (&view.words.plan, view.document());
    let name = words.size.clone();
    let Some(size) = &document.size else {
        let note = document.size_reason.map_or_else(String::new, |reason| match reason {
            NoSize::AccountNotProvided => words.no_account.clone(),
            NoSize::FiltersUnknown => words.no_filters.clone(),
            NoSize::ContractUnknown => words.no_contract.clone(),
            NoSize::NoFunds => words.no_funds.clone(),
            NoSize::TooSmall => words.too_small.clone(),
        });
        return Row { name, value: vec![Piece::words(words.unknown.clone())], note };
    };
    let quantity = figures::printed(&domain::number::trimmed(size.quantity));
    let value = vec![Piece::words(format!("{quantity} {}", plain(view.base())))];
    let (amount, pct) = (decimals(size.at_risk, 2), domain::number::trimmed(size.risk_pct));
    let unit = plain(&document.price_unit);
    let risks = if view.travels { &words.risks_amount } else { &words.risks };
    let mut note = fill(risks, &[("amount", &amount), ("unit", &unit), ("pct", &pct)]);
    let leverage = document.contract.as_ref().and_then(|contract| contract.leverage);
    if let Some((margin, leverage)) = size.margin.zip(leverage) {
        let (amount, leverage) = (decimals(margin, 2), domain::number::trimmed(leverage));
        let margin = fill(&words.margin, &[("amount", &amount), ("unit", &unit), ("leverage", &leverage)]);
        note = format!("{note}, {margin}");
    }
    if size.is_bounded_by_funds {
        note = format!("{note}, {}", words.bounded);
    }
    Row { name, value, note: note.replace(" %", "\u{a0}%") }
}

/// Where the position would be liquidated, or why that is not known.
fn liquidation(view: &View<'_>, contract: &Contract) -> Row {
    let (words, document) = (&view.words.plan, view.document());
    let name = words.liquidation.clone();
    let leverage = contract.leverage.map(domain::number::trimmed).unwrap_or_default();
    let isolated = fill(&words.isolated, &[("leverage", &leverage)]);
    let Some(price) = contract.liquidation else {
        let is_told = contract.leverage.is_some() && contract.maintenance_margin.is_some();
        let (value, note) = match document.account {
            _ if is_told => (&words.at_no_price, isolated),
            AccountState::NotProvided => (&words.unknown, words.no_account.clone()),
            _ => (&words.unknown, words.no_leverage.clone()),
        };
        return Row { name, value: vec![Piece::words(value.clone())], note };
    };
    let of = if contract.is_held { words.of_held.clone() } else { isolated };
    let away = document.plan.as_ref().and_then(|plan| (price - plan.stop).abs().checked_div(document.atr));
    let note = away
        .map_or_else(|| of.clone(), |atr| fill(&words.beyond, &[("atr", &decimals(atr, 1)), ("of", &of)]));
    Row { name, value: vec![Piece::words(view.price(price))], note }
}

fn odds(view: &View<'_>) -> Row {
    let (words, document) = (&view.words.plan, view.document());
    let stated = document.recommendation.probability.to_string();
    let shown = fill(&words.odds, &[("n", &stated)]);
    let note = match document.analyst {
        Analyst::Rules => &words.by_rules,
        Analyst::Model => &words.by_model,
    };
    let piece = crate::prose::at_path("probability", shown, &document.checks.items);
    Row { name: words.first.clone(), value: vec![piece], note: note.clone() }
}

/// What the figures of the plan include, and the figures that no row has.
fn counted(view: &View<'_>) -> Vec<String> {
    let (words, document) = (&view.words.plan, view.document());
    let Some(geometry) = &document.geometry else { return Vec::new() };
    let entry = view.price(geometry.entry);
    let judged = if view.is_invalid() { words.judged.clone() } else { format!("✓ {}", words.holds) };
    let unit = plain(&document.price_unit);
    let pct = domain::number::trimmed(document.costs.per_side * Decimal::ONE_HUNDRED);
    let funding = document.costs.funding;
    let amount = figures::printed(&domain::number::trimmed(funding));
    let costs = if funding.is_zero() { &words.counted } else { &words.funding };
    let costs = match document.contract.as_ref().map(|contract| rates(words, contract, funding)) {
        Some(rates) => format!("{costs} {rates}"),
        None => costs.clone(),
    };
    let (loss, rr, ev) = (
        decimals(geometry.loss, 2),
        decimals(geometry.reward_to_risk, 2),
        figures::signed(&format!("{:.2}", figures::rounded(geometry.expected_value, 2))),
    );
    vec![
        fill(&judged, &[("entry", &entry)]),
        fill(&costs, &[("pct", &pct), ("amount", &amount), ("unit", &unit)]).replace(" %", "\u{a0}%"),
        fill(&words.figures, &[("loss", &loss), ("unit", &unit), ("rr", &rr), ("ev", &ev)]),
    ]
}

/// What funding was counted by.
fn rates(words: &lang::Plan, contract: &Contract, funding: Decimal) -> String {
    let Some((rate, hours)) = contract.mean_funding.zip(contract.funding_interval_hours) else {
        return words.funding_unknown.clone();
    };
    let rate = figures::signed(&domain::number::trimmed(rate * Decimal::ONE_HUNDRED));
    let said = if funding.is_zero() { &words.funding_none } else { &words.funding_rate };
    fill(said, &[("rate", &rate), ("hours", &hours.to_string())])
}

/// A figure with `places` decimals.
fn decimals(value: Decimal, places: u32) -> String {
    figures::printed(&format!("{:.*}", places as usize, figures::rounded(value, places)))
}
