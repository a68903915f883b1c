//! How long steps take, and when a run will have ended.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};

use domain::{Source, StepId};
use flows::Plan;
use futures_util::StreamExt;
use jiff::{SignedDuration, Timestamp};
use storage::{Journal, Status, StepDocument, StoreError};

use super::steps::with_steps;
use super::view::millis;

/// Runs of a step that its median is of.
const LAST: usize = 20;

/// Runs that are looked through for them.
const RUNS: usize = 40;

/// For how long medians are good: reading them costs as much as forty runs do.
const GOOD_FOR: SignedDuration = SignedDuration::from_secs(60);

/// Medians by step, ms.
pub(crate) type Known = BTreeMap<StepId, i64>;

/// What is known of the runs on each source's candles, and since when.
#[derive(Debug, Default)]
pub(crate) struct Medians {
    sources: Mutex<BTreeMap<String, (Timestamp, Known)>>,
}

impl Medians {
    /// How long each step took, by its last runs on candles of `source`. A step of one name is the same in every flow
    /// that has it.
    pub(crate) async fn of(
        &self,
        journal: &dyn Journal,
        source: &Source,
        now: Timestamp,
    ) -> Result<Known, StoreError> {
        let kept =
            self.sources.lock().unwrap_or_else(PoisonError::into_inner).get(&source.to_string()).cloned();
        if let Some((since, known)) = kept
            && now < since + GOOD_FOR
        {
            return Ok(known);
        }
        let mut taken: BTreeMap<StepId, Vec<i64>> = BTreeMap::new();
        let runs = journal.runs(RUNS).await?.into_iter().filter(|run| run.source == *source);
        let mut read = pin!(with_steps(journal, runs));
        while let Some((_, steps)) = read.next().await {
            let steps = match steps {
                // what cannot be read is no measure
                Err(StoreError::Newer { .. } | StoreError::Damaged { .. }) => continue,
                steps => steps?,
            };
            for step in steps {
                let times = taken.entry(step.step_id.clone()).or_default();
                if times.len() < LAST {
                    times.extend(took(&step));
                }
            }
        }
        let known: Known = taken.into_iter().filter_map(|(id, times)| Some((id, median(times)?))).collect();
        let kept = (now, known.clone());
        self.sources.lock().unwrap_or_else(PoisonError::into_inner).insert(source.to_string(), kept);
        Ok(known)
    }
}

fn took(step: &StepDocument) -> Option<i64> {
    let is_own = step.status == Status::Done && step.result.reused_from.is_none();
    is_own.then_some(())?;
    Some(millis(step.started_at?, step.ended_at?))
}

/// The middle one; of an even number the mean of the two in the middle.
fn median(mut times: Vec<i64>) -> Option<i64> {
    times.sort_unstable();
    let (low, high) = (times.get(times.len().checked_sub(1)? / 2)?, times.get(times.len() / 2)?);
    Some(low + (high - low) / 2)
}

/// When each step began and ended, or will have, if each that is left takes as long as it did before. Steps that
/// nothing is known of take no time.
pub(crate) fn expected(
    plan: &Plan,
    steps: &[StepDocument],
    known: &Known,
    now: Timestamp,
) -> BTreeMap<StepId, (Timestamp, Timestamp)> {
    let mut times: BTreeMap<StepId, (Timestamp, Timestamp)> = BTreeMap::new();
    for planned in &plan.steps {
        let step = steps.iter().find(|step| step.step_id == planned.id);
        if let Some(ended) = step.filter(|step| step.status.is_terminal()).and_then(|step| step.ended_at) {
            let started = step.and_then(|step| step.started_at).unwrap_or(ended);
            times.insert(planned.id.clone(), (started, ended));
            continue;
        }
        let needed = planned.needs.iter().chain(&planned.awaits);
        let before = needed.filter_map(|id| times.get(id)).map(|(_, end)| *end).max();
        let started = step.and_then(|step| step.started_at).or(before).unwrap_or(now);
        let takes = SignedDuration::from_millis(known.get(&planned.id).copied().unwrap_or_default());
        // what has taken longer than usual may end at any moment
        times.insert(planned.id.clone(), (started, (started + takes).max(now)));
    }
    times
}

/// When the last step will have ended; nothing is said where nothing is known of any that is left.
pub(crate) fn estimated_end(
    plan: &Plan,
    steps: &[StepDocument],
    known: &Known,
    now: Timestamp,
) -> Option<Timestamp> {
    let is_left = |id: &StepId| steps.iter().all(|step| step.step_id != *id || !step.status.is_terminal());
    let is_known = plan.steps.iter().any(|planned| is_left(&planned.id) && known.contains_key(&planned.id));
    expected(plan, steps, known, now).into_values().map(|(_, end)| end).max().filter(|_| is_known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_an_even_number_lies_between_two() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![7]), Some(7));
        assert_eq!(median(vec![9, 1, 4]), Some(4));
        assert_eq!(median(vec![10, 1, 4, 2]), Some(3));
    }

    #[test]
    fn an_estimate_follows_the_chain_of_reports() {
        let plan = Plan::of(&flows::Flow::numbered("1").unwrap());
        let now: Timestamp = "2026-04-30T04:00:00Z".parse().unwrap();
        assert_eq!(estimated_end(&plan, &[], &Known::new(), now), None);
        let of = |id: &str, ms: i64| (id.parse().unwrap(), ms);
        // the month's candles, chart and report, then the week's report; the week's chart is drawn meanwhile
        let known: Known = [
            of("1M-ohlcv", 1_000),
            of("1w-ohlcv", 1_000),
            of("1M-chart-trend", 2_000),
            of("1w-chart-trend", 5_000),
            of("1M-report", 30_000),
            of("1w-report", 20_000),
            of("notification", 500),
        ]
        .into();
        let end = estimated_end(&plan, &[], &known, now).unwrap();
        assert_eq!(end.duration_since(now), SignedDuration::from_millis(53_500));
    }
}
