//! Candles and report rows in BigQuery, and what its emulator does not notice.
use std::sync::Arc;

use domain::{Candle, Source, Timeframe};
use jiff::Timestamp;
use platform_gcp::Identity;
use platform_gcp::bigquery::{BigQueryConfig, BigQueryEmulator, BigQueryReports};
use serde_json::{Value, json};
use storage::{Appended, CandleQuery, CandleStore, ReportStore, SeriesKey, conformance};

use super::scripted::Scripted;
use super::warehouse::Warehouse;
use crate::contracts::samples;

#[tokio::test(flavor = "multi_thread")]
async fn candles_pass_their_suite() {
    let Some(warehouse) = Warehouse::new("candles_pass_their_suite") else { return };
    conformance::candle_store(&warehouse.candles()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn report_rows_pass_their_suite() {
    let Some(warehouse) = Warehouse::new("report_rows_pass_their_suite") else { return };
    conformance::report_store(&warehouse.reports("2026-04-30T04:03:00Z")).await;
}

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) fn hour(open: &str, close: &str) -> Candle {
    let open_time = at(open);
    let price = "100.10".parse().unwrap();
    Candle {
        open_time,
        close_time: Timeframe::Hour.close_of(open_time),
        open: price,
        high: price,
        low: price,
        close: close.parse().unwrap(),
        volume: price,
        quote_volume: price,
        trades: Some(7),
        taker_base: Some(price),
        taker_quote: Some(price),
    }
}

pub(super) fn hours(symbol: &str) -> SeriesKey {
    SeriesKey { source: Source::Sim(1), symbol: symbol.parse().unwrap(), timeframe: Timeframe::Hour }
}

pub(super) async fn closes(store: &dyn CandleStore, series: &SeriesKey) -> Vec<String> {
    let query = CandleQuery {
        source: series.source.clone(),
        symbol: series.symbol.clone(),
        as_of: at("2026-04-30T04:00:00Z"),
        wants: vec![(series.timeframe, None)],
    };
    let read = store.read(&query).await.unwrap().remove(&series.timeframe).unwrap();
    read.into_iter().map(|bar| bar.candle.close.to_string()).collect()
}

/// The stream acknowledges at least once: every row may be there twice.
#[tokio::test(flavor = "multi_thread")]
async fn rows_that_arrive_twice_count_once() {
    let Some(warehouse) = Warehouse::new("rows_that_arrive_twice_count_once") else { return };
    let (candles, reports) = (warehouse.candles(), warehouse.reports("2026-04-30T04:03:00Z"));
    let series = hours("BTCUSDT");
    let bars = [hour("2026-04-30T00:00:00Z", "101"), hour("2026-04-30T01:00:00Z", "102")];
    let seen = at("2026-04-30T02:10:00Z");
    candles.append(&series, &bars, seen).await.unwrap();
    let row = samples::report("rep-1w-1");
    reports.append(&row).await.unwrap();
    for table in ["topdown_market.ohlcv_raw", "topdown_reports.reports"] {
        warehouse.sql(&format!("INSERT INTO {table} SELECT * FROM {table}"));
    }
    assert_eq!(warehouse.sql("SELECT COUNT(*) FROM topdown_market.ohlcv_raw"), [[json!("4")]]);

    assert_eq!(closes(&candles, &series).await, ["101", "102"]);
    assert_eq!(candles.append(&series, &bars, seen).await.unwrap(), Appended::default());
    assert_eq!(reports.report(&row.report_id).await.unwrap(), Some(row.clone()));
    let found = reports.reports(&row.source, &row.symbol, row.timeframe, 10).await.unwrap();
    assert_eq!(found, [row]);
    assert_eq!(warehouse.sql("SELECT COUNT(*) FROM topdown_reports.latest_reports"), [[json!("1")]]);
}

/// Streaming takes no row over five years back; the emulator takes any.
#[tokio::test(flavor = "multi_thread")]
async fn bars_over_four_years_old_go_by_load_job() {
    let Some(warehouse) = Warehouse::new("bars_over_four_years_old_go_by_load_job") else { return };
    let candles = warehouse.candles();
    let series = hours("BTCUSDT");
    let bars = [
        hour("2021-04-30T00:00:00Z", "1"),
        hour("2022-04-30T00:00:00Z", "2"),
        hour("2022-05-30T00:00:00Z", "3"),
        hour("2026-04-30T00:00:00Z", "4"),
    ];
    candles.append(&series, &bars, at("2026-04-30T02:10:00Z")).await.unwrap();
    assert_eq!(closes(&candles, &series).await, ["1", "2", "3", "4"]);
    let staged = warehouse.staged();
    let loaded: Vec<Value> = staged[0].lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    // 2022-05-01T02:10Z is 1460 days back
    assert_eq!(staged.len(), 1);
    assert_eq!(loaded.iter().map(|row| row["close"].as_str().unwrap()).collect::<Vec<_>>(), ["1", "2"]);

    let without = warehouse.candles_without_staging();
    let error = without.append(&hours("ETHUSDT"), &bars, at("2026-04-30T02:10:00Z")).await.unwrap_err();
    assert!(error.to_string().contains("no staging bucket"), "{error}");
    assert!(closes(&without, &hours("ETHUSDT")).await.is_empty(), "no part of it was kept");
}

/// A symbol is whatever a venue lists.
#[tokio::test(flavor = "multi_thread")]
async fn hostile_symbols_stay_values() {
    let Some(warehouse) = Warehouse::new("hostile_symbols_stay_values") else { return };
    let candles = warehouse.candles();
    let seen = at("2026-04-30T02:10:00Z");
    let names = ["A`);DROP", "@source", "$1", "{x}", "A--B", "*/*", "币安人生USDT", "\u{1F600}"];
    let symbols: Vec<_> = names.iter().filter(|name| name.parse::<domain::Symbol>().is_ok()).collect();
    assert!(symbols.len() >= 6, "{symbols:?}");
    for (number, name) in symbols.iter().enumerate() {
        let bars = [hour("2026-04-30T00:00:00Z", &number.to_string())];
        candles.append(&hours(name), &bars, seen).await.unwrap();
        candles.set_refreshed(&hours(name), seen).await.unwrap();
    }
    for (number, name) in symbols.iter().enumerate() {
        assert_eq!(closes(&candles, &hours(name)).await, [number.to_string()], "{name}");
        let state = candles.states(&[hours(name)]).await.unwrap().remove(0);
        assert_eq!((state.refreshed_at, state.newest_closed), (Some(seen), Some(at("2026-04-30T00:00:00Z"))));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_table_is_named() {
    let Some(mut warehouse) = Warehouse::new("a_missing_table_is_named") else { return };
    warehouse.config.project = tests::unique("none");
    let reports = warehouse.reports("2026-04-30T04:03:00Z");
    let row = samples::report("rep-1w-1");
    for error in [reports.report(&row.report_id).await.unwrap_err(), reports.append(&row).await.unwrap_err()]
    {
        assert!(error.to_string().contains("reports"), "{error}");
    }
}

fn scripted(server: &Scripted) -> BigQueryConfig {
    BigQueryConfig {
        project: "a-project".to_owned(),
        location: "EU".to_owned(),
        maximum_bytes_billed: 123_456_789,
        emulator: Some(BigQueryEmulator { rest: server.url.clone(), storage: "127.0.0.1:1".to_owned() }),
    }
}

/// An answer with one column of each, as BigQuery writes them.
fn page(rows: &[&str], token: Option<&str>) -> String {
    let fields: Vec<_> = FIELDS.iter().map(|(name, of, _)| json!({"name": name, "type": of})).collect();
    let cell = |id: &str, (name, _, value): &(&str, &str, &str)| match *name {
        "report_id" => json!({"v": id}),
        "parent_report_id" => json!({"v": null}),
        _ => json!({"v": value}),
    };
    let row = |id: &&str| json!({"f": FIELDS.iter().map(|field| cell(id, field)).collect::<Vec<_>>()});
    json!({
        "jobComplete": true,
        "jobReference": {"projectId": "a-project", "jobId": "job-1", "location": "EU"},
        "schema": {"fields": fields},
        "rows": rows.iter().map(row).collect::<Vec<_>>(),
        "pageToken": token,
        "totalRows": "2",
    })
    .to_string()
}

const FIELDS: [(&str, &str, &str); 30] = [
    ("report_id", "STRING", ""),
    ("run_id", "STRING", "r-1"),
    ("step_id", "STRING", "1w-report"),
    ("source", "STRING", "sim:1"),
    ("symbol", "STRING", "BTCUSDT"),
    ("timeframe", "STRING", "1w"),
    ("as_of_us", "INTEGER", "1777521600000000"),
    ("decided_us", "INTEGER", "1777521600000000"),
    ("outcome", "STRING", "report"),
    ("bias", "STRING", "neutral"),
    ("p_up", "INTEGER", "42"),
    ("p_neither", "INTEGER", "26"),
    ("p_down", "INTEGER", "32"),
    ("confidence", "INTEGER", "77"),
    ("checked", "INTEGER", "26"),
    ("verified", "INTEGER", "26"),
    ("repaired", "INTEGER", "0"),
    ("unverified", "INTEGER", "0"),
    ("trust", "STRING", "ok"),
    ("analyst", "STRING", "rules"),
    ("llm_prompt_id", "STRING", "weekly-report@3f9a12cc"),
    ("llm_model_id", "STRING", "rules@3f9a12cc"),
    ("llm_model", "STRING", "rules"),
    ("model_calls", "INTEGER", "1"),
    ("prompt_tokens", "INTEGER", "100"),
    ("completion_tokens", "INTEGER", "50"),
    ("cost_usd", "STRING", "0.0184"),
    ("parent_report_id", "STRING", ""),
    ("gcs_uri", "STRING", "gs://a/b"),
    ("sha256", "STRING", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
];

pub(super) fn reports_of(server: &Scripted) -> BigQueryReports {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let now = at("2026-04-30T04:00:00Z");
    let identity = Identity::anonymous();
    BigQueryReports::new(scripted(server), identity, Arc::new(move || now)).unwrap()
}

/// What the emulator never does: be busy, take its time, answer in parts.
#[tokio::test(flavor = "multi_thread")]
async fn a_slow_query_is_waited_for_and_read_to_its_end() {
    let waiting = r#"{"jobComplete": false, "jobReference": {"projectId": "a-project", "jobId": "job-1", "location": "EU"}}"#;
    let limited = r#"{"error": {"code": 403, "message": "too many", "status": "", "errors": [{"reason": "rateLimitExceeded"}]}}"#;
    let server = Scripted::new(&[
        (503, "<html>busy</html>"),
        (403, limited),
        (200, waiting),
        (200, waiting),
        (200, &page(&["rep-1"], Some("next"))),
        (200, &page(&["rep-2"], None)),
    ]);
    let row = samples::report("rep-1w-1");
    let found = reports_of(&server).reports(&row.source, &row.symbol, row.timeframe, 10).await.unwrap();
    assert_eq!(found.iter().map(|row| row.report_id.as_str()).collect::<Vec<_>>(), ["rep-1", "rep-2"]);
    assert_eq!(found[0].as_of, at("2026-04-30T04:00:00Z"));

    let asked = server.asked();
    let lines: Vec<&str> = asked.iter().map(|(line, _)| line.split(' ').next().unwrap()).collect();
    assert_eq!(lines, ["POST", "POST", "POST", "GET", "GET", "GET"]);
    let sent: Value = serde_json::from_str(&asked[0].1).unwrap();
    assert_eq!((&sent["location"], &sent["maximumBytesBilled"]), (&json!("EU"), &json!("123456789")));
    assert_eq!((&sent["useLegacySql"], &sent["parameterMode"]), (&json!(false), &json!("NAMED")));
    assert_eq!(sent["formatOptions"], json!({"useInt64Timestamp": true}));
    for (line, _) in &asked[3..] {
        assert!(line.contains("/queries/job-1?") && line.contains("location=EU"), "{line}");
    }
    assert!(asked[5].0.contains("pageToken=next"), "{}", asked[5].0);
}

/// 200 is no success.
#[tokio::test(flavor = "multi_thread")]
async fn errors_in_an_answer_are_a_failure() {
    let refused = r#"{"jobComplete": true, "schema": {"fields": [{"name": "report_id", "type": "STRING"}]}, "rows": [],
        "errors": [{"reason": "invalidQuery", "message": "no such table"}]}"#;
    let server = Scripted::new(&[(200, refused)]);
    let row = samples::report("rep-1w-1");
    let error = reports_of(&server).report(&row.report_id).await.unwrap_err();
    assert!(error.to_string().contains("no such table"), "{error}");
    assert_eq!(server.asked().len(), 1, "what lasts is not tried again");
}
