//! A run from its request to its report.

use serde_json::{Value, json};
use sim::{Fault, Gate, Rule, Service};

use super::client::ask;
use super::{Stage, unread, week};

/// What a caller may write wrongly, and what it is told.
const WRONG: &[(&str, u16, &str, &str)] = &[
    ("{", 400, "malformed", ""),
    ("[]", 422, "invalid", ""),
    (r#"{"flow": 1}"#, 422, "invalid", "missing field `symbol`"),
    (r#"{"flow": "1", "symbol": "BTCUSDT"}"#, 422, "invalid", ""),
    (r#"{"flow": 9, "symbol": "BTCUSDT"}"#, 422, "invalid", "there is no flow 9"),
    (r#"{"flow": 1, "symbol": "BTC/USDT"}"#, 422, "invalid", "a symbol cannot hold '/'"),
    (r#"{"flow": 1, "symbol": "BTCUSDT", "depth": 3}"#, 422, "invalid", "unknown field `depth`"),
    (r#"{"flow": 1, "symbol": "BTCUSDT", "language": "de"}"#, 422, "invalid", "en or ru"),
    (r#"{"flow": 1, "symbol": "BTCUSDT", "as_of": "yesterday"}"#, 422, "invalid", "is no instant in UTC"),
    (r#"{"flow": 1, "symbol": "BTCUSDT", "as_of": "2126-01-01T00:00:00Z"}"#, 422, "invalid", "in the future"),
    (
        r#"{"flow": 1, "symbol": "SOLUSDT"}"#,
        422,
        "not-watched",
        "add \"SOLUSDT\" to symbols in data/watchlist.toml",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_started_watched_and_read() {
    let mut stage = Stage::new().await;
    let gate = Gate::shut();
    stage.world.faults().inject(Rule::next(Service::OpenAi, Fault::Held(gate.clone())));
    tokio::task::block_in_place(|| {
        let body = json!({"flow": 2, "symbol": "ETHUSDT", "language": "ru", "notify": false});
        let answer = stage.ask("POST", "/v1/runs", Some(&body));
        assert_eq!(answer.status, 202, "{}", answer.body);
        let run = answer.header("location").unwrap().to_owned();
        assert_eq!(run, answer.body["href"]);
        let live = stage.ask("GET", &run, None).body;
        assert_eq!(live["state"], "running");
        // what has no document yet is to come
        assert_eq!(live["steps"].as_array().unwrap().len(), 17, "{live:#}");
        assert_eq!(step(&live, "4h-report")["state"], "waiting");
        // the week's runs before it took some time at each of their steps
        assert!(step(&live, "1w-report")["median_ms"].as_i64().unwrap() > 0);
        assert!(live["estimated_end"].as_str() > live["requested_at"].as_str(), "{live:#}");
        gate.open();

        let done = stage.until(&run, "done");
        assert_eq!((&done["language"], &done["notify"]), (&"ru".into(), &false.into()));
        assert_eq!(done["estimated_end"], Value::Null);
        assert_eq!(done["model_calls"], 4);
        assert_eq!((&done["venue"], &done["market"]), (&"binance".into(), &"perp".into()));
        let report = &done["report"];
        assert_eq!((&report["timeframe"], &report["symbol"]), (&"4h".into(), &"ETHUSDT".into()));
        assert_eq!(step(&done, "4h-report")["report_id"], report["report_id"]);
        for step in done["steps"].as_array().unwrap() {
            assert_eq!(step["state"], "done", "{step:#}");
            let artifact = &step["artifact"];
            let url = artifact["signed_url"].as_str().unwrap();
            let path = url.strip_prefix(&format!("http://{}", stage.server.address)).unwrap();
            // no token: the signature is all that it needs
            assert_eq!(ask(stage.server.address, "GET", path, &[], None).status, 200, "{url}");
        }
        assert!(step(&done, "1M-report")["waited_ms"].is_i64());
    });
}

fn step<'a>(run: &'a Value, id: &str) -> &'a Value {
    let steps = run["steps"].as_array().unwrap();
    steps.iter().find(|step| step["step_id"] == id).unwrap_or_else(|| panic!("{id}: {run:#}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_started_says_why() {
    let stage = Stage::new().await;
    tokio::task::block_in_place(|| {
        let bearer = format!("Bearer {}", stage.token);
        let post = |headers: &[(&str, &str)], body: &str| {
            let headers = [&[("Authorization", bearer.as_str())], headers].concat();
            ask(stage.server.address, "POST", "/v1/runs", &headers, Some(body))
        };
        for (body, status, problem, says) in WRONG {
            let answer = post(&[], body);
            assert_eq!((answer.status, answer.problem()), (*status, *problem), "{body}: {}", answer.body);
            assert!(answer.body["detail"].as_str().unwrap().contains(says), "{body}: {}", answer.body);
        }
        let good = week("BTCUSDT").to_string();
        let answer = post(&[("Content-Type", "text/plain")], &good);
        assert_eq!((answer.status, answer.problem()), (415, "media-type"));
        let answer = post(&[], &format!("{good}{}", " ".repeat(64 * 1024)));
        assert_eq!((answer.status, answer.problem()), (413, "too-long"));
        for key in ["", "a\tb", &"k".repeat(256)] {
            let answer = post(&[("Idempotency-Key", key)], &good);
            assert_eq!((answer.status, answer.problem()), (400, "malformed"), "{key}");
        }
        let runs = stage.ask("GET", "/v1/runs", None).body;
        assert_eq!(runs["runs"].as_array().unwrap().len(), 2, "those of the schedule: {runs:#}");
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_has_five_runs_in_work_and_ten_starts_a_minute() {
    let mut stage = Stage::new().await;
    stage.world.faults().inject(Rule::next(Service::OpenAi, Fault::Hang).forever());
    tokio::task::block_in_place(|| {
        let runs: Vec<String> = (0..5).map(|_| stage.start(&unread("BTCUSDT"))).collect();
        let sixth = stage.ask("POST", "/v1/runs", Some(&week("BTCUSDT")));
        assert_eq!((sixth.status, sixth.problem()), (429, "too-many"));
        assert!(sixth.body["detail"].as_str().unwrap().contains("cancel it"), "{}", sixth.body);
        for run in &runs {
            assert_eq!(stage.ask("POST", &format!("{run}:cancel"), None).status, 200);
        }
        for _ in 0..5 {
            let run = stage.start(&unread("ETHUSDT"));
            assert_eq!(stage.ask("POST", &format!("{run}:cancel"), None).status, 200);
        }
        let eleventh = stage.ask("POST", "/v1/runs", Some(&week("BTCUSDT")));
        assert_eq!((eleventh.status, eleventh.problem()), (429, "too-many"));
        let wait: u64 = eleventh.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=60).contains(&wait), "{wait}");
        assert!(stage.until(&runs[0], "cancelled")["reason"].as_str().unwrap().contains("local"));
    });
}
