//! What goes wrong between processes: workers that die, doors that are shut, documents and prompts of other versions.

use std::io::{Read, Write};
use std::net::TcpListener;

use serde_json::{Value, json};
use sim::Service;

use super::flow::{DONE, Left, collects, text};
use super::messages::push;
use super::process::Function;
use tests::FUNCTIONS;

use super::stage::{Stage, tick};

/// Every function but one, started and subscribed.
fn all_but(stage: &Stage, left_out: &str) -> std::collections::BTreeMap<&'static str, Function> {
    let names = FUNCTIONS.iter().filter(|name| **name != left_out);
    let started: std::collections::BTreeMap<_, _> =
        names.map(|name| (*name, stage.start(name, &[]))).collect();
    for (name, function) in &started {
        stage.subscribe(name, &function.address());
    }
    started
}

/// The analyst dies right after its first answer was kept, with its lease in its hand. When the lease has ended the
/// sweeper hands the step over, the next analyst adopts the answer, and the run ends once.
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_analysts_step_is_gone_on_with_and_paid_for_once() {
    let test = "a_killed_analysts_step_is_gone_on_with_and_paid_for_once";
    let Some(stage) = Stage::new(test).await else { return };
    tokio::task::block_in_place(|| {
        let functions = all_but(&stage, "llm-analyst");
        collects(&functions);
        let mut first = stage.start("llm-analyst", &[("FAILPOINTS", "call.kept=return")]);
        let address = first.address();
        stage.subscribe("llm-analyst", &address);
        let coordinator = functions["coordinator"].address();
        assert_eq!(tick(&coordinator, "/tick"), 204);
        first.dies();
        let (run_id, _) = stage.documents("flow_runs").pop_first().unwrap();
        let steps = format!("flow_runs/{run_id}/steps");
        let held = stage.documents(&steps)["1M-report"].clone();
        assert_eq!((text(&held, "status"), &held["fence"]["integerValue"]), ("running", &json!("1")));

        // the next worker, at the same address: while the lease lives the step is not its own
        let port = address.rsplit_once(':').unwrap().1;
        let second = stage.start("llm-analyst", &[("PORT", port)]);
        assert_eq!(second.address(), address);
        let again = json!({"v": 1, "topic": "llm-analyst", "run_id": run_id, "steps": ["1M-report"]});
        push(&second, again.to_string().as_bytes(), &json!({}));
        assert_eq!(stage.documents(&steps)["1M-report"], held);
        assert_eq!(stage.world.count(Service::OpenAi), 1);
        // it ends without a wait of ten minutes
        stage.set(
            &format!("{steps}/1M-report"),
            &json!({"lease_until": {"timestampValue": "2026-01-01T00:00:00Z"}}),
        );
        assert_eq!(tick(&coordinator, "/sweep"), 204);
        functions["coordinator"].waits_for(" ended\"");

        let left = Left::of(&stage);
        assert_eq!(left.statuses(), DONE);
        assert_eq!(
            left.steps["1M-report"]["fence"],
            json!({"integerValue": "2"}),
            "the second worker ended it"
        );
        assert_eq!(stage.world.count(Service::OpenAi), 2, "the first answer was adopted");
        let rows = stage.warehouse.sql("SELECT report_id FROM topdown_reports.reports_once");
        assert_eq!(rows.len(), 2);
    });
}

/// A door that answers 500 is knocked at again. Meanwhile the catalog has changed: the run keeps the prompts that it
/// began with.
#[tokio::test(flavor = "multi_thread")]
async fn a_shut_door_is_knocked_at_again_and_the_run_keeps_its_prompts() {
    let test = "a_shut_door_is_knocked_at_again_and_the_run_keeps_its_prompts";
    let Some(stage) = Stage::new(test).await else { return };
    tokio::task::block_in_place(|| {
        let functions = all_but(&stage, "llm-analyst");
        collects(&functions);
        let door = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = door.local_addr().unwrap().to_string();
        stage.subscribe("llm-analyst", &address);
        assert_eq!(tick(&functions["coordinator"].address(), "/tick"), 204);
        for _ in 0..2 {
            let (mut stream, _) = door.accept().unwrap();
            let _ = stream.read(&mut [0; 65_536]);
            write!(stream, "HTTP/1.1 500 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
        }
        drop(door);
        // whatever its number is, another one
        let prompt =
            include_str!("../../prompts/weekly-report.prompt").replacen("version = ", "version = 9", 1);
        stage.upload_catalog(&[("prompts/weekly-report.prompt", &prompt)]);

        let analyst = stage.start("llm-analyst", &[("PORT", address.rsplit_once(':').unwrap().1)]);
        assert_eq!(analyst.address(), address);
        let (seen, _) = functions["coordinator"].waits_for_after(0, " ended\"");
        let first = Left::of(&stage);
        assert_eq!(first.statuses(), DONE);
        assert_eq!(stage.world.count(Service::OpenAi), 2);
        let prompt_of = |left: &Value| text(left, "llm_prompt_id").to_owned();
        let old = prompt_of(&first.steps["1w-report"]);

        // the next run has the new one
        let (first_id, _) = stage.documents("flow_runs").pop_first().unwrap();
        assert_eq!(tick(&functions["coordinator"].address(), "/tick"), 204);
        functions["coordinator"].waits_for_after(seen, " ended\"");
        let next = stage.documents("flow_runs").into_keys().find(|id| *id != first_id).unwrap();
        let new = prompt_of(&stage.documents(&format!("flow_runs/{next}/steps"))["1w-report"]);
        assert_ne!(old, new);
        assert_eq!(prompt_of(&Left::run(&stage, &first_id).steps["1w-report"]), old);
    });
}

/// What a newer version wrote is acknowledged, said, and left to that version.
#[tokio::test(flavor = "multi_thread")]
async fn a_newer_document_is_left_untouched() {
    let Some(stage) = Stage::new("a_newer_document_is_left_untouched").await else { return };
    tokio::task::block_in_place(|| {
        let functions = all_but(&stage, "llm-analyst");
        collects(&functions);
        // nobody is there to take the analyst's messages
        let door = TcpListener::bind("127.0.0.1:0").unwrap();
        stage.subscribe("llm-analyst", &door.local_addr().unwrap().to_string());
        assert_eq!(tick(&functions["coordinator"].address(), "/tick"), 204);
        drop(door.accept().unwrap());
        let (run_id, _) = stage.documents("flow_runs").pop_first().unwrap();
        let step = format!("flow_runs/{run_id}/steps/1M-report");
        stage.set(&step, &json!({"v": {"integerValue": "9"}}));
        let before = stage.documents(&format!("flow_runs/{run_id}/steps"))["1M-report"].clone();
        let analyst = stage.start("llm-analyst", &[]);
        let message = json!({"v": 1, "topic": "llm-analyst", "run_id": run_id, "steps": ["1M-report"]});
        push(&analyst, message.to_string().as_bytes(), &json!({}));
        analyst.waits_for("newer version");
        assert_eq!(stage.documents(&format!("flow_runs/{run_id}/steps"))["1M-report"], before);
        assert_eq!(stage.world.count(Service::OpenAi), 0);
    });
}
