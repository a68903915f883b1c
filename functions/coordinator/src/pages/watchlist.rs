//! Must I look at anything?

use std::collections::BTreeMap;

use askama::Template;
use axum::Extension;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use domain::recommendation::{PlanState, RecommendationState as State, STRONG};
use domain::report::{ReportDocument, Trust};
use domain::{Market, Timeframe, Watched};
use jiff::{SignedDuration, Timestamp};
use notify::words::Watchlist as Words;
use notify::{ServerWords, fill};
use rust_decimal::Decimal;
use serde::Deserialize;
use storage::{Kind, Status, StepDocument, StoreError};

use super::found::Ran;
use super::shown::{Moment, READ, Verdict, above, money, relation};
use super::{Frame, Page, Viewer, Visitor, forms, sparkline};
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
    clock: String,
    note: String,
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

impl Row {
    /// Whether there is nothing to show of it but why.
    fn is_unread(&self) -> bool {
        self.note.is_some() && self.cells.iter().all(|cell| cell.report.is_none())
    }
}

pub(super) struct Note {
    lead: String,
    text: String,
    /// Whether the text is a reason that was recorded, in English.
    is_told: bool,
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
    odds: String,
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
    spoken: String,
    note: String,
    /// Whether the note is the analyst's.
    is_stated: bool,
    age: String,
}

pub(super) struct Held {
    at: Moment,
    run: String,
    symbol: String,
    /// Why, as it was recorded.
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
    pages: Viewer,
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
    let w = &pages.w.watchlist;
    let (written, reused) = (written.len().to_string(), reused.len().to_string());
    pages.render(&Matrix {
        frame: pages.frame(pages.w.menu.watchlist.as_str(), "/"),
        verdict: verdict(w, &rows),
        next: Next {
            at: Moment(close(next)),
            clock: pages.tongue.clock(close(next)),
            note: fill(&w.of_bar, &[("tf", next.as_str())]),
        },
        spent: money(spent),
        spent_note: fill(&w.spent_note, &[("written", &written), ("reused", &reused)]),
        how: all
            .is_empty()
            .then(|| "BTCUSDT".parse().ok())
            .flatten()
            .map_or_else(String::new, |symbol| pages.api.desk.how_to_watch(&symbol)),
        columns: READ
            .map(|timeframe| {
                let age = pages.tongue.length(close(timeframe).duration_since(now));
                (timeframe.as_str(), fill(&w.closes, &[("age", &age)]))
            })
            .to_vec(),
        rows,
        pages: (1..=parts).collect(),
        this_part,
        held: held(pages.w, &runs),
        form: forms::Start::of(pages.w, &visitor, &all),
    })
}

fn verdict(w: &Words, rows: &[Row]) -> Summary {
    let all = rows.len();
    let read = rows.iter().filter(|row| row.cells.iter().any(|cell| cell.report.is_some())).count();
    let wrong = rows.iter().filter(|row| row.note.as_ref().is_some_and(|note| note.is_wrong)).count();
    let strongest = rows.iter().filter_map(|row| Some((row, row.advice.as_ref()?.strength?)));
    let strongest = strongest.max_by_key(|(_, strength)| *strength).filter(|(_, strength)| *strength > 0);
    let headline = match (all, read, strongest) {
        (0, ..) => w.nothing_watched.clone(),
        (_, 0, _) => w.nothing_read.clone(),
        (.., Some((row, strength))) if strength >= STRONG => {
            let word = row.advice.as_ref().map(|advice| advice.word).unwrap_or_default();
            let (word, n) = (word.to_lowercase(), strength.to_string());
            fill(&w.strong, &[("symbol", &row.symbol), ("direction", &word), ("n", &n)])
        }
        _ => w.nothing_strong.clone(),
    };
    let mut lede = vec![fill(&w.read, &[("read", &read.to_string()), ("all", &all.to_string())])];
    match wrong {
        0 => {}
        1 => lede.push(w.look_one.clone()),
        more => lede.push(fill(&w.look_many, &[("n", &more.to_string())])),
    }
    if let Some((row, strength)) = strongest {
        lede.push(fill(&w.strongest, &[("symbol", &row.symbol), ("n", &strength.to_string())]));
    }
    Summary { headline, lede: lede.join(" ") }
}

fn held(w: &ServerWords, runs: &[Ran]) -> Vec<Held> {
    let failed = runs.iter().filter(|ran| ran.run.status == Status::Failed);
    let told = failed.take(TOLD).map(|ran| Held {
        at: Moment(ran.run.ended_at.unwrap_or(ran.run.requested_at)),
        run: ran.run.run_id.to_string(),
        symbol: ran.run.symbol.to_string(),
        text: notify::plain(ran.run.reason.as_deref().unwrap_or(&w.watchlist.no_reason)),
    });
    told.collect()
}

impl Viewer {
    async fn row(&self, watched: &Watched, runs: &[Ran], now: Timestamp) -> Result<Row, StoreError> {
        let w = &self.w.watchlist;
        let symbol = &watched.symbol;
        let own: Vec<&Ran> = runs.iter().filter(|ran| ran.run.symbol == *symbol).collect();
        let mut row = Row {
            symbol: symbol.to_string(),
            market: match watched.market {
                Market::Spot => None,
                Market::Perp => Some(&self.w.watchlist.on_perp),
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
            let missing = if running.contains_key(&timeframe) { &w.being_read } else { &w.not_read };
            let mut cell = Cell { timeframe: timeframe.as_str(), report: None, missing: missing.clone() };
            let last = own.iter().find_map(|ran| {
                let step = ran.done(Kind::Report).find(|step| step.timeframe == Some(timeframe))?;
                Some((*ran, step))
            });
            if let Some((ran, step)) = last
                && let Some(report) = self.report(step).await?
            {
                cell.report = Some(self.seen((ran, step), &report, timeframe, now).await?);
                if priced.is_none_or(|at| report.as_of > at) {
                    priced = Some(report.as_of);
                    let last = domain::number::at_tick(report.last_price, report.tick);
                    row.price = Some(domain::number::grouped(&last));
                    row.unit =
                        format!("{}, {}", notify::plain(&report.price_unit), self.tongue.short(report.as_of));
                }
            }
            row.cells.push(cell);
        }
        row.advice = self.advice(&own, now).await?;
        row.note = match self.api.desk.standing(watched).await? {
            Some(Standing::Halted) => Some(Note {
                lead: w.halted.clone(),
                text: w.halted_text.clone(),
                is_told: false,
                is_wrong: true,
                href: None,
            }),
            Some(Standing::Collecting(there)) if priced.is_none() => Some(Note {
                lead: w.collecting.clone(),
                text: collected(w, &there),
                is_told: false,
                is_wrong: false,
                href: None,
            }),
            _ => unread(w, &own, priced.is_some()),
        };
        Ok(row)
    }

    async fn seen(
        &self,
        (ran, step): (&Ran, &StepDocument),
        report: &ReportDocument,
        timeframe: Timeframe,
        now: Timestamp,
    ) -> Result<Seen, StoreError> {
        let candles = ran.done(Kind::Ohlcv).find(|step| step.timeframe == Some(timeframe));
        let closes = match candles {
            Some(step) => self.closes(step).await?,
            None => None,
        };
        let (line, end) = sparkline::line(closes.as_deref().map(Vec::as_slice).unwrap_or_default());
        let close = timeframe.next_open(timeframe.open_of(report.as_of));
        Ok(Seen {
            bias: Verdict::of(self.tongue, report.report.bias),
            href: ran.report_address(step),
            up: report.report.scenarios.p_up,
            down: report.report.scenarios.p_down,
            odds: fill(
                &self.w.watchlist.odds,
                &[
                    ("up", &report.report.scenarios.p_up.to_string()),
                    ("down", &report.report.scenarios.p_down.to_string()),
                ],
            ),
            line,
            end,
            relation: relation(self.tongue, report.report.parent_relation, above(timeframe)),
            is_sound: report.trust == Trust::Ok,
            age: self.tongue.length(now.duration_since(report.as_of)),
            is_stale: now >= close,
        })
    }

    async fn advice(&self, own: &[&Ran], now: Timestamp) -> Result<Option<Advice>, StoreError> {
        let last = own.iter().find_map(|ran| Some((*ran, ran.done(Kind::Recommendation).next()?)));
        let Some((ran, step)) = last else { return Ok(None) };
        let Some(found) = self.recommendation(step).await? else { return Ok(None) };
        let Verdict { mark, word, class } = Verdict::to(self.tongue, found.recommendation.direction);
        let state = self.api.followed.one(&found, now).await?.map(|lifecycle| lifecycle.state);
        let is_over = state.is_some_and(|state| !matches!(state, State::Waiting | State::Filled));
        let stands = found.is_valid_plan() && found.trust == Trust::Ok && !is_over;
        let gist = self.tongue.first_sentence(&found.recommendation.summary);
        Ok(Some(Advice {
            mark,
            word,
            class,
            href: format!("/runs/{}/recommendation", ran.run.run_id),
            strength: stands.then_some(found.strength.value),
            spoken: fill(&self.w.watchlist.strength, &[("n", &found.strength.value.to_string())]),
            is_stated: found.plan_state() != PlanState::Invalid,
            note: match (found.plan_state(), state) {
                (PlanState::Invalid, _) => self.w.watchlist.invalid.clone(),
                (_, Some(state)) if is_over => format!("{}. {gist}", self.tongue.state(state)),
                _ => gist,
            },
            age: self.tongue.length(now.duration_since(found.as_of)),
        }))
    }
}

fn collected(w: &Words, there: &[Timeframe]) -> String {
    let names: Vec<_> = there.iter().map(|timeframe| timeframe.as_str()).collect();
    match names.as_slice() {
        [] => w.follows.clone(),
        names => format!("{} {}", fill(&w.collected, &[("list", &names.join(", "))]), w.follows),
    }
}

/// Why a symbol has no report, or no new one.
fn unread(w: &Words, own: &[&Ran], has_older: bool) -> Option<Note> {
    let last = own.first()?;
    let href = Some(format!("/runs/{}", last.run.run_id));
    match last.run.status {
        Status::Failed => Some(Note {
            lead: w.failed.clone(),
            text: notify::plain(last.run.reason.as_deref().unwrap_or(&w.no_reason)),
            is_told: last.run.reason.is_some(),
            is_wrong: true,
            href,
        }),
        Status::Running if !has_older => Some(Note {
            lead: w.under_way.clone(),
            text: String::new(),
            is_told: false,
            is_wrong: false,
            href,
        }),
        _ => None,
    }
}
