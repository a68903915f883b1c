use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::recorded;

/// A candle in the shape of the exchange's documentation.
const ROW: &str = r#"["1777521600000","76000.10","76100","75900.00","76050.5","12.345678","938640.123"]"#;

fn answer(rows: &str) -> String {
    format!(
        r#"{{"retCode":0,"retMsg":"OK","result":{{"symbol":"BTCUSDT","category":"spot","list":[{rows}]}},"retExtInfo":{{}},"time":1777522000000}}"#
    )
}

fn hours(body: &str) -> Result<Vec<Candle>, MarketError> {
    candles(body.as_bytes(), Timeframe::Hour)
}

#[test]
fn a_row_keeps_its_digits_and_says_what_it_lacks() {
    let candle = hours(&answer(ROW)).unwrap().remove(0);
    assert_eq!(candle.open_time, "2026-04-30T04:00:00Z".parse().unwrap());
    assert_eq!(candle.close_time, "2026-04-30T04:59:59.999Z".parse().unwrap());
    let digits = [candle.open, candle.high, candle.low, candle.close, candle.volume, candle.quote_volume];
    let digits = digits.map(|d| d.to_string());
    assert_eq!(digits, ["76000.10", "76100", "75900.00", "76050.5", "12.345678", "938640.123"]);
    assert_eq!((candle.trades, candle.taker_base, candle.taker_quote), (None, None, None));
}

#[test]
fn the_newest_comes_first_and_is_put_last() {
    let older = ROW.replace("1777521600000", "1777518000000");
    let opens: Vec<_> = hours(&answer(&format!("{ROW},{older}"))).unwrap();
    assert!(opens[0].open_time < opens[1].open_time);
    let wrong = [format!("{older},{ROW}"), format!("{ROW},{ROW}")];
    for rows in wrong {
        let error = hours(&answer(&rows)).unwrap_err().to_string();
        assert!(error.contains("out of order"), "{error}");
    }
    assert_eq!(hours(&answer("")), Ok(vec![]));
}

#[test]
fn a_month_closes_by_the_calendar() {
    // 1 February 2026
    let body = answer(&ROW.replace("1777521600000", "1769904000000"));
    let month = candles(body.as_bytes(), Timeframe::Month).unwrap().remove(0);
    assert_eq!(month.close_time, "2026-02-28T23:59:59.999Z".parse().unwrap());
}

#[test]
fn candles_of_another_market_are_refused() {
    for other in [r#""category":"linear""#, r#""other":1"#] {
        let error = hours(&answer(ROW).replace(r#""category":"spot""#, other)).unwrap_err();
        assert!(error.to_string().contains("where spot was asked for"), "{error}");
    }
}

#[test]
fn what_cannot_be_a_candle_is_refused() {
    for (from, to) in [
        ("\"76100\"", "76100"),
        ("\"76100\"", "\"\""),
        ("\"76100\"", "\"-76100\""),
        ("\"76100\"", "\"1e999999999\""),
        ("\"76100\"", "null"),
        ("\"76100\"", "\"1.0000000000000000000000000000000000000001\""),
        ("\"1777521600000\"", "1777521600000"),
        ("\"1777521600000\"", "\"1777521600000.0\""),
        ("\"1777521600000\"", "\"1777521600000000\""),
        ("\"1777521600000\"", "\"-1\""),
        (",\"938640.123\"", ""),
        ("\"938640.123\"", "\"938640.123\",\"1\""),
    ] {
        let error = hours(&answer(&ROW.replacen(from, to, 1))).unwrap_err();
        assert!(matches!(error, MarketError::Unexpected { .. }), "{from} -> {to}: {error}");
    }
    let many: Vec<_> = (0..=PAGE).rev().map(|i| ROW.replace("17775", &format!("1{i:04}"))).collect();
    assert!(hours(&answer(&many.join(","))).unwrap_err().to_string().contains("more than 1000"));
}

#[test]
fn what_came_back_is_named_briefly() {
    let text = hours(&format!("{{\"a\":\"\u{1b}[2J{}\"}}", "x".repeat(100_000))).unwrap_err().to_string();
    assert!(text.len() < 400 && !text.contains('\u{1b}'), "{text}");
}

#[test]
fn the_clock_is_read_to_the_millisecond() {
    // the sample of the exchange's own documentation
    let body = r#"{"retCode":0,"retMsg":"OK","result":{"timeSecond":"1688639403","timeNano":"1688639403423213947"},
        "retExtInfo":{},"time":1688639403423}"#;
    assert_eq!(server_time(body.as_bytes()), Ok("2023-07-06T10:30:03.423Z".parse().unwrap()));
    for bad in ["\"-1\"", "\"x\"", "\"99999999999999999999\"", "1688639403423213947"] {
        let body = body.replace("\"1688639403423213947\"", bad);
        assert!(server_time(body.as_bytes()).is_err(), "{bad}");
    }
}

fn btc() -> Symbol {
    "BTCUSDT".parse().unwrap()
}

#[test]
fn a_recorded_instrument_is_read() {
    let test = "a_recorded_instrument_is_read";
    let Some(path) = recorded::shared("fixtures/bybit/getInstrumentSpot.json", test) else { return };
    let body = std::fs::read(path).unwrap();
    let found = instrument(&body, &btc()).unwrap();
    assert_eq!((found.tick.to_string(), found.step.to_string()), ("0.01".into(), "0.000001".into()));
    assert_eq!(found.min_notional, Some(Decimal::ONE));
    assert_eq!((found.base_asset.as_str(), found.quote_asset.as_str()), ("BTC", "USDT"));
    assert!(found.is_trading(), "{}", found.status);
    let eth: Symbol = "ETHUSDT".parse().unwrap();
    assert_eq!(instrument(&body, &eth), Err(MarketError::UnknownSymbol { symbol: eth }));
    let linear = recorded::shared("fixtures/bybit/getInstrumentLinear.json", test).unwrap();
    assert!(matches!(
        instrument(&std::fs::read(linear).unwrap(), &btc()),
        Err(MarketError::Unexpected { .. })
    ));
}

/// A hand-written answer in the documented shape.
const INFO: &str = r#"{"retCode":0,"retMsg":"OK","result":{"category":"spot","list":[{"symbol":"BTCUSDT","baseCoin":"BTC",
    "quoteCoin":"USDT","innovation":"0","status":"Trading","marginTrading":"both","lotSizeFilter":{
    "basePrecision":"0.000001","quotePrecision":"0.00000001","minOrderQty":"0.000048","maxOrderQty":"71.7",
    "minOrderAmt":"1","maxOrderAmt":"2000000"},"priceFilter":{"tickSize":"0.01"}}]},"retExtInfo":{},"time":1}"#;

#[test]
fn an_instrument_without_steps_or_with_a_long_name_is_refused() {
    assert!(instrument(INFO.as_bytes(), &btc()).is_ok());
    let long = format!("\"{}\"", "X".repeat(33));
    for (from, to) in [
        ("\"0.000001\"", "\"\""),
        ("\"0.000001\"", "\"0\""),
        ("\"tickSize\":\"0.01\"", "\"other\":1"),
        ("\"baseCoin\":\"BTC\"", &format!("\"baseCoin\":{long}")),
        ("\"category\":\"spot\"", "\"category\":\"linear\""),
    ] {
        assert!(INFO.contains(from), "{from}");
        let found = instrument(INFO.replace(from, to).as_bytes(), &btc());
        assert!(matches!(found, Err(MarketError::Unexpected { .. })), "{from} -> {to}: {found:?}");
    }
    let closed = instrument(INFO.replace("Trading\"", "Closed\"").as_bytes(), &btc()).unwrap();
    assert!(!closed.is_trading());
}

#[test]
fn any_bytes_are_answered() {
    bolero::check!().for_each(|bytes: &[u8]| {
        let _ = candles(bytes, Timeframe::Month);
        let _ = server_time(bytes);
        let _ = instrument(bytes, &btc());
        // and bytes that got as far as a field
        let field = String::from_utf8_lossy(bytes).replace(['"', '\\'], "");
        let _ = hours(&answer(&ROW.replacen("76100", &field, 1)));
        let _ = hours(&answer(&ROW.replacen("1777521600000", &field, 1)));
        let _ = instrument(INFO.replacen("0.000001", &field, 1).as_bytes(), &btc());
    });
}

proptest! {
    // what is written as the exchange writes it is read back digit by digit, turned round
    #[test]
    fn rows_are_read_back(rows in proptest::collection::vec((1_u32..1_000_000, any::<u64>(), 0_u32..13), 0..50)) {
        let mut expected = Vec::new();
        let mut open_ms = 1_500_000_000_000_i64;
        for (step, mantissa, scale) in rows {
            open_ms += i64::from(step);
            let number = Decimal::try_new(i64::try_from(mantissa / 2).unwrap(), scale).unwrap();
            expected.push((open_ms, number.to_string()));
        }
        let written = expected.iter().rev().map(|(open_ms, number)| {
            format!(r#"["{open_ms}","{number}","{number}","{number}","{number}","{number}","{number}"]"#)
        });
        let body = answer(&written.collect::<Vec<_>>().join(","));
        let read = hours(&body).unwrap();
        let read: Vec<_> = read
            .iter()
            .map(|candle| (candle.open_time.as_millisecond(), candle.quote_volume.to_string()))
            .collect();
        prop_assert_eq!(read, expected);
    }
}
