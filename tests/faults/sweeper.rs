//! The sweeper's tick: what is lost while the process lives is handed over again, what takes too long ends.

use coordinator::{Coordinator, Watch};
use domain::Source;
use jiff::SignedDuration;
use runtime::{Clock, LEASE};
use storage::{Journal, Status, Topic};

use super::desk::{Desk, run_document};

struct Swept {
    desk: Desk,
    coordinator: Coordinator,
    watch: Watch,
    _folder: tempfile::TempDir,
}

impl Swept {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let desk = Desk::open(folder.path());
        let watch = Watch {
            sources: Source::Sim(1).into(),
            since: desk.clock.now(),
            deadline: SignedDuration::from_hours(2),
        };
        Self { coordinator: Coordinator::new(desk.services.clone()), desk, watch, _folder: folder }
    }

    /// What one tick publishes, as (topic, steps).
    async fn tick(&self) -> Vec<(Topic, Vec<String>)> {
        self.coordinator.sweep_late(&self.watch).await.unwrap();
        let mut published = Vec::new();
        while let Some(delivery) = self.desk.local.bus.take().unwrap() {
            self.desk.local.bus.acknowledge(delivery.id).unwrap();
            let steps = delivery.message.steps.iter().map(ToString::to_string).collect();
            published.push((delivery.message.topic, steps));
        }
        published
    }
}

fn report() -> Vec<(Topic, Vec<String>)> {
    vec![(Topic::LlmAnalyst, vec!["1w-report".to_owned()])]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pending_step_is_handed_over_again_after_two_minutes() {
    let swept = Swept::new();
    swept.desk.report("r-pending").await;
    swept.desk.clock.pass(SignedDuration::from_secs(119));
    assert_eq!(swept.tick().await, []);
    swept.desk.clock.pass(SignedDuration::from_secs(2));
    assert_eq!(swept.tick().await, report());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_step_is_handed_over_again_when_its_lease_has_ended() {
    let swept = Swept::new();
    let step = swept.desk.report("r-running").await;
    swept.desk.claim(&step).await;
    swept.desk.clock.pass(LEASE - SignedDuration::from_secs(1));
    assert_eq!(swept.tick().await, []);
    swept.desk.clock.pass(SignedDuration::from_secs(2));
    assert_eq!(swept.tick().await, report());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_of_which_nothing_is_open_is_announced() {
    let swept = Swept::new();
    let step = swept.desk.report("r-ended").await;
    let held = swept.desk.claim(&step).await;
    let done = storage::StepDocument { status: Status::Done, ..held };
    swept.desk.local.journal.commit(&done).await.unwrap();
    assert_eq!(swept.tick().await, [(Topic::FlowEvents, vec![])]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_past_its_deadline_fails_and_says_where_it_stood() {
    let swept = Swept::new();
    let step = swept.desk.report("r-late").await;
    swept.desk.clock.pass(SignedDuration::from_hours(2));
    assert_eq!(swept.tick().await, report(), "not yet");
    swept.desk.clock.pass(SignedDuration::from_secs(1));
    assert_eq!(swept.tick().await, []);
    let run = swept.desk.local.journal.run(&step.run_id).await.unwrap().unwrap();
    assert_eq!(run.status, Status::Failed);
    let reason = run.reason.unwrap();
    assert!(reason.starts_with("1w-report: not done within 2h"), "{reason}");
    assert_eq!(run.ended_at, Some(swept.desk.clock.now()));
}

/// A laptop that was closed over night: its run is gone on with, and gets its whole time again.
#[tokio::test(flavor = "multi_thread")]
async fn time_in_which_nobody_worked_is_not_held_against_a_run() {
    let mut swept = Swept::new();
    let step = swept.desk.report("r-asleep").await;
    swept.desk.clock.pass(SignedDuration::from_hours(9));
    swept.watch.since = swept.desk.clock.now();
    assert_eq!(swept.tick().await, report());
    swept.desk.clock.pass(SignedDuration::from_secs(2 * 3600 + 1));
    swept.tick().await;
    let run = swept.desk.local.journal.run(&step.run_id).await.unwrap().unwrap();
    assert_eq!(run.status, Status::Failed);
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_on_other_candles_are_left_alone() {
    let swept = Swept::new();
    let run = storage::RunDocument { source: Source::Binance, ..run_document("r-elsewhere") };
    let step = super::desk::step_document(&run, "1w-report");
    swept.desk.local.journal.create_run(&run).await.unwrap();
    swept.desk.local.journal.create_steps(&[step]).await.unwrap();
    swept.desk.clock.pass(SignedDuration::from_hours(3));
    assert_eq!(swept.tick().await, []);
    let kept = swept.desk.local.journal.run(&run.run_id).await.unwrap().unwrap();
    assert_eq!(kept.status, Status::Running);
}
