//! Flow 5: the model asks for what it was not given, and every answer is kept, named, shown and checked against.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};
use sim::{SimClock, World, WorldConfig};
use tests::{Topdown, candles, left_out};

use super::{step, text};

const STEPS: [&str; 5] = ["1M-report", "1w-report", "1d-report", "4h-report", "recommendation"];

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The artifacts of a step's tools, in order.
fn answers(topdown: &Topdown, step: &Value) -> Vec<Value> {
    list(&step["tool_refs"]).iter().map(|uri| topdown.cat_json(uri.as_str().unwrap())).collect()
}

#[test]
fn flow_5_names_checks_and_shows_every_answer() {
    let topdown = Topdown::new();
    let run = topdown.json(&["demo", "--flow", "5", "--json"]);
    assert_eq!(run["status"], "done");
    for id in STEPS {
        let step = step(&run, id);
        let asked: Vec<_> =
            answers(&topdown, step).iter().map(|tool| text(tool, "name").to_owned()).collect();
        let expected: &[&str] = match id {
            "recommendation" => &["get_funding_rate", "get_open_interest"],
            _ => &["get_indicator"],
        };
        assert_eq!(asked, expected, "{id}");
        // one call of the model for the round, one for the answer
        assert_eq!((&step["model_calls"], list(&step["call_refs"]).len()), (&json!(2), 4), "{id}");
        let document = topdown.cat_json(text(step, "gcs_uri"));
        let used = list(&document["tools"]);
        let refs: Vec<_> = used.iter().map(|used| used["gcs_uri"].clone()).collect();
        assert_eq!(json!(refs), step["tool_refs"], "{id}");
        for (used, number) in used.iter().zip(1..) {
            assert_eq!((&used["tool"], text(used, "status")), (&json!(number), "ok"), "{id}");
            let kept = topdown.cat(text(used, "gcs_uri"));
            assert_eq!(domain::Sha256Hex::of(&kept).as_str(), text(used, "sha256"));
            let kept: Value = serde_json::from_slice(&kept).unwrap();
            assert_eq!((text(&kept, "schema"), &kept["tool"]), ("topdown.tool/1", &json!(number)));
            // what was sent is what is kept
            let sent = topdown.cat_json(step["call_refs"][2].as_str().unwrap());
            let told = list(&sent["messages"]).iter().filter(|message| message["role"] == "tool");
            let told: Vec<Value> = told
                .map(|message| {
                    serde_json::from_str(text(message, "content").lines().nth(1).unwrap()).unwrap()
                })
                .collect();
            assert!(told.contains(&kept), "{id}: {told:?}");
        }
        // its numbers are cited, and hold
        let items = list(&document["checks"]["items"]);
        let of_tools: Vec<_> = items.iter().filter(|item| text(item, "ref").starts_with("tool[")).collect();
        assert!(of_tools.len() >= 2, "{id}: {items:?}");
        assert!(of_tools.iter().all(|item| item["status"] == "verified"), "{id}: {of_tools:?}");
        assert_eq!(document["checks"]["unverified"], 0, "{id}");
    }
    let contract = answers(&topdown, step(&run, "recommendation"));
    assert!(contract.iter().all(|tool| tool["data"]["market"] == "perp"), "the run's own market is spot");
    let page = String::from_utf8(topdown.cat(text(step(&run, "notification"), "gcs_uri"))).unwrap();
    for name in ["get_funding_rate", "get_open_interest", "tool-1-"] {
        assert!(page.contains(name), "{name} is not on the page");
    }
    // the same arguments are the same run, whose answers are taken and not asked for again
    assert_eq!(topdown.json(&["demo", "--flow", "5", "--json"])["run_id"], run["run_id"]);
}

/// On the exchange's own bars: `talib.STOCHRSI(close, 14, 14, 3)` of Python's TA-Lib 0.8.2, BTCUSDT 1w to 2026-04-20.
#[test]
fn an_indicator_of_the_exchanges_bars_is_that_of_ta_lib() {
    let Some(folder) = candles() else {
        return left_out("an_indicator_of_the_exchanges_bars_is_that_of_ta_lib", "needs ../shared/data");
    };
    let topdown = Topdown::new();
    let folder = folder.to_string_lossy().into_owned();
    let mut arguments = vec!["demo", "--flow", "5", "--json", "--candles", &folder];
    arguments.extend(["--symbol", "BTCUSDT", "--as-of", "2026-04-30T04:00:00Z"]);
    let run = topdown.json(&arguments);
    let week = answers(&topdown, step(&run, "1w-report")).remove(0);
    assert_eq!(week["data"]["columns"], "t,fastk,fastd");
    assert_eq!(list(&week["data"]["rows"]).last(), Some(&json!("2026-04-20,100.0,83.3")));
    assert_eq!(week["data"]["stats"]["history_bars"], "454");
}

/// In a world that knows a year more, a run of the past is answered what a run of then is.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_of_the_past_sees_nothing_later() {
    const AS_OF: &str = "2026-04-30T04:00:00Z";
    let as_of: Timestamp = AS_OF.parse().unwrap();
    let mut told = Vec::new();
    for now in [AS_OF, "2027-04-30T04:00:00Z"] {
        let clock = SimClock::fixed(now.parse().unwrap());
        let world = World::start(WorldConfig::seeded(1, clock)).await.unwrap();
        let topdown = Topdown::new()
            .with("TOPDOWN_BINANCE_URL", &world.binance_url())
            .with("TOPDOWN_BINANCE_FUTURES_URL", &world.binance_url());
        let run = tokio::task::block_in_place(|| {
            topdown.json(&["run", "5", "SOLUSDT", "--as-of", AS_OF, "--json"])
        });
        let tools: Vec<Value> = STEPS.iter().flat_map(|id| answers(&topdown, step(&run, id))).collect();
        assert_eq!(tools.len(), 6);
        for tool in tools.iter().filter(|tool| tool["status"] == "ok") {
            assert_eq!(text(&tool["data"], "as_of"), AS_OF);
            for row in list(&tool["data"]["rows"]) {
                let label = row.as_str().unwrap().split(',').next().unwrap();
                let open = domain::Timeframe::ALL.iter().find_map(|timeframe| timeframe.parse_label(label));
                assert!(open.unwrap() <= as_of, "{label}");
            }
        }
        told.push(tools);
    }
    let stamped = |tools: &[Value]| -> Vec<Value> {
        // a world on another port is another source
        tools
            .iter()
            .map(|tool| {
                let mut data = tool["data"].clone();
                data.as_object_mut().map(|data| data.remove("source"));
                json!([tool["name"], tool["status"], data])
            })
            .collect()
    };
    // a year later the exchange has dropped what it counted, and the rest is the same
    assert_eq!(stamped(&told[0])[..5], stamped(&told[1])[..5]);
    let interest = &told[1][5];
    assert_eq!((text(interest, "name"), text(interest, "status")), ("get_open_interest", "unavailable"));
    assert!(text(interest, "reason").contains("30 days"), "{interest}");
}

#[test]
fn an_asker_without_end_has_to_answer() {
    let topdown = Topdown::new();
    let run = topdown.json(&["demo", "--flow", "5", "--json", "--model", "rule-analyst:endless_tools"]);
    assert_eq!(run["status"], "done");
    for id in STEPS {
        let step = step(&run, id);
        // six rounds, and the request after them that offers none
        assert_eq!((&step["model_calls"], list(&step["tool_refs"]).len()), (&json!(7), 6), "{id}");
        let last = topdown.cat_json(step["call_refs"][12].as_str().unwrap());
        assert_eq!(last["tool_choice"], "none", "{id}");
        for tool in answers(&topdown, step) {
            assert_eq!((text(&tool, "status"), &tool["arguments"]), ("refused", &Value::Null), "{tool}");
        }
    }
}

#[test]
fn arguments_that_are_none_are_refused_and_the_report_is_made() {
    let topdown = Topdown::new();
    let run = topdown.json(&["demo", "--flow", "5", "--json", "--model", "rule-analyst:bad_tool_args"]);
    assert_eq!(run["status"], "done");
    let week = step(&run, "1w-report");
    let tools = answers(&topdown, week);
    assert_eq!((tools.len(), text(&tools[0], "status")), (1, "refused"));
    assert!(text(&tools[0], "reason").starts_with("the arguments are none of this tool"), "{}", tools[0]);
    assert_eq!(topdown.cat_json(text(week, "gcs_uri"))["tools"][0]["status"], "refused");
}

/// A profile without the capability is asked as in Flow 4, and the step says so.
#[test]
fn a_model_that_takes_no_tools_is_asked_without() {
    let topdown = Topdown::new();
    let prompts = topdown.path("catalog/prompts");
    std::fs::create_dir_all(&prompts).unwrap();
    let models = include_str!("../../prompts/models.toml").replacen("tools = true\n", "", 1);
    std::fs::write(prompts.join("models.toml"), models).unwrap();
    let run = topdown.json(&["demo", "--flow", "5", "--json", "--catalog", "catalog"]);
    assert_eq!(run["status"], "done");
    let reasons: BTreeSet<_> = STEPS.iter().map(|id| text(step(&run, id), "reason")).collect();
    assert_eq!(reasons, BTreeSet::from(["answered without tools: the profile `rule-analyst` takes none"]));
    let week = step(&run, "1w-report");
    assert_eq!((&week["model_calls"], list(&week["tool_refs"]).len()), (&json!(1), 0));
    let sent = topdown.cat_json(week["call_refs"][0].as_str().unwrap());
    assert_eq!((sent.get("tools"), sent.get("tool_choice")), (None, None));
}
