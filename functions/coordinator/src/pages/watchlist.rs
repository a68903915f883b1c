//! Must I look at anything?

use std::collections::BTreeMap;

use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use domain::recommendation::{PlanState, STRONG};
use domain::report::ReportDocument;
use domain::{Market, Timeframe, Watched};
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use serde::Deserialize;
use storage::{Kind, Status, StepDocument, StoreError};

use super::found::Ran;
use super::shown::{Moment, READ, Verdict, above, age, first_sentence, money, relation};
use super::{Frame, Page, Pages, Shared, Visitor, forms};
use crate::api::Standing;

/// Rows of a part.
const PART: usize = 30;

/// Failed runs that are told of.
const TOLD: usize = 5;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    part: Option<usize>,
}

pub(super) struct Summary {
    headline: String,
    lede: String,
}

pub(super) struct Next {
    at: Moment,
    timeframe: &'static str,
}

pub(super) struct Row {
    symbol: String,
    /// Where a plan would be traded, if not on the exchange's spot market.
    market: Option<&'static str>,
    price: Option<String>,
    unit: String,
    note: Option<Note>,
    cells: Vec<Cell>,
    advice: Option<Advice>,
}

pub(super) struct Note {
    lead: String,
    text: String,
    is_wrong: bool,
    href: Option<String>,
}

pub(super) struct Cell {
    timeframe: &'static str,
    report: Option<Seen>,
    missing: String,
}

pub(super) struct Seen {
    bias: Verdict,
    href: String,
    up: i64,
    down: i64,
    line: String,
    end: (String, String),
    relation: String,
    is_sound: bool,
    age: String,
    is_stale: bool,
}

pub(super) struct Advice {
    mark: &'static str,
    word: &'static str,
    class: &'static str,
    href: String,
    strength: Option<u8>,
    note: String,
    age: String,
}

pub(super) struct Held {
    at: Moment,
    run: String,
    symbol: String,
    text: String,
}

#[derive(Template)]
#[template(path = "watchlist.html")]
struct Matrix {
    frame: Frame,
    verdict: Summary,
    next: Next,
    spent: String,
    spent_note: String,
    how: String,
    columns: Vec<(&'static str, String)>,
    rows: Vec<Row>,
    pages: Vec<usize>,
    this_part: usize,
    held: Vec<Held>,
    form: forms::Start,
}

pub(super) async fn show(
    State(pages): Shared,
    Extension(visitor): Extension<Visitor>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Page {
    let Query(wanted) = wanted.map_err(|_| pages.nothing())?;
    let all = pages.api.desk.watched().await.map_err(|problem| pages.failed(problem))?;
    let parts = all.len().div_ceil(PART).max(1);
    let this_part = wanted.part.unwrap_or(1);
    if !(1..=parts).contains(&this_part) {
        return Err(pages.nothing());
    }
    let now = pages.api.services.clock.now();
    let runs = pages.newest().await.map_err(|error| pages.failed(error))?;
    let mut rows = Vec::new();
    for watched in all.iter().skip((this_part - 1) * PART).take(PART) {
        rows.push(pages.row(watched, &runs, now).await.map_err(|error| pages.failed(error))?);
    }
    let today =
        runs.iter().filter(|ran| now.duration_since(ran.run.requested_at) < SignedDuration::from_hours(24));
    let steps: Vec<&StepDocument> = today.flat_map(|ran| &ran.steps).collect();
    let spent: Decimal = steps.iter().filter_map(|step| step.result.cost_usd).sum();
    let reports = steps.iter().filter(|step| step.kind == Kind::Report && step.status == Status::Done);
    let (reused, written): (Vec<&StepDocument>, Vec<&StepDocument>) =
        reports.copied().partition(|step| step.result.reused_from.is_some());
    let close = |timeframe: Timeframe| timeframe.next_open(timeframe.open_of(now));
    let next = READ.into_iter().min_by_key(|timeframe| close(*timeframe)).unwrap_or(Timeframe::Hour4);
    pages.render(&Matrix {
        frame: pages.frame("Watchlist", "Watchlist"),
        verdict: verdict(&rows),
        next: Next { at: Moment(close(next)), timeframe: next.as_str() },
        spent: money(spent),
        spent_note: format!("in 24 h, {} reports written, {} reused", written.len(), reused.len()),
        how: all
            .is_empty()
            .then(|| "BTCUSDT".parse().ok())
            .flatten()
            .map_or_else(String::new, |symbol| pages.api.desk.how_to_watch(&symbol)),
        columns: READ
            .map(|timeframe| (timeframe.as_str(), age(close(timeframe).duration_since(now))))
            .to_vec(),
        rows,
        pages: (1..=parts).collect(),
        this_part,
        held: held(&runs),
        form: forms::Start::of(&visitor, &all),
    })
}

fn verdict(rows: &[Row]) -> Summary {
    let all = rows.len();
    let read = rows.iter().filter(|row| row.cells.iter().any(|cell| cell.report.is_some())).count();
    let wrong = rows.iter().filter(|row| row.note.as_ref().is_some_and(|note| note.is_wrong)).count();
    let strongest = rows.iter().filter_map(|row| Some((row, row.advice.as_ref()?.strength?)));
    let strongest = strongest.max_by_key(|(_, strength)| *strength).filter(|(_, strength)| *strength > 0);
    let headline = match (all, read, strongest) {
        (0, ..) => "Nothing is watched yet".to_owned(),
        (_, 0, _) => "Nothing is read yet".to_owned(),
        (.., Some((row, strength))) if strength >= STRONG => {
            let word = row.advice.as_ref().map(|advice| advice.word).unwrap_or_default();
            format!("{} {}, {strength} of 100", row.symbol, word.to_lowercase())
        }
        _ => "Nothing strong right now".to_owned(),
    };
    let mut lede = format!("{read} of {all} symbols are read.");
    if wrong > 0 {
        lede.push_str(&format!(" {wrong} {} a look.", if wrong == 1 { "needs" } else { "need" }));
    }
    if let Some((row, strength)) = strongest {
        lede.push_str(&format!(" {} is the strongest, {strength} of 100.", row.symbol));
    }
    Summary { headline, lede }
}

fn held(runs: &[Ran]) -> Vec<Held> {
    let failed = runs.iter().filter(|ran| ran.run.status == Status::Failed);
    let told = failed.take(TOLD).map(|ran| Held {
        at: Moment(ran.run.ended_at.unwrap_or(ran.run.requested_at)),
        run: ran.run.run_id.to_string(),
        symbol: ran.run.symbol.to_string(),
        text: notify::plain(ran.run.reason.as_deref().unwrap_or("no reason was recorded")),
    });
    told.collect()
}

impl Pages {
    async fn row(&self, watched: &Watched, runs: &[Ran], now: Timestamp) -> Result<Row, StoreError> {
        let symbol = &watched.symbol;
        let own: Vec<&Ran> = runs.iter().filter(|ran| ran.run.symbol == *symbol).collect();
        let mut row = Row {
            symbol: symbol.to_string(),
            market: match watched.market {
                Market::Spot => None,
                Market::Perp => Some("plans on its perpetual"),
            },
            price: None,
            unit: String::new(),
            note: None,
            cells: Vec::new(),
            advice: None,
        };
        let running: BTreeMap<Timeframe, &Ran> = own
            .iter()
            .filter(|ran| ran.run.status == Status::Running)
            .flat_map(|ran| ran.steps.iter().filter_map(move |step| Some((step.timeframe?, *ran))))
            .collect();
        let mut priced: Option<Timestamp> = None;
        for timeframe in READ {
            let missing = if running.contains_key(&timeframe) { "is being read" } else { "not read yet" };
            let mut cell = Cell { timeframe: timeframe.as_str(), report: None, missing: missing.to_owned() };
            let last = own.iter().find_map(|ran| {
                let step = ran.done(Kind::Report).find(|step| step.timeframe == Some(timeframe))?;
                Some((*ran, step))
            });
            if let Some((ran, step)) = last
                && let Some(report) = self.report(step).await?
            {
                cell.report = Some(self.seen(ran, &report, timeframe, now).await?);
                if priced.is_none_or(|at| report.as_of > at) {
                    priced = Some(report.as_of);
                    let last = domain::number::at_tick(report.last_price, report.tick);
                    row.price = Some(domain::number::grouped(&last));
                    row.unit = format!("{}, {}", report.price_unit, Moment(report.as_of).short());
                }
            }
            row.cells.push(cell);
        }
        row.advice = self.advice(&own, now).await?;
        row.note = match self.api.desk.standing(symbol).await? {
            Some(Standing::Halted) => Some(Note {
                lead: "Halted on the exchange.".to_owned(),
                text: "Its last reports stay readable; nothing is spent until trading resumes.".to_owned(),
                is_wrong: true,
                href: None,
            }),
            Some(Standing::Collecting(there)) if priced.is_none() => Some(Note {
                lead: "Collecting candles for the first time.".to_owned(),
                text: collected(&there),
                is_wrong: false,
                href: None,
            }),
            _ if priced.is_none() => unread(&own),
            _ => None,
        };
        Ok(row)
    }

    async fn seen(
        &self,
        ran: &Ran,
        report: &ReportDocument,
        timeframe: Timeframe,
        now: Timestamp,
    ) -> Result<Seen, StoreError> {
        let candles = ran.done(Kind::Ohlcv).find(|step| step.timeframe == Some(timeframe));
        let closes = match candles {
            Some(step) => self.closes(step).await?,
            None => None,
        };
        let (line, end) = line(closes.as_deref().map(Vec::as_slice).unwrap_or_default());
        let close = timeframe.next_open(timeframe.open_of(report.as_of));
        Ok(Seen {
            bias: Verdict::of(report.report.bias),
            href: format!("/runs/{}/page/{timeframe}", ran.run.run_id),
            up: report.report.scenarios.p_up,
            down: report.report.scenarios.p_down,
            line,
            end,
            relation: relation(report.report.parent_relation, above(timeframe)),
            is_sound: report.trust == domain::report::Trust::Ok,
            age: age(now.duration_since(report.as_of)),
            is_stale: now >= close,
        })
    }

    async fn advice(&self, own: &[&Ran], now: Timestamp) -> Result<Option<Advice>, StoreError> {
        let last = own.iter().find_map(|ran| Some((*ran, ran.done(Kind::Recommendation).next()?)));
        let Some((ran, step)) = last else { return Ok(None) };
        let Some(found) = self.recommendation(step).await? else { return Ok(None) };
        let Verdict { mark, word, class } = Verdict::to(found.recommendation.direction);
        Ok(Some(Advice {
            mark,
            word,
            class,
            href: format!("/runs/{}/recommendation", ran.run.run_id),
            strength: found.is_valid_plan().then_some(found.strength.value),
            note: if found.plan_state() == PlanState::Invalid {
                "the plan is invalid".to_owned()
            } else {
                first_sentence(&found.recommendation.summary)
            },
            age: age(now.duration_since(found.as_of)),
        }))
    }
}

fn collected(there: &[Timeframe]) -> String {
    let names: Vec<_> = there.iter().map(|timeframe| timeframe.as_str()).collect();
    match names.as_slice() {
        [] => "Its first report follows by itself.".to_owned(),
        names => format!("{} done. Its first report follows by itself.", names.join(", ")),
    }
}

/// Why a symbol has no report.
fn unread(own: &[&Ran]) -> Option<Note> {
    let last = own.first()?;
    let href = Some(format!("/runs/{}", last.run.run_id));
    match last.run.status {
        Status::Failed => Some(Note {
            lead: "Not read.".to_owned(),
            text: notify::plain(last.run.reason.as_deref().unwrap_or("No reason was recorded.")),
            is_wrong: true,
            href,
        }),
        Status::Running => Some(Note {
            lead: "Its first run is under way.".to_owned(),
            text: String::new(),
            is_wrong: false,
            href,
        }),
        _ => None,
    }
}

/// The points of a line, and its end, in a box of 160 by 34.
fn line(closes: &[f64]) -> (String, (String, String)) {
    let (low, high) = closes.iter().fold((f64::MAX, f64::MIN), |(low, high), c| (low.min(*c), high.max(*c)));
    if closes.len() < 2 || !low.is_finite() || high <= low {
        return (String::new(), (String::new(), String::new()));
    }
    let step = 154.0 / (closes.len() - 1) as f64;
    let place = |(at, close): (usize, &f64)| {
        (
            format!("{:.1}", 2.0 + at as f64 * step),
            format!("{:.1}", 31.0 - (close - low) / (high - low) * 28.0),
        )
    };
    let places: Vec<_> = closes.iter().enumerate().map(place).collect();
    let line = places.iter().map(|(x, y)| format!("{x},{y}")).collect::<Vec<_>>().join(" ");
    (line, places.last().cloned().unwrap_or_default())
}
