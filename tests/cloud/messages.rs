//! Messages that somebody else wrote: a function does its own steps of the run that is named, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::flow::text;
use super::process::{Function, PATIENCE};
use super::stage::{Stage, tick};

/// Pushes as Pub/Sub does, and has it acknowledged.
pub(super) fn push(function: &Function, data: &[u8], attributes: &Value) {
    let body =
        json!({"message": {"data": STANDARD.encode(data), "attributes": attributes, "messageId": "1"}});
    assert_eq!(tests::http(&function.address(), "POST", "/push", Some(&body)).0, 204, "it does not circle");
}

/// A run that waits for its candles: the coordinator began it, and nobody takes the exporter's messages.
fn begun(stage: &Stage) -> (Function, String) {
    let coordinator = stage.start("coordinator", &[]);
    stage.subscribe("coordinator", &coordinator.address());
    assert_eq!(tick(&coordinator.address(), "/tick"), 204);
    coordinator.waits_for("POST /push 204");
    let (run_id, _) = stage.documents("flow_runs").pop_first().unwrap();
    (coordinator, run_id)
}

fn steps(stage: &Stage, run_id: &str) -> BTreeMap<String, Value> {
    stage.documents(&format!("flow_runs/{run_id}/steps"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_message_has_no_effect_and_an_unreadable_one_ends_its_steps() {
    let test = "a_forged_message_has_no_effect_and_an_unreadable_one_ends_its_steps";
    let Some(stage) = Stage::new(test).await else { return };
    tokio::task::block_in_place(|| {
        let (coordinator, run_id) = begun(&stage);
        let before = steps(&stage, &run_id);
        let status = |step: &str| text(&steps(&stage, &run_id)[step], "status").to_owned();
        assert_eq!((status("1M-ohlcv"), status("1w-ohlcv")), ("pending".to_owned(), "pending".to_owned()));

        // another function's step, readable or not, by either name of the run; a step and a run that do not exist
        let chart_exporter = stage.start("chart-exporter", &[]);
        let message = |topic: &str, run_id: &str, steps: &[&str]| {
            json!({"v": 1, "topic": topic, "run_id": run_id, "steps": steps}).to_string()
        };
        let named = json!({"v": "1", "run_id": run_id, "steps": "1M-ohlcv"});
        let forged = [
            message("chart-export", &run_id, &["1M-ohlcv"]),
            message("ohlcv-export", &run_id, &["1M-ohlcv"]),
            message("chart-export", &run_id, &["1M-chart-trend"]),
            message("chart-export", "r-00000000", &["1M-ohlcv"]),
            message("chart-export", &run_id.to_uppercase(), &["1M-ohlcv"]),
        ];
        for forged in &forged {
            push(&chart_exporter, forged.as_bytes(), &json!({}));
        }
        push(&chart_exporter, b"{", &named);
        push(&chart_exporter, b"{", &json!({"v": "2", "run_id": run_id, "steps": "1M-ohlcv"}));
        assert_eq!(steps(&stage, &run_id), before, "none of them claims a step");

        // one of a newer version is left to that version
        let exporter = stage.start("ohlcv-exporter", &[]);
        push(
            &exporter,
            br#"{"v": 2, "of": "another form"}"#,
            &json!({"v": "2", "run_id": run_id, "steps": "1M-ohlcv"}),
        );
        exporter.waits_for("newer version");
        assert_eq!(steps(&stage, &run_id), before);

        // nobody can ever read this one: its step says so, and the run goes on to its end. What is sent before anybody
        // listens is lost, so that whoever is told of it is there before
        let notifier = stage.start("notifier", &[]);
        stage.subscribe("notifier", &notifier.address());
        push(&exporter, b"{\"v\": 1, \"steps\": \"secret\"", &named);
        let said = exporter.waits_for("its steps fail");
        assert!(said.contains(&run_id) && !said.contains("secret"), "{said}");
        let failed = &steps(&stage, &run_id)["1M-ohlcv"];
        assert_eq!(text(failed, "status"), "failed");
        assert!(text(failed, "reason").starts_with("its message could not be read: "), "{failed}");

        // addresses in a message are nobody's: what is exported comes from the series, and goes to this bucket
        let foreign = stage.bucket();
        let mut asking: Value =
            serde_json::from_str(&message("ohlcv-export", &run_id, &["1w-ohlcv"])).unwrap();
        asking["bucket"] = json!(foreign);
        asking["gcs_uri"] = json!(format!("gs://{foreign}/runs/x.json"));
        push(&exporter, asking.to_string().as_bytes(), &json!({}));
        assert!(stage.objects(&foreign).is_empty());
        coordinator.waits_for(" ended\"");
        let ended = steps(&stage, &run_id);
        assert_eq!(text(&ended["1M-report"], "status"), "skipped", "{ended:?}");

        // and what has ended stays as it is
        for function in [&exporter, &chart_exporter] {
            push(function, b"{", &named);
            push(function, message("ohlcv-export", &run_id, &["1M-ohlcv"]).as_bytes(), &json!({}));
        }
        assert_eq!(steps(&stage, &run_id), ended);
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_of_the_schedule_that_comes_twice_begins_one_run() {
    let test = "a_call_of_the_schedule_that_comes_twice_begins_one_run";
    let Some(stage) = Stage::new(test).await else { return };
    tokio::task::block_in_place(|| {
        let coordinator = stage.start("coordinator", &[]);
        let address = coordinator.address();
        let call = |time: &str| {
            let headers = [("X-CloudScheduler-JobName", "weekly"), ("X-CloudScheduler-ScheduleTime", time)];
            assert_eq!(tests::request(&address, "POST", "/tick", &headers, b"").0, 204);
            stage.documents("flow_runs").len()
        };
        assert_eq!(call("2026-05-04T00:30:00Z"), 1);
        assert_eq!(call("2026-05-04T00:30:00Z"), 1, "the schedule tried again");
        assert_eq!(call("2026-05-11T00:30:00Z"), 2);
        // forced by hand, with the time of a run that is not due: that one must not count as done
        assert_eq!(call("2999-01-07T00:30:00Z"), 3);
        assert_eq!(call("2999-01-07T00:30:00Z"), 4);
    });
}

/// Marks of series stand in a few documents, each of which one worker writes at a time: a symbol's is the first eight
/// digits of its SHA-256, modulo their number.
#[tokio::test(flavor = "multi_thread")]
async fn a_tick_hands_out_together_what_is_marked_together() {
    let test = "a_tick_hands_out_together_what_is_marked_together";
    let Some(stage) = Stage::new(test).await else { return };
    tokio::task::block_in_place(|| {
        stage.watch(r#"symbols = ["BTCUSDT", "XRPUSDT", "ETHUSDT", "ADAUSDT", "SOLUSDT", "BNBUSDT"]"#);
        stage.keep("collector-shards");
        let collector = stage.start("ohlcv-collector", &[("COLLECTOR_SHARDS", "3")]);
        assert_eq!(tick(&collector.address(), "/tick"), 204);
        // the emulator hands over what it has when it likes, and again what is not acknowledged
        let mut messages = BTreeSet::new();
        let until = Instant::now() + PATIENCE;
        while messages.iter().flatten().count() < 6 {
            assert!(Instant::now() < until, "{messages:?}, and no more: {:?}", collector.log());
            messages.extend(stage.pull("collector-shards").iter().map(|message| {
                let message: Value = serde_json::from_slice(message).unwrap();
                let symbols = message["symbols"].as_array().unwrap().iter();
                symbols.map(|symbol| symbol.as_str().unwrap().to_owned()).collect::<Vec<_>>()
            }));
        }
        let together: [&[&str]; 3] =
            [&["ADAUSDT"], &["BTCUSDT", "ETHUSDT", "SOLUSDT", "BNBUSDT"], &["XRPUSDT"]];
        assert_eq!(
            messages,
            BTreeSet::from(together.map(|symbols| symbols.iter().map(|s| (*s).to_owned()).collect()))
        );
    });
}
