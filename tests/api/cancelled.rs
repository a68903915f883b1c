//! Runs that are called off, and runs that go on.

use serde_json::json;
use sim::{Fault, Gate, Rule, Service};

use super::{Stage, unread};

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_called_off() {
    let mut stage = Stage::new().await;
    let gate = Gate::shut();
    stage.world.faults().inject(Rule::next(Service::OpenAi, Fault::Held(gate.clone())));
    tokio::task::block_in_place(|| {
        let run = stage.start(&unread("BTCUSDT"));
        let asked = stage.world.count(Service::OpenAi);
        let world = &stage.world;
        stage.server.until("the month's question", || (world.count(Service::OpenAi) > asked).then_some(()));
        let cancelled = stage.ask("POST", &format!("{run}:cancel"), None);
        assert_eq!((cancelled.status, &cancelled.body["state"]), (200, &"cancelled".into()));
        assert_eq!(stage.ask("POST", &format!("{run}:cancel"), None).body, cancelled.body, "once and again");
        let early = stage.ask("POST", &format!("{run}:resume"), None);
        assert_eq!(early.status, 409, "{}", early.body);
        let detail = early.body["detail"].as_str().unwrap();
        assert!(detail.contains("still at work") && detail.contains("resume the run when"), "{detail}");
        assert_eq!(stage.world.count(Service::OpenAi), asked + 1, "nothing is asked twice");
        gate.open();
        // what was in work comes to its end, and is kept
        let id = run.trim_start_matches("/v1/runs/");
        let sql = "SELECT count(*) FROM steps WHERE run_id = ?1 AND step_id = '1M-report' AND \
                   document ->> 'status' = 'done'";
        stage.counts("the month's report", sql, &[id], 1);
        let sql = "SELECT count(*) FROM steps WHERE run_id = ?1 AND document ->> 'status' = 'running'";
        stage.counts("nobody at work on the run", sql, &[id], 0);
        let stopped = stage.ask("GET", &run, None).body;
        assert_eq!(stopped["state"], "cancelled");
        let steps = stopped["steps"].as_array().unwrap();
        assert!(steps.iter().all(|step| step["step_id"] != "1w-report"), "{stopped:#}");
        assert_eq!(stage.world.count(Service::OpenAi), asked + 1);

        let resumed = stage.ask("POST", &format!("{run}:resume"), None);
        assert_eq!(resumed.status, 202, "{}", resumed.body);
        assert_eq!(format!("/v1/runs/{}", resumed.body["resumes"].as_str().unwrap()), run);
        let next = resumed.header("location").unwrap().to_owned();
        let done = stage.until(&next, "done");
        let month = done["steps"].as_array().unwrap().iter().find(|step| step["step_id"] == "1M-report");
        assert_eq!(month.unwrap()["reused_from"], stopped["run_id"]);
        assert_eq!(stage.world.count(Service::OpenAi), asked + 2, "the month was not asked for again");
        assert_eq!(stage.ask("GET", &run, None).body["state"], "cancelled", "what has ended never changes");
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_run_goes_on_from_its_last_good_step() {
    let mut stage = Stage::new().await;
    // the month is answered, both intents of the week are lost
    stage.world.faults().inject(Rule::next(Service::OpenAi, Fault::ServerError(500)).after(1).times(2));
    tokio::task::block_in_place(|| {
        let run = stage.start(&json!({"flow": 1, "symbol": "BTCUSDT", "language": "ru", "notify": false}));
        let failed = stage.until(&run, "failed");
        assert!(failed["reason"].as_str().unwrap().starts_with("1w-report: "), "{failed:#}");
        let resumed = stage.ask("POST", &format!("{run}:resume"), None);
        let again = stage.ask("POST", &format!("{run}:resume"), None);
        assert_eq!(resumed.body, again.body, "asked again it is the same run");
        let done = stage.until(resumed.header("location").unwrap(), "done");
        assert_eq!((&done["resumes"], &done["notify"]), (&failed["run_id"], &false.into()));
        let reused: Vec<_> =
            done["steps"].as_array().unwrap().iter().filter(|s| !s["reused_from"].is_null()).collect();
        assert_eq!(reused.len(), 7, "two exports, four charts, the month: {done:#}");
    });
}

/// A report is shown before its run has written a page of it, and after the run was called off: its address answers.
#[tokio::test(flavor = "multi_thread")]
async fn a_report_without_a_page_is_led_to_by_its_audit() {
    let mut stage = Stage::new().await;
    let gate = Gate::shut();
    // the month is answered, the week is not
    stage.world.faults().inject(Rule::next(Service::OpenAi, Fault::Held(gate.clone())).after(1));
    tokio::task::block_in_place(|| {
        let cookie = stage.enter();
        let run = stage.start(&unread("BTCUSDT"));
        let id = run.trim_start_matches("/v1/runs/").to_owned();
        let sql = "SELECT count(*) FROM steps WHERE run_id = ?1 AND step_id = '1M-report' AND \
                   document ->> 'status' = 'done'";
        stage.counts("the month's report", sql, &[&id], 1);
        let leads = |stage: &Stage| {
            let audit = format!("/runs/{id}/audit/1M-report");
            for page in ["/", "/reports", &format!("/runs/{id}")] {
                let shown = stage.get(page, &[("Cookie", &cookie)]);
                let text = shown.body.as_str().unwrap().to_owned();
                assert!(text.contains(&audit), "{page}: {text}");
                assert!(
                    !text.contains(&format!("/runs/{id}/page/")),
                    "{page} leads to a page that is not there"
                );
            }
            assert_eq!(stage.get(&audit, &[("Cookie", &cookie)]).status, 200);
        };
        leads(&stage);
        assert_eq!(stage.ask("POST", &format!("{run}:cancel"), None).status, 200);
        leads(&stage);
        gate.open();
    });
}
