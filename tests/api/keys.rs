//! `Idempotency-Key`.

use std::collections::BTreeSet;

use serde_json::json;

use super::client::{Answer, ask};
use super::{Stage, week};

impl Stage {
    fn keyed(&self, key: &str, body: &serde_json::Value) -> Answer {
        self.ask_with("POST", "/v1/runs", &[("Idempotency-Key", key)], Some(body))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_begins_one_run_and_is_answered_as_it_was_first() {
    let mut stage = Stage::new().await;
    tokio::task::block_in_place(|| {
        let first = stage.keyed("one", &week("BTCUSDT"));
        assert_eq!(first.status, 202, "{}", first.body);
        let run = first.header("location").unwrap().to_owned();
        assert_eq!(stage.keyed("one", &week("BTCUSDT")).body, first.body);
        stage.until(&run, "done");
        // long after it has ended too, and beyond the rate of starts
        for _ in 0..15 {
            let again = stage.keyed("one", &week("BTCUSDT"));
            assert_eq!((again.status, again.header("location")), (202, Some(run.as_str())));
            assert_eq!(again.body, first.body);
        }
        let other = stage.keyed("one", &json!({"flow": 1, "symbol": "BTCUSDT", "language": "ru"}));
        assert_eq!((other.status, other.problem()), (422, "other-body"));
        assert!(other.body["detail"].as_str().unwrap().contains("take a new key"));
        let another = stage.keyed("two", &week("BTCUSDT"));
        assert_ne!(another.header("location").unwrap(), run);
        // a request that begins nothing keeps nothing
        assert_eq!(stage.keyed("three", &week("SOLUSDT")).status, 422);
        assert_eq!(stage.keyed("three", &week("ETHUSDT")).status, 202);
    });
}

/// The same request from many at once: one run, and nobody is told of another.
#[tokio::test(flavor = "multi_thread")]
async fn callers_at_once_begin_one_run() {
    let stage = Stage::new().await;
    tokio::task::block_in_place(|| {
        let (address, bearer) = (stage.server.address, format!("Bearer {}", stage.token));
        let body = week("BTCUSDT").to_string();
        let answers: Vec<Answer> = std::thread::scope(|scope| {
            let ask = || {
                let headers = [("Authorization", bearer.as_str()), ("Idempotency-Key", "at-once")];
                ask(address, "POST", "/v1/runs", &headers, Some(&body))
            };
            let asking: Vec<_> = (0..24).map(|_| scope.spawn(ask)).collect();
            asking.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let mut begun = BTreeSet::new();
        for answer in &answers {
            match answer.status {
                202 => _ = begun.insert(answer.header("location").unwrap().to_owned()),
                _ => assert_eq!((answer.status, answer.problem()), (409, "in-work")),
            }
        }
        assert_eq!(begun.len(), 1, "{answers:?}");
        assert_eq!(stage.ask("GET", "/v1/runs", None).body["runs"].as_array().unwrap().len(), 3);
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_kept_for_a_day() {
    let stage = Stage::new().await;
    tokio::task::block_in_place(|| {
        let first = stage.keyed("daily", &week("BTCUSDT"));
        let run = first.header("location").unwrap().trim_start_matches("/v1/runs/");
        let database = rusqlite::Connection::open(stage.topdown.data().join("topdown.sqlite")).unwrap();
        let begun = |hours: i64| {
            let begun: jiff::Timestamp = first.body["requested_at"].as_str().unwrap().parse().unwrap();
            let begun = begun - jiff::SignedDuration::from_hours(hours) + jiff::SignedDuration::from_mins(1);
            let sql = "UPDATE runs SET sum = NULL, document = json_set(document, '$.requested_at', ?1) WHERE run_id = ?2";
            database.execute(sql, [&begun.to_string(), run]).unwrap();
        };
        begun(24);
        assert_eq!(stage.keyed("daily", &week("BTCUSDT")).body["run_id"], run, "a minute is left");
        begun(25);
        let next = stage.keyed("daily", &week("ETHUSDT"));
        assert_eq!(next.status, 202, "{}", next.body);
        assert_ne!(next.body["run_id"], run);
        assert_eq!(stage.keyed("daily", &week("ETHUSDT")).body, next.body);
    });
}
