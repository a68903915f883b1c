//! What came of past advice?

use std::sync::Arc;

use askama::Template;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use domain::recommendation::{Direction, Lifecycle, PlanState, RecommendationDocument, RecommendationState};
use jiff::civil::Date;
use notify::fill;
use serde::Deserialize;
use storage::Kind;

use super::runs::dropped;
use super::shown::{Moment, Verdict};
use super::{Frame, Page, Viewer};

/// Recommendations shown at most.
const MOST: usize = 100;

const DIRECTIONS: [Direction; 3] = [Direction::Long, Direction::Short, Direction::StandAside];

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    symbol: String,
    #[serde(default)]
    direction: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    strength: String,
    #[serde(default)]
    since: String,
    #[serde(default)]
    until: String,
}

pub(super) struct Row {
    href: String,
    audit: String,
    at: Moment,
    symbol: String,
    verdict: Verdict,
    strength: String,
    /// Of what stands aside there is none.
    state: &'static str,
    is_broken: bool,
    r: String,
    plan: String,
    gist: String,
}

/// A value of a list and its word.
type Choice = (&'static str, &'static str);

#[derive(Template)]
#[template(path = "recommendations.html")]
struct Recommendations {
    frame: Frame,
    wanted: Wanted,
    directions: Vec<Choice>,
    states: Vec<Choice>,
    list: Vec<Row>,
    drop: String,
}

/// A recommendation, where it is found.
struct Found {
    run_id: String,
    step_id: String,
    document: Arc<RecommendationDocument>,
}

impl Wanted {
    fn takes(&self, found: &RecommendationDocument) -> bool {
        // what cannot be read fits nothing, rather than everything
        let fits = |text: &str, takes: &dyn Fn(&str) -> bool| text.is_empty() || takes(text);
        let day = |text: &str| text.parse::<Date>();
        let decided = jiff::tz::TimeZone::UTC.to_datetime(found.decided_at).date();
        fits(&self.symbol, &|symbol| found.symbol.as_str() == symbol)
            && fits(&self.direction, &|direction| found.recommendation.direction.as_str() == direction)
            && fits(&self.strength, &|text| text.parse().is_ok_and(|least: u8| found.strength.value >= least))
            && fits(&self.since, &|since| day(since).is_ok_and(|since| decided >= since))
            && fits(&self.until, &|until| day(until).is_ok_and(|until| decided <= until))
    }

    fn takes_state(&self, lifecycle: Option<&Lifecycle>) -> bool {
        self.state.is_empty() || lifecycle.is_some_and(|lifecycle| lifecycle.state.as_str() == self.state)
    }

    /// The filters that are set, by name.
    fn set<'a>(&self, pages: &'a Viewer) -> Vec<&'a str> {
        let w = &pages.w.filter;
        let all = [
            (&w.by_symbol, &self.symbol),
            (&w.by_direction, &self.direction),
            (&w.by_state, &self.state),
            (&w.by_strength, &self.strength),
            (&w.by_date, &self.since),
            (&w.by_date, &self.until),
        ];
        all.into_iter().filter_map(|(name, text)| (!text.is_empty()).then_some(name.as_str())).collect()
    }
}

pub(super) async fn show(pages: Viewer, wanted: Result<Query<Wanted>, QueryRejection>) -> Page {
    let Query(mut wanted) = wanted.map_err(|_| pages.nothing())?;
    wanted.symbol = wanted.symbol.trim().to_uppercase();
    let found = pages.found(&wanted).await.map_err(|error| pages.failed(error))?;
    let documents: Vec<&RecommendationDocument> = found.iter().map(|found| found.document.as_ref()).collect();
    let now = pages.api.services.clock.now();
    let followed = pages.api.followed.all(&documents, now).await.map_err(|error| pages.failed(error))?;
    let list = found
        .iter()
        .zip(&followed)
        .filter(|(_, lifecycle)| wanted.takes_state(lifecycle.as_ref()))
        .take(MOST)
        .map(|(found, lifecycle)| row(&pages, found, lifecycle.as_ref()));
    let w = pages.w;
    pages.render(&Recommendations {
        frame: pages.frame(w.menu.recommendations.as_str(), "/recommendations"),
        drop: dropped(w, &wanted.set(&pages), &w.list.flow3),
        directions: DIRECTIONS
            .iter()
            .map(|direction| (direction.as_str(), pages.tongue.direction(*direction)))
            .collect(),
        states: RecommendationState::ALL
            .iter()
            .map(|state| (state.as_str(), pages.tongue.state(*state)))
            .collect(),
        list: list.collect(),
        wanted,
    })
}

impl Viewer {
    /// The recommendations that are wanted, whatever became of them, the newest first.
    async fn found(&self, wanted: &Wanted) -> Result<Vec<Found>, storage::StoreError> {
        let mut all = Vec::new();
        for ran in self.newest().await? {
            let own = ran.done(Kind::Recommendation).filter(|step| step.result.reused_from.is_none());
            for step in own {
                let document = self.recommendation(step).await?;
                all.extend(document.filter(|document| wanted.takes(document)).map(|document| Found {
                    run_id: ran.run.run_id.to_string(),
                    step_id: step.step_id.to_string(),
                    document,
                }));
            }
        }
        Ok(all)
    }
}

fn row(pages: &Viewer, found: &Found, lifecycle: Option<&Lifecycle>) -> Row {
    let (w, document) = (&pages.w.list, &found.document);
    let price = |price| domain::number::grouped(&domain::number::at_tick(price, document.tick));
    let plan = match (&document.plan, document.broken.first()) {
        (_, Some(broken)) => fill(&w.broken, &[("rule", pages.tongue.rule(*broken))]),
        (Some(plan), None) => {
            let (low, high, stop) = (price(plan.entry_low), price(plan.entry_high), price(plan.stop));
            fill(&w.entry, &[("low", &low), ("high", &high), ("stop", &stop)])
        }
        (None, None) => String::new(),
    };
    let outcome = lifecycle.and_then(|lifecycle| lifecycle.outcome);
    Row {
        href: format!("/runs/{}/recommendation", found.run_id),
        audit: format!("/runs/{}/audit/{}", found.run_id, found.step_id),
        at: Moment(document.decided_at),
        symbol: document.symbol.to_string(),
        verdict: Verdict::to(pages.tongue, document.recommendation.direction),
        strength: match document.is_valid_plan() {
            true => document.strength.value.to_string(),
            false => "–".to_owned(),
        },
        state: lifecycle.map_or("–", |lifecycle| pages.tongue.state(lifecycle.state)),
        is_broken: document.plan_state() == PlanState::Invalid,
        r: outcome.map_or_else(|| "–".to_owned(), |outcome| pages.tongue.r(outcome.r)),
        plan,
        gist: pages.tongue.first_sentence(&document.recommendation.summary),
    }
}
