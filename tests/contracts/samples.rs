//! Documents for tests of the ports.
use domain::Source;
use storage::{DOCUMENT_VERSION, Kind, Pins, RunDocument, Status, StepDocument, StepResult, shard_of};

pub(super) fn run(id: &str) -> RunDocument {
    let run_id = id.parse().unwrap();
    RunDocument {
        v: DOCUMENT_VERSION,
        shard: shard_of(&run_id),
        run_id,
        flow: 1,
        symbol: "BTCUSDT".parse().unwrap(),
        source: Source::Sim(1),
        as_of: "2026-04-30T04:00:00Z".parse().unwrap(),
        live: false,
        language: "en".to_owned(),
        model: None,
        resumes: None,
        pins: Pins::default(),
        requested_at: "2026-04-30T04:00:00Z".parse().unwrap(),
        created_at: "2026-04-30T04:00:00Z".parse().unwrap(),
        status: Status::Running,
        ended_at: None,
        reason: None,
        expire_at: "2027-06-04T04:00:00Z".parse().unwrap(),
    }
}

pub(super) fn step(run: &RunDocument, id: &str) -> StepDocument {
    StepDocument {
        v: DOCUMENT_VERSION,
        run_id: run.run_id.clone(),
        step_id: id.parse().unwrap(),
        kind: Kind::Report,
        status: Status::Pending,
        symbol: run.symbol.clone(),
        timeframe: None,
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
