use domain::{RunId, StepId};
use flows::Planned;
use jiff::Timestamp;
use storage::{Asked, DOCUMENT_VERSION, Pins, RunDocument, Status, StepDocument, StepResult, shard_of};

use crate::{RunRequest, kind};

/// A run that begins `now` and is kept until `expire_at`.
pub(crate) fn run(request: &RunRequest, pins: Pins, now: Timestamp, expire_at: Timestamp) -> RunDocument {
    let run_id = request.run_id();
    RunDocument {
        v: DOCUMENT_VERSION,
        shard: shard_of(&run_id),
        run_id,
        flow: request.flow.number,
        symbol: request.watched.symbol.clone(),
        venue: request.watched.venue,
        market: request.watched.market,
        source: request.source.clone(),
        as_of: request.as_of,
        live: request.live,
        language: request.language.clone(),
        model: request.model.clone(),
        resumes: None,
        asked: request.asked.clone(),
        pins,
        requested_at: request.requested_at,
        created_at: now,
        status: Status::Running,
        ended_at: None,
        reason: None,
        expire_at,
    }
}

pub(crate) fn step(run: &RunDocument, planned: &Planned, now: Timestamp) -> StepDocument {
    StepDocument {
        v: DOCUMENT_VERSION,
        run_id: run.run_id.clone(),
        step_id: planned.id.clone(),
        kind: kind(&planned.kind),
        status: Status::Pending,
        symbol: run.symbol.clone(),
        timeframe: planned.timeframe,
        requested_at: run.requested_at,
        created_at: now,
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

pub(crate) fn skipped(run: &RunDocument, planned: &Planned, cause: &StepId, now: Timestamp) -> StepDocument {
    let reason = Some(format!("{cause} is not done"));
    StepDocument {
        status: Status::Skipped,
        ended_at: Some(now),
        result: StepResult { reason, ..StepResult::default() },
        ..step(run, planned, now)
    }
}

/// The run that goes on from `failed`: the same request and instant.
pub(crate) fn resumed(
    failed: &RunDocument,
    run_id: RunId,
    pins: Pins,
    model: Option<String>,
    asked: Option<Asked>,
    (now, expire_at): (Timestamp, Timestamp),
) -> RunDocument {
    RunDocument {
        pins,
        model,
        shard: shard_of(&run_id),
        run_id,
        resumes: Some(failed.run_id.clone()),
        asked,
        requested_at: now,
        created_at: now,
        status: Status::Running,
        ended_at: None,
        reason: None,
        expire_at,
        ..failed.clone()
    }
}

/// A step whose result the run takes from the one it goes on from.
pub(crate) fn reused(run: &RunDocument, done: &StepDocument) -> StepDocument {
    let reused_from = done.result.reused_from.clone().or_else(|| Some(done.run_id.clone()));
    StepDocument {
        run_id: run.run_id.clone(),
        requested_at: run.requested_at,
        created_at: run.created_at,
        started_at: None,
        ended_at: Some(run.created_at),
        intents: Vec::new(),
        shard: run.shard,
        expire_at: run.expire_at,
        // what the earlier run paid is not paid again
        result: StepResult {
            reused_from,
            cost_usd: None,
            model_calls: None,
            prompt_tokens: None,
            completion_tokens: None,
            ..done.result.clone()
        },
        ..done.clone()
    }
}
