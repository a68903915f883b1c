//! The ports on a data folder, in this process, under a clock that a test moves.

use std::path::Path;
use std::sync::{Arc, Mutex};

use domain::{Market, Source, Venue};
use jiff::{SignedDuration, Timestamp};
use platform_local::{Access, Local};
use runtime::{Clock, LEASE, Services};
use storage::{
    Claim, DOCUMENT_VERSION, Journal, Kind, Pins, RunDocument, Status, StepDocument, StepResult, shard_of,
};

pub(super) const AS_OF: &str = "2026-04-30T04:00:00Z";

pub(super) struct TestClock(Mutex<Timestamp>);

impl TestClock {
    pub(super) fn set(&self, at: Timestamp) {
        *self.0.lock().unwrap() = at;
    }

    pub(super) fn pass(&self, time: SignedDuration) {
        *self.0.lock().unwrap() += time;
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

pub(super) struct Desk {
    pub(super) local: Local,
    pub(super) clock: Arc<TestClock>,
    pub(super) services: Services,
}

impl Desk {
    pub(super) fn open(folder: &Path) -> Self {
        let local = Local::open(folder, Access::Write, "http://127.0.0.1:8377").unwrap();
        let clock = Arc::new(TestClock(Mutex::new(AS_OF.parse().unwrap())));
        let services = Services {
            artifacts: local.artifacts.clone(),
            journal: local.journal.clone(),
            bus: local.bus.clone(),
            clock: clock.clone(),
        };
        Self { local, clock, services }
    }

    /// A run with one report to be written, as the coordinator creates it.
    pub(super) async fn report(&self, run: &str) -> StepDocument {
        let run = run_document(run);
        let step = step_document(&run, "1w-report");
        assert!(self.local.journal.create_run(&run).await.unwrap());
        self.local.journal.create_steps(std::slice::from_ref(&step)).await.unwrap();
        step
    }

    /// What a worker holds after its claim; it must be free.
    pub(super) async fn claim(&self, step: &StepDocument) -> StepDocument {
        let ids = std::slice::from_ref(&step.step_id);
        let claims = self.local.journal.claim(&step.run_id, ids, self.clock.now(), LEASE).await.unwrap();
        match claims.into_iter().next() {
            Some(Claim::Held(step)) => step,
            other => panic!("not free: {other:?}"),
        }
    }

    /// The step as the journal has it.
    pub(super) async fn kept(&self, step: &StepDocument) -> StepDocument {
        let steps = self.local.journal.steps(&step.run_id).await.unwrap();
        steps.into_iter().find(|kept| kept.step_id == step.step_id).unwrap()
    }
}

pub(super) fn run_document(id: &str) -> RunDocument {
    let run_id = id.parse().unwrap();
    let at: Timestamp = AS_OF.parse().unwrap();
    RunDocument {
        v: DOCUMENT_VERSION,
        shard: shard_of(&run_id),
        run_id,
        flow: 1,
        symbol: "BTCUSDT".parse().unwrap(),
        venue: Venue::Binance,
        market: Market::Spot,
        source: Source::Sim(1),
        as_of: at,
        live: false,
        language: "en".to_owned(),
        model: None,
        resumes: None,
        asked: None,
        pins: Pins::default(),
        requested_at: at,
        created_at: at,
        status: Status::Running,
        ended_at: None,
        reason: None,
        expire_at: at + SignedDuration::from_hours(9_600),
    }
}

pub(super) fn step_document(run: &RunDocument, id: &str) -> StepDocument {
    StepDocument {
        v: DOCUMENT_VERSION,
        run_id: run.run_id.clone(),
        step_id: id.parse().unwrap(),
        kind: Kind::Report,
        status: Status::Pending,
        symbol: run.symbol.clone(),
        timeframe: Some(domain::Timeframe::Week),
        requested_at: run.requested_at,
        created_at: run.created_at,
        started_at: None,
        ended_at: None,
        fence: 0,
        lease_until: None,
        intents: Vec::new(),
        shard: run.shard,
        expire_at: run.expire_at,
        result: StepResult::default(),
    }
}
