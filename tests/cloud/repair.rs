//! A step with two paid calls, whose worker dies after each.

use std::collections::BTreeMap;

use serde_json::json;
use sim::Service;
use tests::FUNCTIONS;

use super::flow::{DONE, Left, collects};
use super::stage::{Stage, tick};

/// Report and repair are calls of their own: a worker that dies after either of them loses neither.
#[tokio::test(flavor = "multi_thread")]
async fn a_step_killed_between_report_and_repair_pays_for_each_once() {
    let test = "a_step_killed_between_report_and_repair_pays_for_each_once";
    let Some(stage) = Stage::new(test).await else { return };
    tokio::task::block_in_place(|| {
        let invents = [("TOPDOWN_MODEL", "rule-analyst:invent_price")];
        let others = FUNCTIONS.iter().filter(|name| **name != "llm-analyst");
        let functions: BTreeMap<_, _> = others
            .map(|name| (*name, stage.start(name, if *name == "coordinator" { &invents } else { &[] })))
            .collect();
        for (name, function) in &functions {
            stage.subscribe(name, &function.address());
        }
        collects(&functions);
        let coordinator = functions["coordinator"].address();
        let dying = [("FAILPOINTS", "call.kept=return")];
        let mut analyst = stage.start("llm-analyst", &dying);
        let address = analyst.address();
        let port = address.rsplit_once(':').unwrap().1.to_owned();
        stage.subscribe("llm-analyst", &address);
        assert_eq!(tick(&coordinator, "/tick"), 204);

        // the first worker dies with the report in hand, the second with its repair
        for paid in 1..=2 {
            analyst.dies();
            assert_eq!(stage.world.count(Service::OpenAi), paid);
            let more = if paid == 1 { dying.as_slice() } else { &[] };
            let own: Vec<_> = more.iter().copied().chain([("PORT", port.as_str())]).collect();
            analyst = stage.start("llm-analyst", &own);
            assert_eq!(analyst.address(), address);
            // the lease ends without a wait of ten minutes
            let (run_id, _) = stage.documents("flow_runs").pop_first().unwrap();
            let past = json!({"lease_until": {"timestampValue": "2026-01-01T00:00:00Z"}});
            stage.set(&format!("flow_runs/{run_id}/steps/1M-report"), &past);
            assert_eq!(tick(&coordinator, "/sweep"), 204);
        }
        functions["coordinator"].waits_for(" ended\"");
        let left = Left::of(&stage);
        assert_eq!(left.statuses(), DONE);
        assert_eq!(left.steps["1M-report"]["fence"]["integerValue"], "3", "the third worker ended it");
        assert_eq!(stage.world.count(Service::OpenAi), 4, "two reports and two repairs, each paid for once");
    });
}
