use std::collections::BTreeMap;

use domain::StepId;

use crate::{Plan, Planned};

/// Where a step stands, as the journal has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Progress {
    /// Its document exists and it has not ended.
    Open,
    /// It ended well.
    Done,
    /// It ended otherwise: failed, skipped or cancelled.
    NotDone,
}

/// What the journal knows of a run: a step without an entry has no document yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct State {
    /// By step.
    pub steps: BTreeMap<StepId, Progress>,
}

/// What the coordinator is to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Create these steps' documents, and hand over those that were created here in one message.
    Start(Vec<StepId>),
    /// Create this step's document as skipped, for the failure of that other step.
    Skip(StepId, StepId),
    /// End the run.
    End(Ending),
}

/// How a run ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// Every report is done, and the recommendation where there is one.
    Done,
    /// This report, or the step it needed, is not.
    Failed(StepId),
}

/// The next commands, and the state in which they are carried out. Without commands there is nothing to do until
/// another step ends. Called again with the same state it answers the same.
pub fn advance(plan: &Plan, state: &State) -> (State, Vec<Command>) {
    let mut next = state.clone();
    let mut commands = Vec::new();
    let mut starting: Vec<&Planned> = Vec::new();
    for step in &plan.steps {
        if next.steps.contains_key(&step.id) {
            continue;
        }
        let lacks = step.needs.iter().find(|need| next.steps.get(need) == Some(&Progress::NotDone));
        if let Some(cause) = lacks {
            commands.push(Command::Skip(step.id.clone(), cause.clone()));
            next.steps.insert(step.id.clone(), Progress::NotDone);
        } else if ready(step, &next) {
            starting.push(step);
        }
    }
    for step in &starting {
        next.steps.insert(step.id.clone(), Progress::Open);
    }
    commands.extend(messages(&starting).into_iter().map(Command::Start));
    if let Some(ending) = ending(plan, &next) {
        commands.push(Command::End(ending));
    }
    (next, commands)
}

fn ready(step: &Planned, state: &State) -> bool {
    let done = |id: &StepId| state.steps.get(id) == Some(&Progress::Done);
    let ended = |id: &StepId| state.steps.get(id).is_some_and(|progress| *progress != Progress::Open);
    step.needs.iter().all(done) && step.awaits.iter().all(ended)
}

/// One message for steps that one function does together: all exports of candles, all charts of a timeframe.
fn messages(starting: &[&Planned]) -> Vec<Vec<StepId>> {
    let together = |a: &Planned, b: &Planned| match (&a.kind, &b.kind) {
        (crate::StepKind::Ohlcv, crate::StepKind::Ohlcv) => true,
        (crate::StepKind::Chart(_), crate::StepKind::Chart(_)) => a.timeframe == b.timeframe,
        _ => false,
    };
    let mut groups: Vec<Vec<&Planned>> = Vec::new();
    for step in starting {
        match groups.iter_mut().find(|group| group.first().is_some_and(|first| together(first, step))) {
            Some(group) => group.push(step),
            None => groups.push(vec![step]),
        }
    }
    groups.into_iter().map(|group| group.into_iter().map(|step| step.id.clone()).collect()).collect()
}

fn ending(plan: &Plan, state: &State) -> Option<Ending> {
    let ended = |step: &Planned| state.steps.get(&step.id).is_some_and(|p| *p != Progress::Open);
    if !plan.steps.iter().all(ended) {
        return None;
    }
    let needed = |step: &&Planned| !matches!(step.kind, crate::StepKind::Chart(_) | crate::StepKind::Account);
    let failed =
        plan.steps.iter().filter(needed).find(|step| state.steps.get(&step.id) != Some(&Progress::Done));
    Some(failed.map_or(Ending::Done, |step| Ending::Failed(step.id.clone())))
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, VecDeque};

    use super::*;
    use crate::Flow;

    fn plan() -> Plan {
        Plan::of(&Flow::numbered("1").unwrap())
    }

    fn names(steps: &[StepId]) -> Vec<&str> {
        steps.iter().map(StepId::as_str).collect()
    }

    #[test]
    fn a_run_starts_with_one_export_of_all_timeframes() {
        let (state, commands) = advance(&plan(), &State::default());
        let [Command::Start(steps)] = commands.as_slice() else { panic!("{commands:?}") };
        assert_eq!(names(steps), ["1M-ohlcv", "1w-ohlcv"]);
        assert_eq!(advance(&plan(), &state), (state.clone(), Vec::new()), "nothing more until one ends");
    }

    #[test]
    fn charts_of_a_timeframe_go_in_one_message_and_do_not_wait_for_the_parent() {
        let (mut state, _) = advance(&plan(), &State::default());
        state.steps.insert("1w-ohlcv".parse().unwrap(), Progress::Done);
        let (_, commands) = advance(&plan(), &state);
        let [Command::Start(steps)] = commands.as_slice() else { panic!("{commands:?}") };
        assert_eq!(names(steps), ["1w-chart-trend", "1w-chart-momentum"]);
    }

    /// Every order in which steps can end, well or badly: breadth first over all states.
    /// Answers how many states there are, and how many of the endings are good and bad.
    fn every_order_of_events(plan: &Plan) -> (usize, usize, usize) {
        let mut seen = BTreeSet::from([State::default()]);
        let mut queue = VecDeque::from([State::default()]);
        let (mut done, mut failed) = (0, 0);
        while let Some(state) = queue.pop_front() {
            let (next, commands) = advance(plan, &state);
            for (id, before) in &state.steps {
                if *before != Progress::Open {
                    assert_eq!(next.steps.get(id), Some(before), "a terminal step never changes");
                }
            }
            for command in &commands {
                match command {
                    Command::Start(steps) => {
                        for id in steps {
                            let step = plan.step(id).unwrap();
                            assert!(!state.steps.contains_key(id), "{id} starts once");
                            let needs = step.needs.iter().all(|n| next.steps.get(n) == Some(&Progress::Done));
                            let ended = step
                                .awaits
                                .iter()
                                .all(|n| next.steps.get(n).is_some_and(|p| *p != Progress::Open));
                            assert!(needs && ended, "{id} starts after what it depends on");
                        }
                    }
                    Command::Skip(id, cause) => {
                        assert!(!state.steps.contains_key(id));
                        assert_eq!(next.steps.get(cause), Some(&Progress::NotDone));
                    }
                    Command::End(ending) => {
                        assert!(next.steps.values().all(|p| *p != Progress::Open));
                        match ending {
                            Ending::Done => done += 1,
                            Ending::Failed(_) => failed += 1,
                        }
                    }
                }
            }
            let open: Vec<_> =
                next.steps.iter().filter(|(_, p)| **p == Progress::Open).map(|(id, _)| id.clone()).collect();
            let ends = commands.iter().any(|c| matches!(c, Command::End(_)));
            assert_eq!(open.is_empty(), ends, "a run with nothing open has ended: it is never stuck");
            for id in open {
                for progress in [Progress::Done, Progress::NotDone] {
                    let mut after = next.clone();
                    after.steps.insert(id.clone(), progress);
                    if seen.insert(after.clone()) {
                        queue.push_back(after);
                    }
                }
            }
        }
        (seen.len(), done, failed)
    }

    #[test]
    fn every_order_of_events_ends_flow_1_once_and_in_order() {
        let (states, done, failed) = every_order_of_events(&plan());
        // hand count: with all else done, each of the four charts may be done or not, so 16 final states are done
        assert_eq!(done, 16);
        assert!(failed > 16, "{failed}");
        assert!(states > 500, "{states} states");
    }

    #[test]
    fn every_order_of_events_ends_flow_3_once_and_in_order() {
        let (states, done, failed) = every_order_of_events(&Plan::of(&Flow::numbered("3").unwrap()));
        // the charts as in flow 2; all reports and the recommendation must be done
        assert_eq!(done, 256);
        assert!(failed > 256, "{failed}");
        assert!(states > 10_000, "{states} states");
    }

    #[test]
    fn every_order_of_events_ends_flow_4_once_and_in_order() {
        let (states, done, failed) = every_order_of_events(&Plan::of(&Flow::numbered("4").unwrap()));
        // as in flow 3, with the account read or not
        assert_eq!(done, 512);
        assert!(failed > 512, "{failed}");
        assert!(states > 10_000, "{states} states");
    }

    /// The account is no part of what a run must have: with all else done, a failed one leaves it done.
    #[test]
    fn a_failed_account_fails_no_run() {
        let plan = Plan::of(&Flow::numbered("4").unwrap());
        let mut state = State::default();
        for step in &plan.steps {
            state.steps.insert(step.id.clone(), Progress::Done);
        }
        state.steps.insert(crate::account_step(), Progress::NotDone);
        assert_eq!(advance(&plan, &state).1, [Command::End(Ending::Done)]);
    }

    #[test]
    fn every_order_of_events_ends_flow_2_once_and_in_order() {
        let (states, done, failed) = every_order_of_events(&Plan::of(&Flow::numbered("2").unwrap()));
        // by the same count, with eight charts
        assert_eq!(done, 256);
        assert!(failed > 256, "{failed}");
        assert!(states > 10_000, "{states} states");
    }
}
