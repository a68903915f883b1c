use domain::Timeframe;
use domain::number::to_f64;
use domain::recommendation::{Direction, Strength};
use domain::report::Usable;
use llm::SourceGiven;
use llm::checks::CheckedRecommendation;
use market::plan::{Geometry, Terms, View, strength};
use rust_decimal::Decimal;

use super::inputs::Inputs;
use super::verdict::Verdict;

/// The strength of a recommendation; 0 when standing aside or invalid.
pub(crate) fn of(inputs: &Inputs, checked: &CheckedRecommendation, verdict: &Verdict) -> Strength {
    let answer = &checked.recommendation;
    let Some(geometry) = verdict.geometry.as_ref().filter(|_| verdict.broken.is_empty()) else {
        return Strength::default();
    };
    let views: Vec<View> = inputs.given.iter().map(|given| view(given, inputs)).collect();
    let side = answer.direction.sign();
    let is_unsupported = is_against(&inputs.given, answer.direction) || !checked.is_supported();
    let terms = terms(geometry, side, answer.probability, is_unsupported);
    let found = strength(&views, &terms);
    let short = |value: f64| (value * 1e4).round() / 1e4;
    Strength {
        agreement: short(found.agreement),
        regime: short(found.regime),
        reward: short(found.reward),
        edge: short(found.edge),
        quality: short(found.quality),
        ..found
    }
}

fn terms(geometry: &Geometry, side: i8, probability: i64, is_unsupported: bool) -> Terms {
    Terms {
        side,
        reward_to_risk: to_f64(geometry.reward_to_risk),
        expected_value: to_f64(geometry.expected_value(probability)),
        is_unsupported,
    }
}

/// Whether the report that the plan stands on is against it.
fn is_against(given: &[SourceGiven], direction: Direction) -> bool {
    given.last().is_some_and(|day| day.report.report.bias.sign() * direction.sign() < 0)
}

fn view(given: &SourceGiven, inputs: &Inputs) -> View {
    let weight = |timeframe: Timeframe| match timeframe {
        Timeframe::Month => 0.20,
        Timeframe::Week => 0.35,
        Timeframe::Day => 0.45,
        Timeframe::Hour4 | Timeframe::Hour => 0.0,
    };
    let all: f64 = inputs.given.iter().map(|given| weight(given.report.timeframe)).sum();
    let usable = match given.report.report.usable {
        Usable::Full => 1.0,
        Usable::Partial => 0.85,
        Usable::None => 0.0,
    };
    let regime = match given.ohlcv.stats.regime.as_str() {
        "up" => 1,
        "down" => -1,
        _ => 0,
    };
    View {
        weight: weight(given.report.timeframe) / all,
        bias: given.report.report.bias.sign(),
        regime,
        verified: verified(given, inputs),
        usable,
    }
}

/// The share of a report's checked numbers that hold.
fn verified(given: &SourceGiven, inputs: &Inputs) -> f64 {
    let checks = inputs.checks.get(&given.report.report_id);
    checks.map_or(1.0, |(verified, checked)| {
        if *checked == 0 { 1.0 } else { to_f64(Decimal::from(*verified)) / to_f64(Decimal::from(*checked)) }
    })
}
