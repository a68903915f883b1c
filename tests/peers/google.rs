//! Google's own Python clients read what was written by this program's.

use domain::{Candle, Sha256Hex, Source, Timeframe};
use jiff::SignedDuration;
use platform_gcp::{BucketConfig, CloudArtifacts, FirestoreJournal, Identity};
use serde_json::{Value, json};
use storage::{ArtifactKey, ArtifactStore, CandleStore, Journal, ReportRow, ReportStore, SeriesKey, Status};
use tests::{http, unique};

use super::{python, run};
use crate::contracts::platform_gcp::warehouse::Warehouse;
use crate::contracts::samples;

const PNG: &[u8] = b"\x89PNG\r\n";

async fn write_candles(warehouse: &Warehouse) {
    let bar = |open: &str, close: &str| {
        let open_time = open.parse().unwrap();
        let price = "100.10".parse().unwrap();
        Candle {
            open_time,
            close_time: Timeframe::Hour.close_of(open_time),
            open: price,
            high: "103.50000000".parse().unwrap(),
            low: price,
            close: close.parse().unwrap(),
            volume: price,
            quote_volume: price,
            trades: Some(7),
            taker_base: Some(price),
            taker_quote: Some(price),
        }
    };
    let candles = warehouse.candles();
    let series =
        SeriesKey { source: Source::Sim(1), symbol: "BTCUSDT".parse().unwrap(), timeframe: Timeframe::Hour };
    let bars = [bar("2026-04-30T01:00:00Z", "101"), bar("2026-04-30T02:00:00Z", "102")];
    candles.append(&series, &bars, "2026-04-30T03:10:00Z".parse().unwrap()).await.unwrap();
    let corrected = [bar("2026-04-30T02:00:00Z", "102.5")];
    candles.append(&series, &corrected, "2026-04-30T03:20:00Z".parse().unwrap()).await.unwrap();
}

async fn write_reports(warehouse: &Warehouse) {
    let month = ReportRow { timeframe: Timeframe::Month, ..samples::report("rep-1M-1") };
    let earlier = "2026-04-23T04:00:00Z".parse().unwrap();
    let old = ReportRow {
        as_of: earlier,
        cost_usd: "0.0000000001".parse().unwrap(),
        ..samples::report("rep-1w-1")
    };
    let new = ReportRow {
        llm_model: "gpt-x".to_owned(),
        parent_report_id: Some(month.report_id.clone()),
        ..samples::report("rep-1w-2")
    };
    let first = warehouse.reports("2026-04-29T23:59:59.999999Z");
    first.append(&month).await.unwrap();
    first.append(&old).await.unwrap();
    first.append(&old).await.unwrap();
    warehouse.reports("2026-04-30T00:00:00Z").append(&new).await.unwrap();
    let last = warehouse.reports("2026-04-30T00:00:01Z");
    for _ in 0..2 {
        last.append_recommendation(&samples::recommendation("rec-1")).await.unwrap();
    }
}

async fn write_journal(warehouse: &Warehouse) {
    let journal = FirestoreJournal::new(warehouse.firestore().clone(), Identity::anonymous());
    let document = samples::run("r-1");
    let step = samples::step(&document, "1w-report");
    journal.create_run(&document).await.unwrap();
    journal.create_steps(std::slice::from_ref(&step)).await.unwrap();
    let now = "2026-04-30T04:00:01.5Z".parse().unwrap();
    let ids = [step.step_id.clone()];
    let claims = journal.claim(&document.run_id, &ids, now, SignedDuration::from_secs(600)).await.unwrap();
    let Some(storage::Claim::Held(mut held)) = claims.into_iter().next() else {
        panic!("a free step is held")
    };
    held.status = Status::Done;
    held.ended_at = Some(now);
    held.result.report_id = Some("rep-1w-2".parse().unwrap());
    held.result.llm_prompt_id = Some(samples::report("x").llm_prompt_id);
    held.result.gcs_uri = Some("gs://artifacts/runs/r-1/1w-report.json".to_owned());
    journal.commit(&held).await.unwrap();
}

async fn write_artifact(warehouse: &Warehouse, key: &str) -> String {
    let address = warehouse.storage();
    let bucket = unique("artifacts");
    assert_eq!(http(&address, "POST", "/storage/v1/b?project=demo", Some(&json!({"name": bucket}))).0, 200);
    let config = BucketConfig { bucket: bucket.clone(), emulator: Some(address) };
    let artifacts = CloudArtifacts::new(config, None, Identity::anonymous());
    artifacts.put(&ArtifactKey::new(key).unwrap(), "image/png", PNG).await.unwrap();
    bucket
}

fn column(rows: &Value, name: &str) -> Vec<Value> {
    rows.as_array().unwrap().iter().map(|row| row[name].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn googles_own_clients_read_what_was_written() {
    let name = "googles_own_clients_read_what_was_written";
    let Some(python) = python(name) else { return };
    let Some(warehouse) = Warehouse::new(name) else { return };
    let key = "runs/r-1/1w-chart-trend.png";
    write_candles(&warehouse).await;
    write_reports(&warehouse).await;
    write_journal(&warehouse).await;
    let bucket = write_artifact(&warehouse, key).await;
    let (rest, firestore, storage) =
        (warehouse.rest_address(), warehouse.firestore().emulator.clone().unwrap(), warehouse.storage());
    let arguments = [&warehouse.project, &rest, &firestore, &storage, &bucket, key];
    let read = tokio::task::block_in_place(|| run(python, "google_cloud.py", &arguments));
    let read: Value = serde_json::from_str(&read).unwrap();

    assert_eq!(column(&read["candles"], "close"), ["101", "102.5"]);
    assert_eq!(column(&read["candles"], "high"), ["103.50000000"; 2], "digits as they came");
    assert_eq!(column(&read["candles"], "revision"), [1, 2]);
    assert_eq!(read["candles"][0]["open_time"], "2026-04-30T01:00:00+00:00");

    // the capital M sorts first
    assert_eq!(column(&read["latest"], "report_id"), ["rep-1M-1", "rep-1w-2"]);
    assert_eq!(column(&read["latest"], "created_at")[1], "2026-04-30T00:00:00+00:00");
    let recommendation = &read["recommendations"][0];
    assert_eq!(read["recommendations"].as_array().unwrap().len(), 1, "once");
    assert_eq!(
        (&recommendation["signal_strength"], &recommendation["probability"]),
        (&json!(64), &json!(58))
    );
    assert_eq!(recommendation["plan_state"], "planned");
    assert_eq!(recommendation["timeframe"], Value::Null);
    assert_eq!(column(&recommendation["sources"], "report_id"), ["rep-1w-2", "rep-1M-1", "rep-gone"]);
    assert_eq!(column(&recommendation["sources"], "timeframe"), [json!("1w"), json!("1M"), Value::Null]);
    assert_eq!(column(&read["by_prompt"], "id"), ["rep-1M-1", "rep-1w-1", "rep-1w-2"], "each once");

    let cost = read["cost"].as_array().unwrap();
    let told: Vec<_> =
        cost.iter().map(|row| (row["day"].as_str().unwrap(), row["llm_model"].as_str().unwrap())).collect();
    assert_eq!(told, [("2026-04-29", "rules"), ("2026-04-30", "gpt-x"), ("2026-04-30", "gpt-x")]);
    let usd = |row: &Value| row["cost_usd"].as_str().unwrap().parse::<rust_decimal::Decimal>().unwrap();
    // 0.0184 + 0.0000000001, each report once
    assert_eq!(usd(&cost[0]), "0.0184000001".parse().unwrap());
    assert_eq!((&cost[0]["reports"], &cost[0]["model_calls"]), (&json!(2), &json!(2)));

    assert_eq!(read["run"]["status"], "running");
    assert_eq!(read["run"]["requested_at"], "2026-04-30T04:00:00+00:00");
    let step = &read["steps"]["1w-report"];
    assert_eq!((&step["status"], &step["fence"]), (&json!("done"), &json!(1)));
    assert_eq!(step["ended_at"], "2026-04-30T04:00:01.500000+00:00");
    assert_eq!(step["report_id"], "rep-1w-2");
    assert_eq!(read["artifact"], Sha256Hex::of(PNG).to_string());
}
