//! Flow 1 on candles of the exchange itself, where they lie beside the repository.

use std::collections::BTreeSet;

use serde_json::Value;
use tests::{Topdown, candles, left_out};

use super::{statuses, step, text};

fn demo(topdown: &Topdown, test: &str, symbol: &str, as_of: &str, more: &[&str]) -> Option<Value> {
    let Some(folder) = candles() else {
        left_out(test, "needs ../shared/data");
        return None;
    };
    let folder = folder.to_string_lossy().into_owned();
    let mut arguments = vec!["demo", "--json", "--candles", &folder, "--symbol", symbol, "--as-of", as_of];
    arguments.extend(more);
    Some(topdown.json(&arguments))
}

#[test]
fn the_week_is_closed_and_april_is_forming() {
    let topdown = Topdown::new();
    let name = "the_week_is_closed_and_april_is_forming";
    let Some(run) = demo(&topdown, name, "ETHUSDT", "2026-04-30T04:00:00Z", &[]) else { return };
    let week = topdown.cat_json(text(step(&run, "1w-ohlcv"), "gcs_uri"));
    let last = week["bars"]["rows"].as_array().unwrap().last().unwrap().as_str().unwrap().to_owned();
    assert!(last.starts_with("2026-04-20,"), "{last}");
    assert_eq!(week["forming"]["t"], "2026-04-27");
    let month = topdown.cat_json(text(step(&run, "1M-ohlcv"), "gcs_uri"));
    assert_eq!(month["forming"]["t"], "2026-04", "April is marked as forming");
    assert!(
        month["bars"]["rows"].as_array().unwrap().last().unwrap().as_str().unwrap().starts_with("2026-03,")
    );
    assert!(text(&week, "source").starts_with("file:"));
    let statuses = statuses(&run);
    assert!(statuses.len() > 20, "{statuses:?}");
    assert!(statuses.iter().all(|s| ["verified", "derived"].contains(s)), "{statuses:?}");
}

/// Figures of the exchange and of TA-Lib, worked out before this program existed.
#[test]
fn the_btc_week_has_the_figures_of_the_worked_example() {
    let topdown = Topdown::new();
    let name = "the_btc_week_has_the_figures_of_the_worked_example";
    let Some(run) = demo(&topdown, name, "BTCUSDT", "2026-04-30T04:00:00Z", &[]) else { return };
    let week = topdown.cat_json(text(step(&run, "1w-ohlcv"), "gcs_uri"));
    assert_eq!(week["forming"]["c"], "75928.1");
    assert_eq!(week["forming"]["h"], "79485.66");
    let columns: Vec<_> = text(&week["indicators"], "columns").split(',').collect();
    let row = week["indicators"]["rows"].as_array().unwrap().last().unwrap().as_str().unwrap();
    let cell = |name: &str| row.split(',').nth(columns.iter().position(|c| *c == name).unwrap()).unwrap();
    assert_eq!(
        (cell("t"), cell("ema20"), cell("ema50"), cell("rsi14")),
        ("2026-04-20", "77929", "86300", "47.3")
    );
    assert_eq!((text(&week["barriers"], "up"), text(&week["barriers"], "down")), ("87977", "63879"));
    // base rates of the barriers, 41.8, 26.0 and 32.2, are what the rules start from
    let odds = &run["report"]["report"]["scenarios"];
    assert_eq!(
        (odds["p_up"].as_i64(), odds["p_neither"].as_i64(), odds["p_down"].as_i64()),
        (Some(42), Some(26), Some(32))
    );
}

#[test]
fn a_past_instant_sees_nothing_later() {
    let topdown = Topdown::new();
    let name = "a_past_instant_sees_nothing_later";
    let Some(run) = demo(&topdown, name, "BTCUSDT", "2024-01-10T05:30:00Z", &[]) else { return };
    for id in ["1M-ohlcv", "1w-ohlcv"] {
        let artifact = topdown.cat_json(text(step(&run, id), "gcs_uri"));
        let rows = artifact["bars"]["rows"].as_array().unwrap();
        assert!(rows.iter().all(|row| row.as_str().unwrap() < "2024-01-09"), "{id}");
        // the hours 00:00 to 04:00 of 10 January had closed: the close is that of the 04:00 bar, as in
        // the exchange's own file
        assert_eq!(artifact["forming"]["c"], last_close("BTCUSDT", "2024-01-10T04:00:00Z"), "{id}");
    }
    assert_eq!(run["report"]["last_bar"], "2024-01-01");
}

/// Close of a 1h bar in the exchange's own file, without trailing zeros.
fn last_close(symbol: &str, open: &str) -> String {
    use std::io::Read;
    let open: jiff::Timestamp = open.parse().unwrap();
    let file = std::fs::File::open(candles().unwrap().join(format!("{symbol}-1h.csv.gz"))).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    let start = format!("{},", open.as_millisecond());
    let row = text.lines().find(|line| line.starts_with(&start)).unwrap();
    row.split(',').nth(4).unwrap().trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The mode plants three prices in four places: a cite and its claim, another claim, the summary.
#[test]
fn each_invented_price_is_found() {
    let topdown = Topdown::new();
    let name = "each_invented_price_is_found";
    let stubborn = ["--model", "rule-analyst:stubborn"];
    let Some(run) = demo(&topdown, name, "ETHUSDT", "2026-04-30T04:00:00Z", &stubborn) else { return };
    let checks = &run["report"]["checks"];
    let items = checks["items"].as_array().unwrap();
    let wrong: Vec<_> = items.iter().filter(|item| item["status"] == "unverified").collect();
    let planted: BTreeSet<String> = wrong.iter().map(|item| text(item, "got").replace(',', "")).collect();
    assert_eq!((wrong.len(), planted.len()), (4, 3), "{wrong:?}");
    assert_eq!(checks["unverified"], 4);
    let page = String::from_utf8(topdown.cat(text(step(&run, "notification"), "gcs_uri"))).unwrap();
    assert!(page.contains("unverified"), "what stays wrong is marked on the page");

    let invent = ["--model", "rule-analyst:invent_price"];
    let Some(run) = demo(&topdown, name, "ETHUSDT", "2026-04-30T04:00:00Z", &invent) else { return };
    let checks = &run["report"]["checks"];
    assert_eq!(checks["unverified"], 0);
    // the cite and its claim are corrected; the other two texts do without the number
    assert_eq!(checks["repaired"], 2);
    assert_eq!(step(&run, "1w-report")["model_calls"], 2, "one more call, naming the fields");
    let report = run["report"]["report"].to_string().replace(',', "");
    assert!(planted.iter().all(|price| !report.contains(price)), "{planted:?} in {report}");
}

/// Each report was given the one above it; the day and what is above it make the recommendation, four hours stand
/// beside.
#[test]
fn the_reports_of_flow_4_are_a_chain_and_its_recommendation_rests_on_the_day() {
    let topdown = Topdown::new();
    let name = "the_reports_of_flow_4_are_a_chain_and_its_recommendation_rests_on_the_day";
    let Some(run) = demo(&topdown, name, "SOLUSDT", "2026-04-30T04:00:00Z", &["--flow", "4"]) else { return };
    assert_eq!(run["status"], "done");
    let report = |timeframe: &str| step(&run, &format!("{timeframe}-report"));
    for (timeframe, above) in [("4h", "1d"), ("1d", "1w"), ("1w", "1M")] {
        assert_eq!(report(timeframe)["parent_report_id"], report(above)["report_id"], "{timeframe}");
    }
    assert_eq!(report("1M").get("parent_report_id"), None);
    let sources: Vec<_> = ["1d", "1w", "1M"].map(|timeframe| report(timeframe)["report_id"].clone()).into();
    let recommendation = step(&run, "recommendation");
    assert_eq!(recommendation["source_report_id"], Value::Array(sources));
    let document = topdown.cat_json(text(recommendation, "gcs_uri"));
    assert_eq!(document["beside"][0]["report_id"], report("4h")["report_id"]);
    assert_eq!(document["account"], "provided");
    assert!(document["decided_at"].as_str().is_some_and(|at| at >= "2026-04-30T04:00"), "{document}");
}
