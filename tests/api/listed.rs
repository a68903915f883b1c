//! The list of runs.

use serde_json::Value;

use super::{Stage, week};

fn ids(page: &Value) -> Vec<&str> {
    let runs = page["runs"].as_array().unwrap_or_else(|| panic!("{page:#}"));
    runs.iter().map(|run| run["run_id"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_are_listed_filtered_and_paged() {
    let mut stage = Stage::new().await;
    tokio::task::block_in_place(|| {
        let mut begun: Vec<String> = Vec::new();
        for symbol in ["BTCUSDT", "ETHUSDT", "BTCUSDT"] {
            let run = stage.start(&week(symbol));
            stage.until(&run, "done");
            begun.insert(0, run.trim_start_matches("/v1/runs/").to_owned());
        }
        let all = stage.ask("GET", "/v1/runs", None).body;
        assert_eq!(ids(&all)[..3], begun, "the newest first");
        assert_eq!((ids(&all).len(), &all["next"]), (5, &Value::Null));

        let mut pages = Vec::new();
        let mut next = String::new();
        loop {
            let page = stage.ask("GET", &format!("/v1/runs?limit=2{next}"), None).body;
            pages.extend(ids(&page).iter().map(|id| (*id).to_owned()));
            let Some(cursor) = page["next"].as_str() else { break };
            next = format!("&cursor={cursor}");
        }
        assert_eq!(pages, ids(&all), "every run once");

        let asked = all["runs"][1]["requested_at"].as_str().unwrap();
        for (query, found) in [
            ("symbol=ETHUSDT".to_owned(), vec![1]),
            ("symbol=SOLUSDT".to_owned(), vec![]),
            ("flow=2".to_owned(), vec![]),
            ("state=done&limit=3".to_owned(), vec![0, 1, 2]),
            ("state=failed".to_owned(), vec![]),
            (format!("since={asked}"), vec![0, 1]),
            (format!("until={asked}&limit=1"), vec![2]),
        ] {
            let page = stage.ask("GET", &format!("/v1/runs?{query}"), None).body;
            let of_now: Vec<_> = ids(&page).into_iter().filter(|id| begun.iter().any(|b| b == id)).collect();
            let found: Vec<_> = found.into_iter().map(|at: usize| begun[at].as_str()).collect();
            assert_eq!(of_now, found, "{query}: {page:#}");
        }
        for wrong in ["limit=0", "limit=201", "state=open", "cursor=x", "symbol=a/b", "since=now", "sort=up"]
        {
            let answer = stage.ask("GET", &format!("/v1/runs?{wrong}"), None);
            assert_eq!((answer.status, answer.problem()), (422, "invalid"), "{wrong}");
        }
    });
}
