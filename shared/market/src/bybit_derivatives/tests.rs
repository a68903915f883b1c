use domain::Market;
use rust_decimal::Decimal;

use super::{Client, parse};
use crate::MarketError;
use crate::derivatives::{Derivatives, Period};
use crate::scripted::{Exchange, answer, http};

/// The documentation's own samples, newest first.
const FUNDING: &str = r#"{"retCode":0,"retMsg":"OK","result":{"category":"linear","list":[{"symbol":"ETHPERP","fundingRate":"0.0001","fundingRateTimestamp":"1672041600000"},{"symbol":"ETHPERP","fundingRate":"-0.00025","fundingRateTimestamp":"1672012800000"}]},"retExtInfo":{},"time":1672051897447}"#;
const OPEN_INTEREST: &str = r#"{"retCode":0,"retMsg":"OK","result":{"symbol":"BTCUSD","category":"inverse","list":[{"openInterest":"461134384.00000000","timestamp":"1669571400000"},{"openInterest":"461134292.00000000","timestamp":"1669571100000"}],"nextPageCursor":""},"retExtInfo":{},"time":1672053548579}"#;
const RATIO: &str = r#"{"retCode":0,"retMsg":"OK","result":{"list":[{"symbol":"BTCUSDT","buyRatio":"0.5777","sellRatio":"0.4223","timestamp":"1672028400000"}]},"retExtInfo":{},"time":1672053547922}"#;
const BOOK: &str = r#"{"retCode":0,"retMsg":"OK","result":{"s":"BTCUSDT","a":[["65557.7","16.606555"]],"b":[["65485.47","47.081829"]],"ts":1716863719031,"u":230704,"seq":1432604333,"cts":1716863718905},"retExtInfo":{},"time":1716863719382}"#;

fn decimal(text: &str) -> Decimal {
    Decimal::from_str_exact(text).unwrap()
}

fn exchange(answers: Vec<Vec<u8>>) -> (Exchange, Derivatives) {
    let exchange = Exchange::answering(answers);
    let client = Client::new(http(), exchange.base_url.clone());
    (exchange, Derivatives::Bybit(client))
}

#[tokio::test]
async fn each_is_asked_for_and_read_as_documented() {
    let answers = [FUNDING, OPEN_INTEREST, RATIO, BOOK, BOOK].map(|body| answer("200 OK", "", body));
    let (exchange, client) = exchange(answers.to_vec());
    let (symbol, end) = ("BTCUSDT".parse().unwrap(), "2022-12-26T08:00:00Z".parse().unwrap());
    let rates: Vec<_> = client.funding(&symbol, end, 9).await.unwrap().iter().map(|row| row.rate).collect();
    assert_eq!(rates, [decimal("-0.00025"), decimal("0.0001")], "oldest first");
    let interest = client.open_interest(&symbol, Period::Hour4, end, 1).await.unwrap();
    assert_eq!(
        interest.iter().map(|row| (row.amount, row.value)).collect::<Vec<_>>(),
        [(decimal("461134384"), None)]
    );
    let ratio = client.long_short(&symbol, Period::Day, end, 2).await.unwrap();
    assert_eq!((ratio[0].long, ratio[0].short), (decimal("0.5777"), decimal("0.4223")));
    for market in [Market::Perp, Market::Spot] {
        let book = client.book(&symbol, market).await.unwrap();
        assert_eq!(book.bids, [(decimal("65485.47"), decimal("47.081829"))]);
    }
    let end = 1_672_041_600_000_i64;
    let span = |hours: i64| format!("startTime={}&endTime={end}", end - hours * 3_600_000);
    let expected = [
        format!("funding/history?category=linear&symbol=BTCUSDT&endTime={end}&limit=9"),
        format!("open-interest?category=linear&symbol=BTCUSDT&intervalTime=4h&{}&limit=1", span(8)),
        format!("account-ratio?category=linear&symbol=BTCUSDT&period=1d&{}&limit=2", span(72)),
        "orderbook?category=linear&symbol=BTCUSDT&limit=100".to_owned(),
        "orderbook?category=spot&symbol=BTCUSDT&limit=100".to_owned(),
    ];
    assert_eq!(exchange.seen(), expected.map(|path| format!("GET /v5/market/{path} HTTP/1.1")));
}

#[tokio::test]
async fn a_symbol_without_a_contract_is_told_apart() {
    let refused =
        r#"{"retCode":10001,"retMsg":"params error: symbol invalid NOPEUSDT","result":{},"time":1}"#;
    let (_exchange, client) = exchange(vec![answer("200 OK", "", refused)]);
    let symbol: domain::Symbol = "NOPEUSDT".parse().unwrap();
    let found = client.funding(&symbol, "2026-04-30T04:00:00Z".parse().unwrap(), 1).await;
    assert_eq!(found, Err(MarketError::UnknownSymbol { symbol }));
}

#[test]
fn any_answer_is_read_or_refused() {
    for good in [FUNDING, OPEN_INTEREST, RATIO, BOOK] {
        bolero::check!().for_each(|bytes: &[u8]| {
            let [high, low, length, with @ ..] = bytes else { return };
            let at = usize::from(u16::from_be_bytes([*high, *low])) % good.len();
            let end = good.len().min(at + usize::from(*length));
            let spliced = [&good.as_bytes()[..at], with, &good.as_bytes()[end..]].concat();
            for body in [with, &spliced] {
                let _ = parse::funding(body);
                let _ = parse::open_interest(body);
                let _ = parse::long_short(body);
                let _ = parse::book(body);
            }
        });
    }
}
