use domain::{Market, RunId, Source, StepId, Timeframe, Venue};
use jiff::SignedDuration;

use super::at;
use crate::{
    Claim, DOCUMENT_VERSION, Journal, Kind, Pins, Place, RunDocument, RunEnd, Status, StepDocument,
    StepResult, StoreError, shard_of,
};

fn run(id: &str, requested: &str) -> RunDocument {
    let run_id: RunId = id.parse().unwrap();
    RunDocument {
        v: DOCUMENT_VERSION,
        shard: shard_of(&run_id),
        run_id,
        flow: 1,
        symbol: "BTCUSDT".parse().unwrap(),
        venue: Venue::Binance,
        market: Market::Perp,
        source: Source::Sim(1),
        as_of: at("2026-04-30T04:00:00Z"),
        live: false,
        language: "en".to_owned(),
        model: None,
        resumes: None,
        asked: None,
        pins: Pins::default(),
        requested_at: at(requested),
        created_at: at(requested),
        status: Status::Running,
        ended_at: None,
        reason: None,
        expire_at: at("2027-06-04T04:00:00Z"),
    }
}

fn step(run: &RunDocument, id: &str) -> StepDocument {
    StepDocument {
        v: DOCUMENT_VERSION,
        run_id: run.run_id.clone(),
        step_id: id.parse().unwrap(),
        kind: Kind::Report,
        status: Status::Pending,
        symbol: run.symbol.clone(),
        timeframe: Some(Timeframe::Week),
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

fn held(claims: Vec<Claim>) -> StepDocument {
    match claims.into_iter().next() {
        Some(Claim::Held(step)) => step,
        other => panic!("expected a held claim, got {other:?}"),
    }
}

/// The suite for [`Journal`].
pub async fn journal(journal: &dyn Journal) {
    runs(journal).await;
    steps(journal).await;
}

async fn runs(journal: &dyn Journal) {
    let first = run("r-1", "2026-04-30T04:00:00Z");
    let second = run("r-2", "2026-04-30T05:00:00Z");
    assert!(journal.create_run(&first).await.unwrap());
    assert!(journal.create_run(&second).await.unwrap());
    let again = RunDocument { flow: 7, ..first.clone() };
    assert!(!journal.create_run(&again).await.unwrap(), "a run is created once");
    assert_eq!(journal.run(&first.run_id).await.unwrap(), Some(first.clone()));
    assert_eq!(journal.run(&"r-none".parse().unwrap()).await.unwrap(), None);
    assert_eq!(journal.unfinished().await.unwrap(), [first.clone(), second.clone()], "oldest first");

    let end =
        RunEnd { status: Status::Failed, ended_at: at("2026-04-30T06:00:00Z"), reason: Some("x".to_owned()) };
    assert!(journal.end_run(&second.run_id, &end).await.unwrap());
    let done = RunEnd { status: Status::Done, reason: None, ..end.clone() };
    assert!(!journal.end_run(&second.run_id, &done).await.unwrap(), "an ended run never changes");
    let ended = journal.run(&second.run_id).await.unwrap().unwrap();
    assert_eq!(
        (ended.status, ended.ended_at, ended.reason),
        (Status::Failed, Some(end.ended_at), end.reason)
    );
    assert_eq!(journal.unfinished().await.unwrap(), [first]);
    let newest: Vec<_> = journal.runs(1).await.unwrap().into_iter().map(|run| run.run_id).collect();
    assert_eq!(newest, [second.run_id]);
    pages(journal).await;
}

/// The list in pages: each run once, also those that were requested at one instant.
async fn pages(journal: &dyn Journal) {
    for id in ["r-3", "r-5", "r-4"] {
        journal.create_run(&run(id, "2026-04-30T04:30:00Z")).await.unwrap();
    }
    let mut page = journal.runs(2).await.unwrap();
    let mut found = Vec::new();
    while let Some(last) = page.last() {
        let place = Place { requested_at: last.requested_at, run_id: last.run_id.clone() };
        assert!(page.len() <= 2, "{page:?}");
        found.extend(page.iter().map(|run| run.run_id.to_string()));
        page = journal.runs_after(&place, 2).await.unwrap();
    }
    assert_eq!(found, ["r-2", "r-5", "r-4", "r-3", "r-1"]);
}

async fn steps(journal: &dyn Journal) {
    let run = run("r-1", "2026-04-30T04:00:00Z");
    let (a, b) = (step(&run, "1M-report"), step(&run, "1w-report"));
    journal.create_steps(std::slice::from_ref(&a)).await.unwrap();
    let other = StepDocument { status: Status::Skipped, ..a.clone() };
    let created = journal.create_steps(&[other, b.clone()]).await.unwrap();
    assert!(created.iter().eq([&b.step_id]), "it says which ones it created");
    assert_eq!(journal.steps(&run.run_id).await.unwrap(), [a.clone(), b.clone()], "created once, in order");

    let now = at("2026-04-30T04:00:01Z");
    let lease = SignedDuration::from_secs(600);
    let both: Vec<StepId> = vec![a.step_id.clone(), b.step_id.clone()];
    let claims = journal.claim(&run.run_id, &both, now, lease).await.unwrap();
    assert!(
        claims
            .iter()
            .all(|claim| matches!(claim, Claim::Held(s) if s.fence == 1 && s.status == Status::Running))
    );
    let first = held(claims);
    assert_eq!(first.lease_until, Some(at("2026-04-30T04:10:01Z")));
    assert_eq!(first.started_at, Some(now));

    // the sweeper finds what nobody may be working on, and nothing else
    let pending = step(&run, "1w-chart-trend");
    journal.create_steps(std::slice::from_ref(&pending)).await.unwrap();
    for (time, since, expected) in [
        ("2026-04-30T04:10:01Z", "2026-04-30T04:00:00Z", vec![]),
        ("2026-04-30T04:10:02Z", "2026-04-30T04:00:00Z", vec!["1M-report", "1w-report"]),
        ("2026-04-30T04:10:01Z", "2026-04-30T04:00:01Z", vec!["1w-chart-trend"]),
        ("2026-04-30T04:10:02Z", "2026-04-30T04:00:01Z", vec!["1M-report", "1w-chart-trend", "1w-report"]),
    ] {
        let stale = journal.stale(at(time), at(since)).await.unwrap();
        let mut found: Vec<_> = stale.iter().map(|step| step.step_id.as_str()).collect();
        found.sort_unstable();
        assert_eq!(found, expected, "at {time}, pending since {since}");
    }

    // a live lease keeps others out; an expired one raises the fence
    let soon = at("2026-04-30T04:10:00Z");
    let claims = journal.claim(&run.run_id, &both[..1], soon, lease).await.unwrap();
    assert_eq!(claims, [Claim::Leased { until: at("2026-04-30T04:10:01Z") }]);
    let late = at("2026-04-30T04:10:02Z");
    let second = held(journal.claim(&run.run_id, &both[..1], late, lease).await.unwrap());
    assert_eq!((second.fence, second.started_at), (2, Some(now)));

    // the old holder can do nothing any more
    assert!(matches!(journal.intend(&first, 0).await, Err(StoreError::Fenced { held: 2, ours: 1, .. })));
    let stale = StepDocument { status: Status::Done, ..first };
    assert!(matches!(journal.commit(&stale).await, Err(StoreError::Fenced { .. })));
    assert!(matches!(journal.release(&stale).await, Err(StoreError::Fenced { .. })));

    // intents are counted by call and survive whatever the holder commits
    assert_eq!(journal.intend(&second, 0).await.unwrap(), 1);
    assert_eq!(journal.intend(&second, 0).await.unwrap(), 2);
    assert_eq!(journal.intend(&second, 1).await.unwrap(), 1);
    let mut done = StepDocument { status: Status::Done, ended_at: Some(late), ..second.clone() };
    done.result.gcs_uri = Some("gs://local/x".to_owned());
    journal.commit(&done).await.unwrap();
    let claims = journal.claim(&run.run_id, &both[..1], late, lease).await.unwrap();
    let Some(Claim::Terminal(kept)) = claims.into_iter().next() else { panic!("a done step is terminal") };
    assert_eq!((kept.status, kept.lease_until, kept.intents), (Status::Done, None, vec![2, 1]));
    assert_eq!(kept.result, done.result);

    // a terminal step never changes, not even for its own fence
    let failed = StepDocument { status: Status::Failed, ..done };
    assert!(journal.commit(&failed).await.is_err());
    assert!(journal.intend(&failed, 0).await.is_err());

    // a step given back is claimed again at once
    let given = held(journal.claim(&run.run_id, &both[1..], late, lease).await.unwrap());
    journal.release(&given).await.unwrap();
    let again = held(journal.claim(&run.run_id, &both[1..], late, lease).await.unwrap());
    assert_eq!(again.fence, given.fence + 1);

    // an ended step is never stale
    let stale = journal.stale(at("2027-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z")).await.unwrap();
    let found: Vec<_> = stale.iter().map(|step| step.step_id.as_str()).collect();
    assert_eq!(found, ["1w-chart-trend", "1w-report"], "the longest waiting first");

    let unknown = ["none".parse().unwrap()];
    assert!(matches!(journal.claim(&run.run_id, &unknown, late, lease).await, Err(StoreError::NotFound(_))));
}
