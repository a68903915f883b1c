//! Documents for tests of the ports.
use domain::recommendation::{Direction, PlanState};
use domain::report::{Analyst, Bias, Outcome, Trust};
use domain::{Candle, ContentId, Market, Sha256Hex, Source, Timeframe, Venue};
use storage::{
    DOCUMENT_VERSION, Kind, Pins, RecommendationRow, ReportRow, RunDocument, Status, StepDocument,
    StepResult, shard_of,
};

/// An hour in which something was traded.
pub(crate) fn hour(open: &str) -> Candle {
    let (open_time, price) = (open.parse().unwrap(), "100.10".parse().unwrap());
    Candle {
        open_time,
        close_time: Timeframe::Hour.close_of(open_time),
        open: price,
        high: price,
        low: price,
        close: price,
        volume: "12.34500000".parse().unwrap(),
        quote_volume: "1234.5".parse().unwrap(),
        trades: Some(7),
        taker_base: "6.1".parse().ok(),
        taker_quote: "610.0".parse().ok(),
    }
}

pub(crate) fn run(id: &str) -> RunDocument {
    let run_id = id.parse().unwrap();
    RunDocument {
        v: DOCUMENT_VERSION,
        shard: shard_of(&run_id),
        run_id,
        flow: 1,
        symbol: "BTCUSDT".parse().unwrap(),
        venue: Venue::Binance,
        market: Market::Perp,
        source: Source::Sim(1),
        as_of: "2026-04-30T04:00:00Z".parse().unwrap(),
        live: false,
        language: "en".to_owned(),
        model: None,
        resumes: None,
        asked: None,
        pins: Pins::default(),
        requested_at: "2026-04-30T04:00:00Z".parse().unwrap(),
        created_at: "2026-04-30T04:00:00Z".parse().unwrap(),
        status: Status::Running,
        ended_at: None,
        reason: None,
        expire_at: "2027-06-04T04:00:00Z".parse().unwrap(),
    }
}

pub(crate) fn step(run: &RunDocument, id: &str) -> StepDocument {
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

pub(crate) fn report(id: &str) -> ReportRow {
    let as_of = "2026-04-30T04:00:00Z".parse().unwrap();
    ReportRow {
        report_id: id.parse().unwrap(),
        run_id: "r-1".parse().unwrap(),
        step_id: "1w-report".parse().unwrap(),
        source: Source::Sim(1),
        symbol: "BTCUSDT".parse().unwrap(),
        timeframe: Timeframe::Week,
        as_of,
        decided_at: as_of,
        outcome: Outcome::Report,
        bias: Bias::Neutral,
        p_up: 42,
        p_neither: 26,
        p_down: 32,
        confidence: 77,
        checked: 26,
        verified: 26,
        repaired: 0,
        unverified: 0,
        trust: Trust::Ok,
        analyst: Analyst::Rules,
        llm_prompt_id: ContentId::of("weekly-report", b"a"),
        llm_model_id: ContentId::of("rules", b"b"),
        llm_model: "rules".to_owned(),
        model_calls: 1,
        prompt_tokens: 100,
        completion_tokens: 50,
        cost_usd: "0.0184".parse().unwrap(),
        parent_report_id: None,
        gcs_uri: "gs://artifacts/runs/r-1/1w-report.json".to_owned(),
        sha256: Sha256Hex::of(b"report"),
    }
}

pub(crate) fn recommendation(id: &str) -> RecommendationRow {
    let as_of = "2026-04-30T04:00:00Z".parse().unwrap();
    RecommendationRow {
        recommendation_id: id.parse().unwrap(),
        run_id: "r-1".parse().unwrap(),
        step_id: "recommendation".parse().unwrap(),
        source: Source::Sim(1),
        symbol: "BTCUSDT".parse().unwrap(),
        as_of,
        decided_at: "2026-04-30T04:03:00Z".parse().unwrap(),
        direction: Direction::Long,
        signal_strength: 64,
        summary: "Buy the zone".to_owned(),
        reasoning: "Because".to_owned(),
        source_report_id: ["rep-1w-2", "rep-1M-1", "rep-gone"].map(|id| id.parse().unwrap()).to_vec(),
        trust: Trust::Ok,
        analyst: Analyst::Model,
        llm_prompt_id: ContentId::of("recommendation", b"a"),
        llm_model_id: ContentId::of("m", b"b"),
        llm_model: "gpt-x".to_owned(),
        model_calls: 2,
        prompt_tokens: 900,
        completion_tokens: 80,
        cost_usd: "0.02".parse().unwrap(),
        gcs_uri: "gs://artifacts/runs/r-1/recommendation.json".to_owned(),
        sha256: Sha256Hex::of(b"recommendation"),
        probability: Some(58),
        plan_state: PlanState::Planned,
    }
}
