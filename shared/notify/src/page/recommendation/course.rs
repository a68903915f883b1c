use domain::recommendation::{Exit, Lifecycle, RecommendationState as State};
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use super::plan::part_word;
use super::view::View;
use crate::figures;
use crate::lang::fill;
use crate::language::state_word;
use crate::page::head::Moment;

/// What became of the plan.
pub(super) struct Course {
    pub(super) state: String,
    pub(super) since: Moment,
    pub(super) seen: String,
    pub(super) text: String,
    pub(super) rows: Vec<Row>,
}

/// Something that happened to it.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) at: Moment,
    pub(super) price: String,
}

/// `None` where it was not followed: nobody looked, or the plan is invalid, which is said above it.
pub(super) fn course(view: &View<'_>) -> Option<Course> {
    let lifecycle = view.input.lifecycle.filter(|lifecycle| lifecycle.state != State::Invalid)?;
    let words = &view.words.server.course;
    let moment = |at: Timestamp| Moment { machine: at.to_string(), text: view.dates.short(at) };
    let row = |name, at, price| Row { name, at: moment(at), price: view.price(price) };
    let seen = match lifecycle.seen_until {
        Some(until) => fill(&words.seen, &[("time", &view.dates.short(until))]),
        None => words.unseen.clone(),
    };
    let entry = lifecycle.fill.map(|fill| row(words.entered.clone(), fill.at, fill.price));
    let exits = lifecycle.exits.iter().map(|exit| row(exit_word(view, exit), exit.at, exit.price));
    Some(Course {
        state: upper(state_word(view.words, lifecycle.state)),
        since: moment(lifecycle.since),
        seen,
        text: text(view, lifecycle),
        rows: entry.into_iter().chain(exits).collect(),
    })
}

fn exit_word(view: &View<'_>, exit: &Exit) -> String {
    let words = &view.words.server.course;
    let part = part_word(view.words, exit.fraction_pct);
    let n = exit.target.unwrap_or_default().to_string();
    let template = match exit.by {
        State::Target => &words.reached,
        State::Stopped => &words.gave_up,
        State::Invalidated => &words.closed,
        _ => &words.ran_out,
    };
    fill(template, &[("n", &n), ("part", &part)])
}

fn text(view: &View<'_>, lifecycle: &Lifecycle) -> String {
    let words = &view.words.server.course;
    let r = |r: Option<Decimal>| format!("{:.2}", figures::rounded(r.unwrap_or_default(), 2));
    let (mfe, mae) = (r(lifecycle.mfe_r), r(lifecycle.mae_r));
    if let Some(outcome) = &lifecycle.outcome {
        let net = figures::signed(&r(Some(outcome.r)));
        let hours = view.dates.length(SignedDuration::from_hours(outcome.hours));
        let values = [("r", net.as_str()), ("hours", &hours), ("mfe", &mfe), ("mae", &mae)];
        return fill(&words.result, &values);
    }
    match (lifecycle.state, lifecycle.fill) {
        (State::Waiting, _) => words.not_yet.clone(),
        (_, Some(_)) => fill(&words.held, &[("mfe", &mfe), ("mae", &mae)]),
        (_, None) => words.no_result.clone(),
    }
}

fn upper(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
