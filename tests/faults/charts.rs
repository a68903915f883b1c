//! A chart vendor that has had enough: every chart is drawn all the same, and the vendor is left alone.

use runtime::{Clock, SystemClock};
use serde_json::{Value, json};
use sim::{Fault, Rule, Service, SimClock, World, WorldConfig};

use super::bench::{finish, program, under_timeout};

/// A young symbol, whose candles are few.
const RUN: &[&str] = &["run", "1", "币安人生USDT", "--catalog", "catalog", "--json"];

/// A live run's charts under `fault`, and how often the vendor was asked.
async fn charts(fault: Fault) -> (Vec<Value>, u64) {
    // the vendor draws the present, so past runs never ask it
    let clock = SimClock::running_from(SystemClock.now());
    let world = World::start(WorldConfig::seeded(1, clock)).await.unwrap();
    world.faults().inject(Rule::next(Service::ChartImg, fault).forever());
    let topdown = program()
        .with("TOPDOWN_BINANCE_URL", &world.binance_url())
        .with("TOPDOWN_CHART_IMG_URL", &world.chart_img_url())
        .with("CHART_IMG_API_KEY", "key-of-a-test");
    let finished = tokio::task::block_in_place(|| finish(&mut under_timeout(&topdown.command(RUN))));
    assert_eq!(finished.code, 0, "{}", finished.stderr);
    let run: Value = serde_json::from_str(&finished.stdout).unwrap();
    let steps = run["steps"].as_array().unwrap().iter();
    let charts = steps.filter(|step| step["kind"] == "chart").cloned().collect();
    (charts, world.count(Service::ChartImg))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spent_day_is_asked_about_once() {
    let (charts, asked) = charts(Fault::QuotaExceeded).await;
    assert_eq!(charts.len(), 4);
    for chart in &charts {
        assert_eq!((&chart["status"], &chart["chart_provider"]), (&json!("done"), &json!("built-in")));
        assert!(chart["reason"].as_str().unwrap().contains("daily quota is spent"), "{chart}");
    }
    // the month's and the week's charts may be asked for at the same time
    assert!((1..=2).contains(&asked), "asked {asked} times");
    let rested = charts.iter().filter(|chart| chart["reason"].as_str().unwrap().contains("not asked again"));
    assert!(rested.count() >= 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_chart_says_nothing_of_the_next() {
    let (charts, asked) = charts(Fault::Unprocessable("no such study".to_owned())).await;
    assert_eq!((charts.len(), asked), (4, 4));
    assert!(charts.iter().all(|chart| chart["reason"].as_str().unwrap().contains("no such study")));
}
