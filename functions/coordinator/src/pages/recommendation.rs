//! What exactly, how sure, what speaks against it?

use askama::Template;
use axum::extract::{Path, State};
use domain::recommendation::{
    AccountState, Argument, CloseSide, Conflict, Contract, MODERATE, PlanDocument, PlanState,
    RecommendationDocument, STRONG, SourceReport,
};
use domain::report::Analyst;
use rust_decimal::Decimal;
use storage::{Kind, Status, StepDocument};

use super::shown::{Moment, Verdict, first_sentence};
use super::{Frame, Page, Shared};
use crate::api::Problem;
use crate::api::problem::NOT_FOUND;

pub(super) struct Source {
    timeframe: &'static str,
    bias: Verdict,
    odds: String,
    href: Option<String>,
    is_beside: bool,
}

/// A label, a value, and what it means.
type Fact = (String, String, String);

#[derive(Template)]
#[template(path = "recommendation.html")]
struct Recommendation {
    frame: Frame,
    run: String,
    symbol: String,
    market: String,
    verdict: Verdict,
    headline: String,
    lede: String,
    facts: Vec<Fact>,
    is_rules: bool,
    broken: Vec<&'static str>,
    conflicts: Vec<(&'static str, &'static str)>,
    when: String,
    plan: Vec<Fact>,
    reasoning: String,
    cases: Vec<(&'static str, Vec<String>)>,
    sources: Vec<Source>,
    audit: String,
    numbers: String,
    unit: String,
}

pub(super) async fn show(State(pages): Shared, Path(run_id): Path<String>) -> Page {
    let run = pages.api.run(&run_id).await.map_err(|problem| pages.failed(problem))?;
    let steps = pages.api.services.journal.steps(&run.run_id).await.map_err(|error| pages.failed(error))?;
    let step = steps.iter().find(|step| step.kind == Kind::Recommendation);
    let missing = |detail: &str| pages.failed(Problem::new(NOT_FOUND, detail));
    let step = step.ok_or_else(|| missing("The run recommends nothing, or has not come that far."))?;
    if step.status != Status::Done {
        let reason = step.result.reason.as_deref().map(notify::plain).unwrap_or_default();
        return Err(missing(&format!("The recommendation is {}. {reason}", step.status.as_str())));
    }
    let found = pages.recommendation(step).await.map_err(|error| pages.failed(error))?;
    let found = found
        .ok_or_else(|| missing("Its artifact is missing, damaged or expired; the audit says what it was."))?;
    let summary = notify::plain(&found.recommendation.summary);
    let headline = first_sentence(&summary);
    let lede = summary.get(headline.len()..).unwrap_or_default().trim().to_owned();
    pages.render(&Recommendation {
        frame: pages.frame(format!("{} recommendation", found.symbol), "Recommendations"),
        run: run.run_id.to_string(),
        symbol: found.symbol.to_string(),
        market: notify::plain(&format!("{} {}", found.venue, found.market)),
        verdict: Verdict::to(found.recommendation.direction),
        headline,
        lede,
        facts: facts(&found),
        is_rules: found.analyst == Analyst::Rules,
        broken: found.broken.iter().map(|rule| rule.sentence()).collect(),
        conflicts: found.conflicts.iter().map(|conflict| said(*conflict)).collect(),
        when: found.plan.as_ref().map(when).unwrap_or_default(),
        plan: plan(&found),
        reasoning: notify::plain(&found.recommendation.reasoning),
        cases: cases(&found),
        sources: sources(&found, &steps, run.run_id.as_str()),
        audit: format!("/runs/{}/audit/{}", run.run_id, step.step_id),
        numbers: format!(
            "{} of {} numbers verified, {} of them repaired.",
            found.checks.verified, found.checks.checked, found.checks.repaired
        ),
        unit: notify::plain(&found.price_unit),
    })
}

fn fact(label: &str, value: String, note: impl Into<String>) -> Fact {
    (label.to_owned(), value, note.into())
}

fn price(found: &RecommendationDocument, price: Decimal) -> String {
    domain::number::grouped(&domain::number::at_tick(price, found.tick))
}

fn facts(found: &RecommendationDocument) -> Vec<Fact> {
    let is_aside = found.recommendation.direction.sign() == 0;
    let value = found.strength.value;
    let word = match value {
        STRONG.. => "strong",
        MODERATE.. => "moderate",
        _ => "weak",
    };
    let strength = match found.plan_state() {
        PlanState::Aside => fact("Strength", "–".to_owned(), "there is no plan"),
        PlanState::Invalid => fact("Strength", "–".to_owned(), "an invalid plan has none"),
        PlanState::Planned => fact("Strength", value.to_string(), format!("of 100, {word}, uncalibrated")),
    };
    let odds = match found.recommendation.probability {
        _ if is_aside => fact("Target 1 first", "–".to_owned(), "there is no plan"),
        odds => fact("Target 1 first", odds.to_string(), "of 100, stated by the analyst"),
    };
    let account = match found.account {
        AccountState::Provided => ("provided".to_owned(), "positions and orders were read".to_owned()),
        AccountState::KnownEmpty => ("empty".to_owned(), "it was read and holds nothing".to_owned()),
        AccountState::NotProvided => {
            let why = found.account_reason.as_deref().map(notify::plain);
            ("not provided".to_owned(), why.unwrap_or_else(|| "size unknown".to_owned()))
        }
    };
    let last = fact("Price", price(found, found.last_price), format!("at {}", Moment(found.as_of).short()));
    vec![strength, odds, last, ("Account".to_owned(), account.0, account.1)]
}

/// What a conflict says, and what it means for the plan.
fn said(conflict: Conflict) -> (&'static str, &'static str) {
    match conflict {
        Conflict::AlreadyLong => ("You are already long.", "This plan would add to that position."),
        Conflict::AlreadyShort => ("You are already short.", "This plan would add to that position."),
        Conflict::OppositePosition => ("You hold the other side.", "This plan is against that position."),
        Conflict::MissingStop => ("Your stop is missing.", "A position has no stop order on the exchange."),
        Conflict::OrderInZone => {
            ("An order stands in the entry zone.", "It would be filled where this plan enters.")
        }
        Conflict::ExposureLimit => {
            ("The position would be too large.", "It would pass the limit that is configured.")
        }
    }
}

fn when(plan: &PlanDocument) -> String {
    format!("enter by {} UTC; held to {} UTC", Moment(plan.enter_by).short(), Moment(plan.hold_until).short())
}

fn plan(found: &RecommendationDocument) -> Vec<Fact> {
    let Some(plan) = &found.plan else { return Vec::new() };
    let stated = &found.recommendation;
    let zone = format!("{} to {}", price(found, plan.entry_low), price(found, plan.entry_high));
    let mut rows = vec![fact("Entry", zone, notify::plain(&stated.plan.entry_ref))];
    let stop = found.geometry.as_ref().map(|geometry| format!("{:.1} ATR away, ", geometry.stop_atr));
    let stop = format!("{}{}", stop.unwrap_or_default(), notify::plain(&stated.plan.stop_ref));
    rows.push(fact("Stop", price(found, plan.stop), stop));
    for (index, target) in plan.targets.iter().enumerate() {
        let note = format!("{:.2} R on {} % of it", target.r, target.fraction_pct.normalize());
        rows.push(fact(&format!("Target {}", index + 1), price(found, target.price), note));
    }
    let end = &stated.invalidation;
    if let Some(at) = end.price {
        let side = match end.close {
            CloseSide::Above => "over",
            CloseSide::Below => "under",
            CloseSide::None => "at",
        };
        let note = format!("void by a {} close {side} it. {}", end.timeframe, notify::plain(&end.reason));
        rows.push(fact("Ends", price(found, at), note));
    }
    rows.extend(found.contract.as_ref().map(|contract| liquidation(found, contract)));
    match (&found.size, &found.size_reason) {
        (Some(size), _) => {
            let unit = notify::plain(&found.price_unit);
            let mut risks = format!("risks {} {unit}", size.at_risk.round_dp(2));
            if let Some(margin) = size.margin {
                risks.push_str(&format!(", {} {unit} of margin", margin.round_dp(2)));
            }
            rows.push(fact("Size", size.quantity.normalize().to_string(), risks));
        }
        (None, Some(reason)) => {
            rows.push(fact("Size", "unknown".to_owned(), reason.sentence().to_owned()));
        }
        (None, None) => {}
    }
    rows
}

/// Where a contract would be liquidated, or that it is not known.
fn liquidation(found: &RecommendationDocument, contract: &Contract) -> Fact {
    let leverage = contract.leverage.map(|leverage| format!("isolated at {}x", leverage.normalize()));
    let leverage = leverage.unwrap_or_else(|| "the leverage that is set is not known".to_owned());
    match contract.liquidation {
        Some(at) if contract.is_held => fact("Liquidation", price(found, at), "of the position you hold"),
        Some(at) => fact("Liquidation", price(found, at), leverage),
        None if contract.leverage.is_some() && contract.maintenance_margin.is_some() => {
            fact("Liquidation", "at no price".to_owned(), leverage)
        }
        None => fact("Liquidation", "unknown".to_owned(), leverage),
    }
}

fn cases(found: &RecommendationDocument) -> Vec<(&'static str, Vec<String>)> {
    let stated = &found.recommendation;
    let of =
        |arguments: &[Argument]| arguments.iter().map(|one| notify::plain(&one.says)).collect::<Vec<_>>();
    let plain = |texts: &[String]| texts.iter().map(|text| notify::plain(text)).collect::<Vec<_>>();
    let all = [
        ("For a long", of(&stated.case_long)),
        ("For a short", of(&stated.case_short)),
        ("Where the reports disagree", plain(&stated.conflicts)),
        ("What would change its mind", plain(&stated.change_mind)),
    ];
    all.into_iter().filter(|(_, points)| !points.is_empty()).collect()
}

fn sources(found: &RecommendationDocument, steps: &[StepDocument], run_id: &str) -> Vec<Source> {
    let source = |report: &SourceReport, is_beside| {
        let timeframe = report.timeframe;
        let is_own = steps.iter().any(|step| step.result.report_id.as_ref() == Some(&report.report_id));
        Source {
            timeframe: timeframe.as_str(),
            bias: Verdict::of(report.bias),
            odds: format!("{} / {}", report.p_up, report.p_down),
            href: is_own.then(|| format!("/runs/{run_id}/page/{timeframe}")),
            is_beside,
        }
    };
    let own = found.source_reports.iter().map(|report| source(report, false));
    own.chain(found.beside.iter().map(|report| source(report, true))).collect()
}
