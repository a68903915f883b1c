use domain::recommendation::{Direction, PlanState};
use domain::report::{Analyst, Trust};
use domain::{ContentId, Sha256Hex, Source};

use super::at;
use crate::{RecommendationFilter, RecommendationRow, ReportStore};

fn row(id: &str, as_of: &str) -> RecommendationRow {
    RecommendationRow {
        recommendation_id: id.parse().unwrap(),
        run_id: "r-1".parse().unwrap(),
        step_id: "recommendation".parse().unwrap(),
        source: Source::Sim(1),
        symbol: "BTCUSDT".parse().unwrap(),
        as_of: at(as_of),
        decided_at: at(as_of),
        direction: Direction::Long,
        signal_strength: 64,
        summary: "Buy the zone. Покупка: 74 050 \"..\"\n75 000".to_owned(),
        reasoning: "The month is up".to_owned(),
        source_report_id: ["rep-1d-1", "rep-1w-1", "rep-1M-1"].map(|id| id.parse().unwrap()).to_vec(),
        trust: Trust::Low,
        analyst: Analyst::Model,
        llm_prompt_id: ContentId::of("recommendation", b"a"),
        llm_model_id: ContentId::of("default", b"b"),
        llm_model: "some-model".to_owned(),
        model_calls: 2,
        prompt_tokens: 5_000_000_000,
        completion_tokens: 50,
        cost_usd: "0.0184".parse().unwrap(),
        gcs_uri: "gs://local/runs/r-1/recommendation.json".to_owned(),
        sha256: Sha256Hex::of(b"recommendation"),
        probability: Some(58),
        plan_state: PlanState::Planned,
    }
}

/// Rows that differ in what is filtered by, in the order in which they are to be answered.
fn rows() -> [RecommendationRow; 5] {
    let newest = "2026-04-30T04:00:00.000002Z";
    let aside = RecommendationRow {
        direction: Direction::StandAside,
        signal_strength: 0,
        source_report_id: Vec::new(),
        probability: None,
        plan_state: PlanState::Aside,
        ..row("rec-3", "2026-04-30T04:00:00.000001Z")
    };
    let invalid = RecommendationRow {
        symbol: "币安人生USDT".parse().unwrap(),
        direction: Direction::Short,
        signal_strength: 0,
        plan_state: PlanState::Invalid,
        probability: Some(0),
        ..row("rec-5", "2026-04-30T04:00:00Z")
    };
    let elsewhere = RecommendationRow { source: Source::Binance, ..row("rec-1", "2026-04-23T04:00:00Z") };
    [
        RecommendationRow { signal_strength: 100, ..row("rec-2", newest) },
        row("rec-4", newest),
        aside,
        invalid,
        elsewhere,
    ]
}

/// The suite for the recommendations of [`ReportStore`].
pub async fn recommendation_rows(store: &dyn ReportStore) {
    let every = RecommendationFilter::default();
    assert_eq!(store.recommendations(&every, 10).await.unwrap(), [], "an empty store");
    let rows = rows();
    for place in [3, 1, 4, 0, 2] {
        store.append_recommendation(&rows[place]).await.unwrap();
    }
    let other = RecommendationRow { summary: "another".to_owned(), ..rows[1].clone() };
    store.append_recommendation(&rows[1]).await.unwrap();
    store.append_recommendation(&other).await.unwrap();
    for row in &rows {
        assert_eq!(store.recommendation(&row.recommendation_id).await.unwrap().as_ref(), Some(row));
    }
    assert_eq!(store.recommendation(&"rec-none".parse().unwrap()).await.unwrap(), None);
    assert_eq!(store.recommendations(&every, 10).await.unwrap(), rows, "newest first, then by id, each once");
    for (filter, limit, wanted) in filters() {
        let found = store.recommendations(&filter, limit).await.unwrap();
        let ids: Vec<_> = found.iter().map(|row| row.recommendation_id.as_str()).collect();
        assert_eq!(ids, wanted, "{filter:?}, at most {limit}");
    }
}

/// Filters, how many are wanted, and the ids that they let through.
fn filters() -> Vec<(RecommendationFilter, usize, Vec<&'static str>)> {
    let every = RecommendationFilter::default;
    let symbol = |symbol: &str| Some(symbol.parse().unwrap());
    let from = |time: &str| RecommendationFilter { from: Some(at(time)), ..every() };
    let to = |time: &str| RecommendationFilter { to: Some(at(time)), ..every() };
    let strong = |strength| RecommendationFilter { min_strength: Some(strength), ..every() };
    let verdict = |direction| RecommendationFilter { direction: Some(direction), ..every() };
    let all = RecommendationFilter {
        symbol: symbol("BTCUSDT"),
        source: Some(Source::Sim(1)),
        direction: Some(Direction::Long),
        min_strength: Some(64),
        from: Some(at("2026-04-30T04:00:00Z")),
        to: Some(at("2026-05-01T00:00:00Z")),
    };
    vec![
        (every(), 2, vec!["rec-2", "rec-4"]),
        (every(), 0, vec![]),
        (RecommendationFilter { symbol: symbol("币安人生USDT"), ..every() }, 10, vec!["rec-5"]),
        (RecommendationFilter { symbol: symbol("ETHUSDT"), ..every() }, 10, vec![]),
        (RecommendationFilter { source: Some(Source::Binance), ..every() }, 10, vec!["rec-1"]),
        (verdict(Direction::Long), 10, vec!["rec-2", "rec-4", "rec-1"]),
        (verdict(Direction::Short), 10, vec!["rec-5"]),
        (verdict(Direction::StandAside), 10, vec!["rec-3"]),
        (strong(64), 10, vec!["rec-2", "rec-4", "rec-1"]),
        (strong(65), 10, vec!["rec-2"]),
        // from the instant itself on, to the one before
        (from("2026-04-30T04:00:00.000001Z"), 10, vec!["rec-2", "rec-4", "rec-3"]),
        (to("2026-04-30T04:00:00.000001Z"), 10, vec!["rec-5", "rec-1"]),
        (all, 1, vec!["rec-2"]),
    ]
}
