//! Commands that a server carries out: `--remote`, and beside a `serve` on one data folder.

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;
use sim::{Fault, Gate, Rule, Service};
use tests::{Finished, Topdown};

use super::{Stage, unread};

fn json(finished: &Finished) -> Value {
    assert_eq!(finished.code, 0, "{}{}", finished.stdout, finished.stderr);
    serde_json::from_str(&finished.stdout).unwrap_or_else(|e| panic!("{e}: {}", finished.stdout))
}

#[tokio::test(flavor = "multi_thread")]
async fn beside_a_server_its_commands_go_through_it() {
    let mut stage = Stage::new().await;
    tokio::task::block_in_place(|| {
        let finished = stage.topdown.run(&["run", "2", "BTCUSDT", "--lang", "ru", "--json"]);
        let run = json(&finished);
        assert_eq!((&run["status"], &run["report"]["timeframe"]), (&"done".into(), &"4h".into()), "{run}");
        for timeframe in ["1M", "1w", "1d", "4h"] {
            let line = |line: &&str| line.trim_start().starts_with(timeframe) && line.contains("report");
            assert_eq!(finished.stderr.lines().filter(line).count(), 1, "{}", finished.stderr);
        }
        let listed = stage.ask("GET", "/v1/runs?limit=1", None).body;
        assert_eq!(listed["runs"][0]["run_id"], run["run_id"], "the server ran it");

        let refused = stage.topdown.run(&["run", "1", "SOLUSDT"]);
        assert_eq!(refused.code, 2, "{}", refused.stderr);
        assert!(refused.stderr.contains("SOLUSDT is not watched"), "{}", refused.stderr);
        assert!(refused.stderr.contains("do     add \"SOLUSDT\" to symbols"), "{}", refused.stderr);
        let own = stage.topdown.run(&["run", "1", "BTCUSDT", "--model", "local"]);
        assert_eq!(own.code, 2, "{}", own.stderr);

        // the month is answered when the run has been called off
        let gate = Gate::shut();
        stage.world.faults().inject(Rule::next(Service::OpenAi, Fault::Held(gate.clone())));
        let asked = stage.world.count(Service::OpenAi);
        let begun = stage.start(&unread("ETHUSDT"));
        let id = begun.trim_start_matches("/v1/runs/");
        let world = &stage.world;
        stage.server.until("the month's question", || (world.count(Service::OpenAi) > asked).then_some(()));
        assert_eq!(json(&stage.topdown.run(&["cancel", id, "--json"]))["state"], "cancelled");
        let early = stage.topdown.run(&["resume", id]);
        assert_eq!(early.code, 2, "{}", early.stderr);
        assert!(early.stderr.contains("still at work"), "{}", early.stderr);
        gate.open();
        let sql = "SELECT count(*) FROM steps WHERE run_id = ?1 AND document ->> 'status' = 'running'";
        stage.counts("nobody at work on the run", sql, &[id], 0);
        assert_eq!(stage.topdown.run(&["cancel", id]).stdout, format!("{id}  cancelled\n"));
        let resumed = json(&stage.topdown.run(&["resume", id, "--json"]));
        assert_eq!(resumed["status"], "done");
        let done = stage.topdown.run(&["cancel", resumed["run_id"].as_str().unwrap()]);
        assert_eq!(done.code, 2, "{}", done.stderr);
        assert!(done.stderr.contains("nothing is left to cancel"), "{}", done.stderr);

        // the server is gone, what it wrote is still there
        let Stage { server, topdown, .. } = stage;
        drop(server);
        let alone = json(&topdown.run(&["run", "1", "BTCUSDT", "--catalog", "catalog", "--json"]));
        assert_eq!(alone["status"], "done");
        assert_eq!(topdown.run(&["cancel", id]).stdout, format!("{id}  cancelled\n"));
        assert_eq!(topdown.run(&["cancel", alone["run_id"].as_str().unwrap()]).code, 2);
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_elsewhere_is_asked_with_the_callers_token() {
    let mut stage = Stage::new().await;
    tokio::task::block_in_place(|| {
        let url = format!("http://{}", stage.server.address);
        let elsewhere = Topdown::new().with("TOPDOWN_ID_TOKEN", &stage.token);
        let finished = elsewhere.run(&["--remote", &url, "run", "1", "ETHUSDT"]);
        assert_eq!(finished.code, 0, "{}", finished.stderr);
        assert!(finished.stderr.contains("1M") && finished.stderr.contains("1w"), "{}", finished.stderr);
        assert!(finished.stdout.contains("ETHUSDT 1w"), "{}", finished.stdout);
        let page = finished.stdout.lines().last().unwrap();
        assert!(page.contains("page") && page.contains(&format!("{url}/artifacts/")), "{page}");
        assert!(!elsewhere.data().exists(), "nothing is kept here");

        let run = json(&elsewhere.run(&["run", "1", "BTCUSDT", "--json", "--remote", &url]));
        assert_eq!((&run["state"], &run["report"]["symbol"]), (&"done".into(), &"BTCUSDT".into()));

        // a flow that decides answers with what it decided, and tells of each step on the way
        let decided = elsewhere.run(&["--remote", &url, "run", "4", "BTCUSDT"]);
        assert_eq!(decided.code, 0, "{}", decided.stderr);
        for step in ["4h", "account", "recommendation"] {
            assert!(
                decided.stderr.lines().any(|line| line.trim_start().starts_with(step)),
                "{}",
                decided.stderr
            );
        }
        let verdict = decided.stdout.lines().find(|line| !line.is_empty()).unwrap();
        let is_decided =
            ["Stand aside", "Long", "Short", "Invalid"].iter().any(|word| verdict.contains(word));
        assert!(verdict.starts_with("BTCUSDT  ") && is_decided, "{}", decided.stdout);

        // `gcloud` says who gives the command
        let folder = tempfile::tempdir().unwrap();
        let gcloud = folder.path().join("gcloud");
        let script = format!("#!/bin/sh\n[ \"$*\" = 'auth print-identity-token' ] && echo {}\n", stage.token);
        std::fs::write(&gcloud, script).unwrap();
        std::fs::set_permissions(&gcloud, std::fs::Permissions::from_mode(0o755)).unwrap();
        let person = Topdown::new().with("PATH", &format!("{}:/usr/bin:/bin", folder.path().display()));
        stage.world.faults().inject(Rule::next(Service::OpenAi, Fault::ServerError(500)).times(2));
        let failed = person.run(&["--remote", &url, "run", "1", "BTCUSDT"]);
        assert_eq!(failed.code, 1, "{}", failed.stderr);
        assert!(failed.stderr.contains("-report: the model's server answered 500"), "{}", failed.stderr);
        let listed = stage.ask("GET", "/v1/runs?state=failed", None).body;
        let id = listed["runs"][0]["run_id"].as_str().unwrap().to_owned();
        assert_eq!(person.run(&["--remote", &url, "resume", &id]).code, 0);

        let stranger = Topdown::new().with("TOPDOWN_ID_TOKEN", "another-token");
        for (topdown, arguments, code, says) in [
            (&stranger, ["--remote", &url, "run", "1", "BTCUSDT"], 1, "gcloud auth list"),
            (&elsewhere, ["--remote", "http://topdown.example", "run", "1", "BTCUSDT"], 2, "in clear"),
            (&elsewhere, ["--remote", "http://127.0.0.1:9", "run", "1", "BTCUSDT"], 1, "no answer"),
            (&elsewhere, ["--remote", &url, "runs", "--data", "data"], 2, "run, resume and cancel"),
            (&Topdown::new(), ["--remote", &url, "run", "1", "BTCUSDT"], 1, "TOPDOWN_ID_TOKEN"),
        ] {
            let refused = topdown.run(&arguments);
            assert_eq!(refused.code, code, "{arguments:?}: {}", refused.stderr);
            assert!(refused.stderr.contains(says), "{arguments:?}: {}", refused.stderr);
            assert!(!refused.stderr.contains(&stage.token) && !refused.stderr.contains("another-token"));
        }
        stage.counts("all runs end", "SELECT count(*) FROM runs WHERE status = 'running'", &[], 0);
    });
}
