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
