//! The recommendation by rule: the reports' signs by their weights, a zone at the price, a stop past the nearest level
//! that is far enough, the next levels as targets, and standing aside wherever that does not pay.

mod case;
mod plan;
mod repair;
mod spoil;
mod words;

use domain::Timeframe;
use domain::recommendation::{Direction, Plan, PlanEnd, Recommendation, Takeaway};
use domain::report::Trust;
use rust_decimal::Decimal;

use super::Mode;
use super::brief::{Brief, Source, Terms};
use plan::Draft;
pub(super) use repair::answer as repair;
pub(super) use spoil::broken;
use words::{Aside, Words};

/// The answer to a request for a recommendation, in the mode's way.
pub(super) fn answer(brief: &Brief, mode: Mode) -> Recommendation {
    spoil::written(by_rule(brief, mode), brief, mode)
}

/// The recommendation by the rules; of the modes, only those that lean of themselves change it.
fn by_rule(brief: &Brief, mode: Mode) -> Recommendation {
    let words = Words(brief.language);
    let decided = decide(brief, mode);
    let (direction, draft, aside) = match &decided {
        Ok((direction, draft)) => (*direction, Some(draft), None),
        Err(aside) => (Direction::StandAside, None, Some(*aside)),
    };
    let sources = &brief.sources;
    let takeaway = |source: &Source| Takeaway {
        report_id: source.report_id.clone(),
        bias: source.report.bias,
        takeaway: words.takeaway(source),
    };
    let case_of = |side| {
        let mut case = case::of(side, sources, words);
        case.extend(case::of_contract(side, brief, words));
        case
    };
    Recommendation {
        sources: sources.iter().map(takeaway).collect(),
        conflicts: conflicts(sources, words),
        case_long: case_of(Direction::Long),
        case_short: case_of(Direction::Short),
        account_effect: words.account(brief.terms.as_ref()),
        direction,
        plan: draft.map_or_else(Plan::none, |draft| draft.plan.clone()),
        invalidation: draft.map_or_else(PlanEnd::none, |draft| PlanEnd {
            reason: words.ends(direction, draft),
            ..draft.end.clone()
        }),
        change_mind: vec![words.change_mind(draft)],
        probability: draft.map_or(0, |draft| draft.probability),
        reasoning: words.reasoning(sources, direction),
        summary: match (draft, aside) {
            (Some(draft), _) => words.summary(direction, draft),
            (None, aside) => words.aside(aside.unwrap_or(Aside::NoAgreement)),
        },
    }
}

/// The direction and its plan, or why there is none.
fn decide(brief: &Brief, mode: Mode) -> Result<(Direction, Draft), Aside> {
    let (Some(terms), Some(day)) = (&brief.terms, brief.sources.last()) else {
        return Err(Aside::NoAgreement);
    };
    let forced = matches!(mode, Mode::AlwaysLong | Mode::PoorRr | Mode::WrongSideStop);
    let (sum, signs) = view(&brief.sources);
    let direction = match sum {
        _ if forced => Direction::Long,
        sum if sum >= Decimal::new(3, 1) => Direction::Long,
        sum if sum <= Decimal::new(-3, 1) => Direction::Short,
        _ => return Err(Aside::NoAgreement),
    };
    if direction == Direction::Short && !terms.can_be_sold_short {
        return Err(Aside::NotShortable);
    }
    let points = signs * i64::from(direction.sign());
    if mode == Mode::PoorRr {
        return plan::at_barriers(day, terms).map(|draft| (direction, draft)).ok_or(Aside::DoesNotPay);
    }
    let by_levels =
        plan::draft(direction, day, terms, points).filter(|draft| plan::pays(direction, draft, terms));
    let draft = if forced { by_levels.or_else(|| plan::at_barriers(day, terms)) } else { by_levels };
    draft.map(|draft| (direction, draft)).ok_or(Aside::DoesNotPay)
}

/// The weighted signs of the biases, and their plain sum. A report that cannot be relied on has none.
fn view(sources: &[Source]) -> (Decimal, i64) {
    let weight = |timeframe| match timeframe {
        Timeframe::Month => Decimal::new(20, 2),
        Timeframe::Week => Decimal::new(35, 2),
        Timeframe::Day => Decimal::new(45, 2),
        Timeframe::Hour4 | Timeframe::Hour => Decimal::ZERO,
    };
    let signs = sources.iter().map(|source| {
        let sign = if source.trust == Trust::Ok { source.report.bias.sign() } else { 0 };
        (weight(source.timeframe) * Decimal::from(sign), i64::from(sign))
    });
    signs.fold((Decimal::ZERO, 0), |(sum, count), (weighted, sign)| (sum + weighted, count + sign))
}

fn conflicts(sources: &[Source], words: Words) -> Vec<String> {
    let pairs = sources.iter().enumerate().flat_map(|(i, a)| sources.iter().skip(i + 1).map(move |b| (a, b)));
    let opposed = pairs.filter(|(a, b)| a.report.bias.sign() * b.report.bias.sign() < 0);
    opposed.map(|(a, b)| words.conflict(a, b)).collect()
}

/// The terms' ATR14 of the day by parts of a hundred.
fn of_atr(terms: &Terms, hundredths: i64) -> Decimal {
    terms.atr14_1d * Decimal::new(hundredths, 2)
}
