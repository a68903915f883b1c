//! What the exchange says of a symbol, and of the time.

use domain::Timeframe;
use market::MarketError;
use ohlcv_collector::{CollectError, DELISTED};
use sim::{Fault, Rule, Service};
use storage::CandleStore;

use super::{Desk, SOURCE, at, symbol};

async fn status(desk: &Desk, name: &str) -> String {
    desk.local.candles.instrument(&SOURCE, &symbol(name)).await.unwrap().unwrap().status
}

#[tokio::test(flavor = "multi_thread")]
async fn a_halted_symbol_is_kept_and_said_to_be_halted() {
    let desk = Desk::new("2022-05-20T05:30:00Z").await;
    let collected = desk.collect("LUNAUSDT").await.unwrap();
    // nothing trades from there on
    assert_eq!(collected.halted_since, Some(at("2022-05-13T00:00:00Z")));
    assert_eq!(status(&desk, "LUNAUSDT").await, "HALT");
    // 377 days since 2021-05-01
    assert_eq!(desk.kept("LUNAUSDT", Timeframe::Hour).await.len(), 377 * 24);
    desk.clock("2022-05-20T09:10:00Z");
    let ticked = desk.tick("LUNAUSDT").await.unwrap();
    assert_eq!((ticked.new, ticked.halted_since), (0, Some(at("2022-05-13T00:00:00Z"))));
}

fn gone() -> Fault {
    Fault::Answer {
        status: 400,
        headers: vec![("content-type".to_owned(), "application/json;charset=UTF-8".to_owned())],
        body: br#"{"code":-1121,"msg":"Invalid symbol."}"#.to_vec(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_symbol_taken_off_the_exchange_keeps_its_candles() {
    let desk = Desk::new("2021-06-20T05:30:00Z").await;
    assert_eq!(desk.collect("BTCUSDT").await.unwrap().halted_since, None);
    let before = desk.kept("BTCUSDT", Timeframe::Hour).await;
    for path in ["/klines", "/exchangeInfo"] {
        desk.world.faults().inject(Rule::next(Service::Binance, gone()).on(path).forever());
    }
    desk.world.forget_requests();
    desk.clock("2021-06-20T09:10:00Z");
    let ticked = desk.tick("BTCUSDT").await.unwrap();
    assert_eq!(ticked.halted_since, Some(at("2021-06-20T05:00:00Z")));
    assert_eq!(status(&desk, "BTCUSDT").await, DELISTED);
    assert_eq!(desk.kept("BTCUSDT", Timeframe::Hour).await, before);
    // it is not asked about with every tick
    let asked = desk.world.count(Service::Binance);
    desk.clock("2021-06-20T09:11:00Z");
    desk.tick("BTCUSDT").await.unwrap();
    assert_eq!(desk.world.count(Service::Binance), asked + 1, "the time alone");
    assert!(desk.asked(Timeframe::Hour).is_empty());
    // by hand it is no error either: what is kept can be read
    assert!(desk.collect("BTCUSDT").await.unwrap().halted_since.is_some());
    // and when it is listed again it goes on
    desk.world.faults().clear();
    desk.clock("2021-06-20T09:30:00Z");
    let ticked = desk.tick("BTCUSDT").await.unwrap();
    assert_eq!((ticked.new > 3, ticked.halted_since), (true, None));
    assert_eq!(status(&desk, "BTCUSDT").await, "TRADING");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_symbol_it_never_listed_is_an_error_and_leaves_nothing() {
    let desk = Desk::new("2021-06-20T05:30:00Z").await;
    let error = desk.collect("NOPEUSDT").await.unwrap_err();
    assert!(matches!(error, CollectError::Market(MarketError::UnknownSymbol { .. })), "{error}");
    assert_eq!(desk.local.candles.instrument(&SOURCE, &symbol("NOPEUSDT")).await.unwrap(), None);
}

/// What the exchange says of the time, as it stands in for the true answer.
fn clock_shows(now: &str) -> Fault {
    Fault::Answer {
        status: 200,
        headers: vec![("content-type".to_owned(), "application/json;charset=UTF-8".to_owned())],
        body: format!("{{\"serverTime\":{}}}", at(now).as_millisecond()).into_bytes(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_ahead_of_the_bars_poisons_no_series() {
    let desk = Desk::new("2021-06-20T05:30:00Z").await;
    desk.collect("BTCUSDT").await.unwrap();
    let before = desk.kept("BTCUSDT", Timeframe::Day).await;
    for ahead in ["2021-06-20T07:30:00Z", "2021-06-21T05:30:00Z", "2031-06-20T05:30:00Z"] {
        desk.world.faults().inject(Rule::next(Service::Binance, clock_shows(ahead)).on("/time").forever());
        let refused = |error: CollectError| {
            assert!(matches!(error, CollectError::Market(MarketError::Unexpected { .. })), "{error}");
            let says = ["its clock shows ", "the newest hour of BTCUSDT", "until the two agree"];
            assert!(says.iter().all(|part| error.to_string().contains(part)), "{error}");
        };
        refused(desk.collector.tick_all(&[symbol("BTCUSDT")]).await.unwrap_err());
        refused(desk.collect("BTCUSDT").await.unwrap_err());
        // a folder that knows nothing of the symbol is no easier to deceive
        let other = Desk::new("2021-06-20T05:30:00Z").await;
        other.world.faults().inject(Rule::next(Service::Binance, clock_shows(ahead)).on("/time").forever());
        refused(other.collect("BTCUSDT").await.unwrap_err());
        assert!(other.kept("BTCUSDT", Timeframe::Day).await.is_empty());
        desk.world.faults().clear();
    }
    assert_eq!(desk.kept("BTCUSDT", Timeframe::Day).await, before);
    // once it is right again, nothing is left of it
    desk.clock("2021-06-20T06:30:00Z");
    assert_eq!(desk.tick("BTCUSDT").await.unwrap().new, 1);
}

/// One of the exchange's machines has another clock: the first look was right, a later one is not.
#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_within_a_collection_is_refused() {
    let desk = Desk::new("2021-06-20T05:30:00Z").await;
    let jump = clock_shows("2021-06-20T05:50:00Z");
    desk.world.faults().inject(Rule::next(Service::Binance, jump).on("/time").after(1).forever());
    let error = desk.collect("BTCUSDT").await.unwrap_err();
    assert!(
        error.to_string().contains("its clock went from 2021-06-20T05:30:00Z to 2021-06-20T05:50:00Z"),
        "{error}"
    );
    for timeframe in Timeframe::ALL {
        assert!(desk.kept("BTCUSDT", timeframe).await.is_empty(), "{timeframe}");
    }
}

fn rows(opens: impl Iterator<Item = i64>) -> Fault {
    let rows: Vec<String> = opens
        .map(|open| format!("[{open},\"1\",\"1\",\"1\",\"1\",\"1\",{open},\"1\",1,\"1\",\"1\",\"0\"]"))
        .collect();
    Fault::Answer {
        status: 200,
        headers: vec![("content-type".to_owned(), "application/json;charset=UTF-8".to_owned())],
        body: format!("[{}]", rows.join(",")).into_bytes(),
    }
}

/// Full pages of bars a millisecond long would be asked for until the end of time.
#[tokio::test(flavor = "multi_thread")]
async fn bars_that_open_where_none_can_are_refused() {
    let from = at("2021-05-01T00:00:00Z").as_millisecond();
    for opens in [0..1000, 1..2] {
        let desk = Desk::new("2021-06-20T05:30:00Z").await;
        let short = rows(opens.map(|ms| from + ms));
        desk.world.faults().inject(Rule::next(Service::Binance, short).on("/klines").after(1).forever());
        let error = desk.collect("BTCUSDT").await.unwrap_err();
        assert!(error.to_string().contains("where no bar can"), "{error}");
        for timeframe in Timeframe::ALL {
            assert!(desk.kept("BTCUSDT", timeframe).await.is_empty(), "{timeframe}");
            assert!(desk.asked(timeframe).len() <= 1, "{timeframe}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bars_that_were_not_asked_for_are_refused() {
    let hour = |hours: i64| at("2021-05-01T00:00:00Z").as_millisecond() + hours * 3_600_000;
    for (page, says) in [
        (rows((0..1001).map(hour)), "1001 candles where 1000"),
        (rows([hour(-24), hour(0)].into_iter()), "before those asked for"),
    ] {
        let desk = Desk::new("2021-06-20T05:30:00Z").await;
        desk.collect("BTCUSDT").await.unwrap();
        let before = desk.kept("BTCUSDT", Timeframe::Hour).await;
        desk.clock("2021-06-20T05:50:00Z");
        desk.world.faults().inject(Rule::next(Service::Binance, page).on("/klines").after(1));
        let error = desk.tick("BTCUSDT").await.unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
        assert_eq!(desk.kept("BTCUSDT", Timeframe::Hour).await, before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn time_is_the_exchanges() {
    // the machine's clock stands in 2017
    let desk = Desk::new("2021-06-20T05:30:00Z").await;
    desk.collect("BTCUSDT").await.unwrap();
    let series = Desk::series("BTCUSDT", Timeframe::Hour);
    let refreshed = desk.local.candles.refreshed_at(&series).await.unwrap();
    assert_eq!(refreshed, Some(at("2021-06-20T05:30:00Z")));
    let bars = desk.kept("BTCUSDT", Timeframe::Day).await;
    assert!(bars.iter().all(|bar| bar.observed_at == at("2021-06-20T05:30:00Z")));
    assert_eq!(bars.iter().filter(|bar| bar.is_closed()).count(), bars.len() - 1);
    // an exchange that sets its clock back an hour opens no closed bar again, and the collector goes on
    desk.clock("2021-06-20T04:30:00Z");
    desk.tick("BTCUSDT").await.unwrap();
    let hours = desk.kept_at("BTCUSDT", Timeframe::Hour, "2021-06-20T05:30:00Z").await;
    assert_eq!(hours.last().unwrap().candle.open_time, at("2021-06-20T04:00:00Z"));
    assert!(hours.iter().all(|bar| bar.revision == 1));
    desk.clock("2021-06-20T06:30:00Z");
    assert_eq!(desk.tick("BTCUSDT").await.unwrap().new, 1);
}
