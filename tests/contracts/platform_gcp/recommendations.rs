//! Rows of recommendations in BigQuery: a repeated column, and parameters that are NULL.
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use domain::recommendation::Direction;
use jiff::{SignedDuration, Timestamp};
use platform_gcp::Identity;
use platform_gcp::bigquery::BigQueryReports;
use serde_json::{Value, json};
use storage::{RecommendationFilter, RecommendationRow, ReportStore, conformance};

use super::bigquery::reports_of;
use super::scripted::Scripted;
use super::warehouse::Warehouse;
use crate::contracts::samples;

/// The clock goes on from row to row: the first of an id is the one that counts.
#[tokio::test(flavor = "multi_thread")]
async fn recommendation_rows_pass_their_suite() {
    let Some(warehouse) = Warehouse::new("recommendation_rows_pass_their_suite") else { return };
    let seconds = AtomicI64::new(0);
    let first = "2026-04-30T04:03:00Z".parse::<Timestamp>().unwrap();
    let now = move || first + SignedDuration::from_secs(seconds.fetch_add(1, Ordering::Relaxed));
    let config = warehouse.config.clone();
    let store = BigQueryReports::new(config, Identity::anonymous(), Arc::new(now)).unwrap();
    conformance::recommendation_rows(&store).await;
    let kept = warehouse.sql("SELECT COUNT(*) FROM topdown_reports.recommendations");
    assert_eq!(kept, [[json!("7")]], "five, and one of them three times");
}

/// An answer of one row, as BigQuery writes it: every value a text, those of a repeated column in cells of their own.
fn page(row: &RecommendationRow) -> Value {
    let mut members = serde_json::to_value(row).unwrap();
    for (name, column) in [("as_of", "as_of_us"), ("decided_at", "decided_us")] {
        let at: Timestamp = members[name].as_str().unwrap().parse().unwrap();
        members[column] = json!(at.as_microsecond());
    }
    let cell = |value: &Value| match value {
        Value::Array(values) => values.iter().map(|value| json!({"v": value})).collect(),
        Value::Number(number) => json!(number.to_string()),
        other => other.clone(),
    };
    let members = members.as_object().unwrap();
    let fields: Vec<_> = members.keys().map(|name| json!({"name": name, "type": "STRING"})).collect();
    let cells: Vec<_> = members.values().map(|value| json!({"v": cell(value)})).collect();
    json!({"jobComplete": true, "schema": {"fields": fields}, "rows": [{"f": cells}]})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_is_sent_as_typed_parameters_and_what_it_lacks_as_null() {
    let row = RecommendationRow { probability: None, ..samples::recommendation("rec-1") };
    let answer = page(&row).to_string();
    let server = Scripted::new(&[(200, &answer), (200, &answer)]);
    let store = reports_of(&server);
    let filter = RecommendationFilter {
        direction: Some(Direction::StandAside),
        from: Some("2026-04-30T04:00:00Z".parse().unwrap()),
        ..RecommendationFilter::default()
    };
    for filter in [RecommendationFilter::default(), filter] {
        assert_eq!(store.recommendations(&filter, 7).await.unwrap(), std::slice::from_ref(&row));
    }
    let sent: Vec<Value> =
        server.asked().iter().map(|(_, body)| serde_json::from_str(body).unwrap()).collect();
    let parameter = |name: &str, of: &str, value: Value| json!({"name": name, "parameterType": {"type": of}, "parameterValue": value});
    let null = || json!({});
    let wanted = |direction: Value, since: Value| {
        json!([
            parameter("symbol", "STRING", null()),
            parameter("source", "STRING", null()),
            parameter("direction", "STRING", direction),
            parameter("min_strength", "INT64", null()),
            parameter("since", "TIMESTAMP", since),
            parameter("until", "TIMESTAMP", null()),
            parameter("most", "INT64", json!({"value": "7"})),
        ])
    };
    assert_eq!(sent[0]["queryParameters"], wanted(null(), null()));
    let (direction, since) = (json!({"value": "stand_aside"}), json!({"value": "2026-04-30T04:00:00Z"}));
    assert_eq!(sent[1]["queryParameters"], wanted(direction, since));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_nothing_here_has_written_is_damaged() {
    let row = samples::recommendation("rec-1");
    for (name, value) in [
        ("source_report_id", Value::Null),
        ("source_report_id", json!([{"v": "../x"}])),
        ("signal_strength", json!("256")),
        ("direction", json!("up")),
        ("plan_state", Value::Null),
        ("probability", json!("likely")),
    ] {
        let mut answer = page(&row);
        let fields = answer["schema"]["fields"].as_array().unwrap();
        let place = fields.iter().position(|field| field["name"] == name).unwrap();
        answer["rows"][0]["f"][place]["v"] = value.clone();
        let server = Scripted::new(&[(200, &answer.to_string())]);
        let error = reports_of(&server).recommendation(&row.recommendation_id).await.unwrap_err();
        assert!(matches!(error, storage::StoreError::Damaged { .. }), "{name} {value}: {error}");
    }
}
