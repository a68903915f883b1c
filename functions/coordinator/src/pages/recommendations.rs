//! What came of past advice?

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use domain::recommendation::{Direction, PlanState, RecommendationDocument};
use serde::Deserialize;
use storage::{Kind, RunDocument};

use super::runs::dropped;
use super::shown::{Moment, Verdict, first_sentence};
use super::{Frame, Page, Shared};

/// Recommendations shown at most.
const MOST: usize = 100;

const DIRECTIONS: [(&str, Direction, &str); 3] = [
    ("long", Direction::Long, "Long"),
    ("short", Direction::Short, "Short"),
    ("stand_aside", Direction::StandAside, "Stand aside"),
];

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    symbol: String,
    #[serde(default)]
    direction: String,
    #[serde(default)]
    strength: String,
    #[serde(default)]
    since: String,
}

pub(super) struct Row {
    href: String,
    audit: String,
    at: Moment,
    symbol: String,
    mark: &'static str,
    word: &'static str,
    class: &'static str,
    strength: String,
    plan: String,
    is_broken: bool,
    gist: String,
}

#[derive(Template)]
#[template(path = "recommendations.html")]
struct Recommendations {
    frame: Frame,
    headline: String,
    wanted: Wanted,
    directions: [(&'static str, &'static str); 3],
    list: Vec<Row>,
    drop: String,
}

impl Wanted {
    fn takes(&self, found: &RecommendationDocument) -> bool {
        let direction = DIRECTIONS.iter().find(|(name, ..)| *name == self.direction);
        let strength: u8 = self.strength.parse().unwrap_or(0);
        let since: Option<jiff::civil::Date> = self.since.parse().ok();
        let decided = jiff::tz::TimeZone::UTC.to_datetime(found.decided_at).date();
        (self.symbol.is_empty() || found.symbol.as_str() == self.symbol)
            && direction.is_none_or(|(_, direction, _)| found.recommendation.direction == *direction)
            && found.strength.value >= strength
            && since.is_none_or(|since| decided >= since)
    }

    fn set(&self) -> Vec<&'static str> {
        let all = [
            ("symbol", &self.symbol),
            ("direction", &self.direction),
            ("strength", &self.strength),
            ("date", &self.since),
        ];
        all.into_iter().filter_map(|(name, text)| (!text.is_empty()).then_some(name)).collect()
    }
}

pub(super) async fn show(State(pages): Shared, wanted: Result<Query<Wanted>, QueryRejection>) -> Page {
    let Query(mut wanted) = wanted.map_err(|_| pages.nothing())?;
    wanted.symbol = wanted.symbol.trim().to_uppercase();
    let mut list = Vec::new();
    for ran in pages.newest().await.map_err(|error| pages.failed(error))? {
        for step in ran.done(Kind::Recommendation).filter(|step| step.result.reused_from.is_none()) {
            if list.len() == MOST {
                break;
            }
            let found = pages.recommendation(step).await.map_err(|error| pages.failed(error))?;
            if let Some(found) = found.filter(|found| wanted.takes(found)) {
                list.push(row(&ran.run, step.step_id.as_str(), &found));
            }
        }
    }
    pages.render(&Recommendations {
        frame: pages.frame("Recommendations", "Recommendations"),
        headline: "Recommendations".to_owned(),
        drop: dropped(&wanted.set(), "A run of flow 3 or more ends in one; start it from the watchlist."),
        directions: DIRECTIONS.map(|(name, _, word)| (name, word)),
        list,
        wanted,
    })
}

fn row(run: &RunDocument, step: &str, found: &RecommendationDocument) -> Row {
    let Verdict { mark, word, class } = Verdict::to(found.recommendation.direction);
    let price = |price| domain::number::grouped(&domain::number::at_tick(price, found.tick));
    let plan = match (&found.plan, found.broken.first()) {
        (_, Some(broken)) => format!("invalid: {}", broken.sentence()),
        (Some(plan), None) => {
            format!("{} to {}, stop {}", price(plan.entry_low), price(plan.entry_high), price(plan.stop))
        }
        (None, None) => String::new(),
    };
    Row {
        href: format!("/runs/{}/recommendation", run.run_id),
        audit: format!("/runs/{}/audit/{step}", run.run_id),
        at: Moment(found.decided_at),
        symbol: found.symbol.to_string(),
        mark,
        word,
        class,
        strength: if found.is_valid_plan() { found.strength.value.to_string() } else { "–".to_owned() },
        plan,
        is_broken: found.plan_state() == PlanState::Invalid,
        gist: first_sentence(&found.recommendation.summary),
    }
}
