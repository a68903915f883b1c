use domain::Market;
use rust_decimal::Decimal;

use super::{Client, parse};
use crate::MarketError;
use crate::derivatives::{Derivatives, Period};
use crate::scripted::{Exchange, answer, http};

/// The documentation's own samples.
const FUNDING: &str = r#"[{"symbol":"BTCUSDT","fundingRate":"-0.03750000","fundingTime":1570608000000,"markPrice":"34287.54619963","rateType":"Regular"},{"symbol":"BTCUSDT","fundingRate":"0.00010000","fundingTime":1570636800000,"markPrice":"34287.54619963"}]"#;
const OPEN_INTEREST: &str = r#"[{"symbol":"BTCUSDT","sumOpenInterest":"20403.63700000","sumOpenInterestValue":"150570784.07809979","CMCCirculatingSupply":"165880.538","timestamp":1583127900000},{"symbol":"BTCUSDT","sumOpenInterest":"20401.36700000","sumOpenInterestValue":"149940752.14464448","timestamp":1583128200000}]"#;
const LONG_SHORT: &str = r#"[{"symbol":"BTCUSDT","longShortRatio":"0.1960","longAccount":"0.6622","shortAccount":"0.3378","timestamp":1583139600000}]"#;
const DEPTH: &str = r#"{"lastUpdateId":1027024,"E":1589436922972,"T":1589436922959,"bids":[["4.00000000","431.00000000"]],"asks":[["4.00000200","12.00000000"]]}"#;

fn decimal(text: &str) -> Decimal {
    Decimal::from_str_exact(text).unwrap()
}

fn exchange(answers: Vec<Vec<u8>>) -> (Exchange, Derivatives) {
    let exchange = Exchange::answering(answers);
    let client = Client::new(http(), exchange.base_url.clone(), exchange.base_url.clone());
    (exchange, Derivatives::Binance(client))
}

fn ok(body: &str) -> Vec<u8> {
    answer("200 OK", "", body)
}

#[tokio::test]
async fn each_is_asked_for_and_read_as_documented() {
    let (exchange, client) = exchange([FUNDING, OPEN_INTEREST, LONG_SHORT, DEPTH, DEPTH].map(ok).to_vec());
    let (symbol, end) = ("BTCUSDT".parse().unwrap(), "2020-03-02T05:50:00Z".parse().unwrap());
    let funding = client.funding(&symbol, end, 500).await.unwrap();
    let rates: Vec<_> = funding.iter().map(|row| row.rate).collect();
    assert_eq!(rates, [decimal("-0.0375"), decimal("0.0001")]);
    // the second row is of 05:50, the end itself; were it later it would not be seen
    let interest = client.open_interest(&symbol, Period::Hour, end, 2).await.unwrap();
    assert_eq!(interest.len(), 2);
    assert_eq!(interest[1].amount, decimal("20401.367"));
    assert_eq!(interest[1].value, Some(decimal("149940752.14464448")));
    // of 09:00, after the end
    assert_eq!(client.long_short(&symbol, Period::Day, end, 2).await, Ok(vec![]));
    for market in [Market::Perp, Market::Spot] {
        let book = client.book(&symbol, market).await.unwrap();
        assert_eq!(book.bids, [(decimal("4"), decimal("431"))]);
        assert_eq!(book.asks, [(decimal("4.000002"), decimal("12"))]);
    }
    let end = 1_583_128_200_000_i64;
    let span = |hours: i64| format!("startTime={}&endTime={end}&limit=2", end - hours * 3_600_000);
    let expected = [
        format!("/fapi/v1/fundingRate?symbol=BTCUSDT&endTime={end}&limit=200"),
        format!("/futures/data/openInterestHist?symbol=BTCUSDT&period=1h&{}", span(3)),
        format!("/futures/data/globalLongShortAccountRatio?symbol=BTCUSDT&period=1d&{}", span(72)),
        "/fapi/v1/depth?symbol=BTCUSDT&limit=100".to_owned(),
        "/api/v3/depth?symbol=BTCUSDT&limit=100".to_owned(),
    ];
    assert_eq!(exchange.seen(), expected.map(|path| format!("GET {path} HTTP/1.1")));
}

#[tokio::test]
async fn a_symbol_without_a_contract_is_told_apart() {
    let (_exchange, client) =
        exchange(vec![answer("400 Bad Request", "", r#"{"code":-1121,"msg":"Invalid symbol."}"#)]);
    let symbol: domain::Symbol = "NOPEUSDT".parse().unwrap();
    let found = client.funding(&symbol, "2026-04-30T04:00:00Z".parse().unwrap(), 1).await;
    assert_eq!(found, Err(MarketError::UnknownSymbol { symbol }));
}

#[test]
fn any_answer_is_read_or_refused() {
    for bad in [
        r#"[{"fundingRate":"1e5","fundingTime":0}]"#,
        r#"[{"fundingRate":"--1","fundingTime":0}]"#,
        r#"[{"fundingRate":"1","fundingTime":-1}]"#,
        "{}",
    ] {
        assert!(parse::funding(bad.as_bytes()).is_err(), "{bad}");
    }
    assert!(parse::long_short(LONG_SHORT.replace("0.6622", "1.6622").as_bytes()).is_err());
    for good in [FUNDING, OPEN_INTEREST, LONG_SHORT, DEPTH] {
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
