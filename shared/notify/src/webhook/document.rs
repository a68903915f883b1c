use domain::recommendation::{Direction, RecommendationDocument};
use domain::report::{Bias, Outcome, ReportDocument, Trust};
use domain::{RecommendationId, ReportId, RunId, Source, Symbol, Timeframe};
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::Serialize;

use crate::LanguageError;
use crate::message::Markup;
use crate::notice::{About, Notice};
use crate::text::{capped, plain};

/// The name and version of the body: a field may be added to it, none is taken away or changes its meaning.
pub const SCHEMA: &str = "topdown.notice/1";

/// Most characters of a text that a model or a vendor wrote.
const LONGEST: usize = 2000;

/// The body of the request.
#[derive(Serialize)]
pub(super) struct Document<'a> {
    schema: &'static str,
    /// The notice's own, as in `Idempotency-Key`.
    key: &'a str,
    /// `report`, `recommendation` or `trouble`: which of the three objects below is there.
    kind: &'static str,
    run: Run<'a>,
    symbol: &'a Symbol,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a Source>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timeframe: Option<Timeframe>,
    /// The instant whose market was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    as_of: Option<Timestamp>,
    /// Language of the texts.
    language: &'a str,
    /// The answer in one line.
    headline: String,
    /// The whole message, some lines.
    text: String,
    /// Whether it can wait until its reader looks.
    silent: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<Report<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recommendation: Option<Recommendation<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trouble: Option<Trouble<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<Page<'a>>,
}

#[derive(Serialize)]
struct Run<'a> {
    run_id: &'a RunId,
    flow: u8,
}

#[derive(Serialize)]
struct Report<'a> {
    report_id: &'a ReportId,
    outcome: Outcome,
    bias: Bias,
    /// Of 100.
    p_up: i64,
    p_neither: i64,
    p_down: i64,
    summary: String,
    trust: Trust,
}

#[derive(Serialize)]
struct Recommendation<'a> {
    recommendation_id: &'a RecommendationId,
    direction: Direction,
    /// Of 100; `null` without a plan that keeps every rule.
    signal_strength: Option<u8>,
    is_valid_plan: bool,
    summary: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<Plan>,
    source_report_id: &'a [ReportId],
    trust: Trust,
}

#[derive(Serialize)]
struct Plan {
    entry_low: Decimal,
    entry_high: Decimal,
    stop: Decimal,
    targets: Vec<Decimal>,
    enter_by: Timestamp,
}

#[derive(Serialize)]
struct Trouble<'a> {
    reason: String,
    next_try: Option<Timestamp>,
    last_report: Option<Timestamp>,
    command: &'a str,
}

#[derive(Serialize)]
struct Page<'a> {
    url: &'a str,
    expires_at: Timestamp,
}

fn said(text: &str) -> String {
    capped(plain(text).trim(), LONGEST)
}

impl<'a> Document<'a> {
    pub(super) fn of(notice: &Notice<'a>) -> Result<Self, LanguageError> {
        let text = notice.message(Markup::PLAIN)?;
        let link = notice.page.and_then(|page| page.link);
        let blank = |kind, symbol, language| Self {
            schema: SCHEMA,
            key: notice.key,
            kind,
            run: Run { run_id: notice.run_id, flow: notice.flow },
            symbol,
            source: None,
            timeframe: None,
            as_of: None,
            language,
            headline: text.lines().next().unwrap_or_default().to_owned(),
            silent: notice.is_silent(),
            report: None,
            recommendation: None,
            trouble: None,
            page: link.map(|link| Page { url: link.url, expires_at: link.opens_until }),
            text: text.clone(),
        };
        Ok(match notice.about {
            About::Report(document) => Self {
                source: Some(&document.source),
                timeframe: Some(document.timeframe),
                as_of: Some(document.as_of),
                report: Some(report(document)),
                ..blank("report", &document.symbol, &document.language)
            },
            About::Recommendation(document) => Self {
                source: Some(&document.source),
                as_of: Some(document.as_of),
                recommendation: Some(recommendation(document)),
                ..blank("recommendation", &document.symbol, &document.language)
            },
            About::Trouble(trouble, _) => Self {
                timeframe: Some(trouble.timeframe),
                trouble: Some(Trouble {
                    reason: said(trouble.reason),
                    next_try: trouble.next_try,
                    last_report: trouble.last_report,
                    command: trouble.command,
                }),
                ..blank("trouble", trouble.symbol, trouble.language)
            },
        })
    }
}

fn report(document: &ReportDocument) -> Report<'_> {
    let report = &document.report;
    let odds = &report.scenarios;
    Report {
        report_id: &document.report_id,
        outcome: report.outcome,
        bias: report.bias,
        p_up: odds.p_up,
        p_neither: odds.p_neither,
        p_down: odds.p_down,
        summary: said(&report.summary),
        trust: document.trust,
    }
}

fn recommendation(document: &RecommendationDocument) -> Recommendation<'_> {
    let is_valid_plan = document.is_valid_plan();
    let plan = document.plan.as_ref().filter(|_| is_valid_plan);
    Recommendation {
        recommendation_id: &document.recommendation_id,
        direction: document.recommendation.direction,
        signal_strength: plan.map(|_| document.strength.value),
        is_valid_plan,
        summary: said(&document.recommendation.summary),
        plan: plan.map(|plan| Plan {
            entry_low: plan.entry_low,
            entry_high: plan.entry_high,
            stop: plan.stop,
            targets: plan.targets.iter().map(|target| target.price).collect(),
            enter_by: plan.enter_by,
        }),
        source_report_id: &document.source_report_id,
        trust: document.trust,
    }
}
