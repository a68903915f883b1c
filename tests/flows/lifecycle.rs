//! What became of a recommendation, as hours are collected after it.

use std::io::Read;

use domain::{Candle, Timeframe};
use flate2::read::GzDecoder;
use jiff::Timestamp;
use platform_local::{Access, Local};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use storage::{CandleStore, SeriesKey};
use tests::{Topdown, candles};

use super::recommendation::decided;
use super::{step, text};

/// The exchange's hours of SOLUSDT from `from` until before `to`.
fn hours(from: &str, to: &str) -> Vec<Candle> {
    let file = candles().unwrap().join("SOLUSDT-1h.csv.gz");
    let mut all = String::new();
    GzDecoder::new(std::fs::File::open(file).unwrap()).read_to_string(&mut all).unwrap();
    let (from, to): (Timestamp, Timestamp) = (from.parse().unwrap(), to.parse().unwrap());
    let bars = all.lines().skip(1).map(|line| {
        let fields: Vec<&str> = line.split(',').collect();
        let time = |i: usize| Timestamp::from_millisecond(fields[i].parse().unwrap()).unwrap();
        let number = |i: usize| fields[i].parse::<Decimal>().unwrap();
        Candle {
            open_time: time(0),
            open: number(1),
            high: number(2),
            low: number(3),
            close: number(4),
            volume: number(5),
            close_time: time(6),
            quote_volume: number(7),
            trades: fields[8].parse().ok(),
            taker_base: Some(number(9)),
            taker_quote: Some(number(10)),
        }
    });
    bars.filter(|bar| (from..to).contains(&bar.open_time)).collect()
}

/// Keeps those hours as the collector does.
async fn collect(topdown: &Topdown, run: &Value, bars: &[Candle]) {
    let local = Local::open(&topdown.data(), Access::Write, "http://127.0.0.1:8377").unwrap();
    let source = text(&run["recommendation"], "source").parse().unwrap();
    let series = SeriesKey { source, symbol: "SOLUSDT".parse().unwrap(), timeframe: Timeframe::Hour };
    let seen = Timeframe::Hour.next_open(bars.last().unwrap().open_time);
    local.candles.append(&series, bars, seen).await.unwrap();
}

/// Long at 171.60 to 176.52, so entered at 176.52, stop 154.54, targets 223.18 and 295.83; held to 25 May, 04:00. Read
/// off the exchange's hours: the first one trades from 173.84 to 175.29; until the horizon price stands between 159.44
/// and 187.71, and the last hour closes at 173.64. By hand: (173.64 - 176.52 - 0.0015 x 350.16) / 21.98 = -0.1549,
/// (187.71 - 176.52) / 21.98 = 0.5091, (176.52 - 159.44) / 21.98 = 0.7771.
#[tokio::test(flavor = "multi_thread")]
async fn a_recommendation_is_followed_through_the_hours_after_it() {
    let name = "a_recommendation_is_followed_through_the_hours_after_it";
    let Some((topdown, run, _)) = tokio::task::block_in_place(|| decided(name, "rule-analyst")) else {
        return;
    };
    let id = text(&run, "run_id").to_owned();
    let shown =
        || tokio::task::block_in_place(|| topdown.json(&["show", &id, "--json"]))["lifecycle"].clone();
    let waiting = shown();
    assert_eq!((text(&waiting, "state"), text(&waiting, "since")), ("waiting", "2025-05-15T04:00:00Z"));
    assert_eq!(waiting["outcome"], Value::Null);

    collect(&topdown, &run, &hours("2025-05-15T04:00:00Z", "2025-05-15T05:00:00Z")).await;
    let filled = shown();
    assert_eq!(text(&filled, "state"), "filled");
    assert_eq!(filled["fill"], json!({"at": "2025-05-15T04:00:00Z", "price": "176.52"}));
    let told = tokio::task::block_in_place(|| topdown.run(&["show", &id])).stdout;
    let line = "state    filled since 2025-05-15 04:00 UTC, at 176.52, 0 of 2 targets reached";
    assert!(told.contains(line), "{told}");

    collect(&topdown, &run, &hours("2025-05-15T05:00:00Z", "2025-05-26T00:00:00Z")).await;
    let expired = shown();
    assert_eq!((text(&expired, "state"), text(&expired, "since")), ("expired", "2025-05-25T04:00:00Z"));
    let exit =
        json!({"by": "expired", "at": "2025-05-25T04:00:00Z", "price": "173.64", "fraction_pct": "100"});
    assert_eq!(expired["exits"], json!([exit]));
    let outcome = &expired["outcome"];
    assert_eq!((text(outcome, "r"), &outcome["hours"]), ("-0.1549", &json!(240)));
    assert_eq!((text(&expired, "mfe_r"), text(&expired, "mae_r")), ("0.5091", "0.7771"));
    assert_eq!(step(&run, "recommendation")["status"], "done", "nothing of it is written into the run");
}

#[test]
fn an_invalid_plan_is_not_followed_and_standing_aside_is_no_plan() {
    let name = "an_invalid_plan_is_not_followed_and_standing_aside_is_no_plan";
    let Some((topdown, run, _)) = decided(name, "rule-analyst:poor_rr") else { return };
    let shown = topdown.json(&["show", text(&run, "run_id"), "--json"]);
    assert_eq!((text(&shown["lifecycle"], "state"), &shown["lifecycle"]["fill"]), ("invalid", &Value::Null));
    let topdown = Topdown::new();
    let run = topdown.json(&["demo", "--flow", "3", "--json"]);
    let shown = topdown.json(&["show", text(&run, "run_id"), "--json"]);
    assert_eq!(run["recommendation"]["recommendation"]["direction"], "stand_aside");
    assert_eq!(shown.get("lifecycle"), None);
}
