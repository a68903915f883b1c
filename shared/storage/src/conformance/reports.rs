use domain::report::{Analyst, Bias, Outcome, Trust};
use domain::{ContentId, ReportId, Sha256Hex, Source, Timeframe};
use rust_decimal::Decimal;

use super::at;
use crate::{ReportRow, ReportStore};

fn row(id: &str, as_of: &str, source: Source) -> ReportRow {
    ReportRow {
        report_id: id.parse().unwrap(),
        run_id: "r-1".parse().unwrap(),
        step_id: "1w-report".parse().unwrap(),
        source,
        symbol: "BTCUSDT".parse().unwrap(),
        timeframe: Timeframe::Week,
        as_of: at(as_of),
        decided_at: at(as_of),
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
        llm_model_id: ContentId::of("rule-analyst", b"b"),
        llm_model: "rule-analyst".to_owned(),
        model_calls: 1,
        prompt_tokens: 100,
        completion_tokens: 50,
        cost_usd: "0.0184".parse::<Decimal>().unwrap(),
        parent_report_id: Some("rep-1M-1".parse::<ReportId>().unwrap()),
        gcs_uri: "gs://local/runs/r-1/1w-report.json".to_owned(),
        sha256: Sha256Hex::of(b"report"),
    }
}

/// The suite for [`ReportStore`].
pub async fn report_store(store: &dyn ReportStore) {
    let old = row("rep-1w-1", "2026-04-23T04:00:00Z", Source::Sim(1));
    let new = row("rep-1w-2", "2026-04-30T04:00:00Z", Source::Sim(1));
    let other = row("rep-1w-3", "2026-04-30T04:00:00Z", Source::Binance);
    for report in [&old, &new, &other, &new] {
        store.append(report).await.unwrap();
    }
    assert_eq!(store.report(&new.report_id).await.unwrap(), Some(new.clone()));
    assert_eq!(store.report(&"rep-none".parse().unwrap()).await.unwrap(), None);
    let found = store.reports(&Source::Sim(1), &new.symbol, Timeframe::Week, 10).await.unwrap();
    assert_eq!(found, [new.clone(), old], "newest first, each once, its own source only");
    let month = store.reports(&Source::Sim(1), &new.symbol, Timeframe::Month, 10).await.unwrap();
    assert!(month.is_empty());
}
