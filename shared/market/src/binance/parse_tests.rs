use domain::Timeframe;
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::recorded;

const ROW: &str = r#"[1499040000000,"0.01634790","0.80000000","0.01575800","0.01577100","148976.11427815",
    1499644799999,"2434.19055334",308,"1756.87402397","28.46694368","0"]"#;

#[test]
fn the_documented_row_keeps_its_digits() {
    // the sample of the exchange's own documentation
    let candle = candles(format!("[{ROW}]").as_bytes()).unwrap().remove(0);
    assert_eq!(candle.open_time, "2017-07-03T00:00:00Z".parse().unwrap());
    assert_eq!(candle.open.to_string(), "0.01634790");
    assert_eq!(candle.volume.to_string(), "148976.11427815");
    assert_eq!((candle.trades, candle.taker_quote), (Some(308), Decimal::from_str_exact("28.46694368").ok()));
    assert_eq!(candle.close_time, Timeframe::Week.close_of(candle.open_time));
}

#[test]
fn recorded_answers_agree_with_the_series() {
    let test = "recorded answers";
    let Some(path) = recorded::shared("fixtures/binance/klines_ETHUSDT_1h_2026-03-01.json", test) else {
        return;
    };
    let Some(series) = recorded::series("ETHUSDT", Timeframe::Hour, test) else { return };
    let page = candles(&std::fs::read(path).unwrap()).unwrap();
    let from = series.iter().position(|candle| candle.open_time == page[0].open_time).unwrap();
    assert!(page.len() > 100);
    let known = series.len().min(from + page.len());
    assert_eq!(page[..known - from], series[from..known]);
}

#[test]
fn no_candles_are_an_answer() {
    assert_eq!(candles(b"[]"), Ok(vec![]));
}

#[test]
fn what_cannot_be_a_candle_is_refused() {
    for (from, to) in [
        ("\"0.01634790\"", "0.01634790"),
        ("\"0.01634790\"", "\"-0.01634790\""),
        ("\"0.01634790\"", "\"1e5\""),
        ("\"0.01634790\"", "\"NaN\""),
        ("\"0.01634790\"", "\"\""),
        ("\"0.01634790\"", "\"1.0000000000000000000000000000000000000001\""),
        ("1499040000000", "-1"),
        ("1499040000000", "1499040000000000"),
        ("1499644799999", "1499039999999"),
        ("308", "-308"),
        ("308", "1000000000001"),
        ("308", "18446744073709551615"),
        (",\"0\"]", "]"),
    ] {
        let body = format!("[{}]", ROW.replacen(from, to, 1));
        let error = candles(body.as_bytes()).unwrap_err();
        assert!(matches!(error, MarketError::Unexpected { .. }), "{from} -> {to}: {error}");
    }
    let twice = candles(format!("[{ROW},{ROW}]").as_bytes());
    assert!(twice.unwrap_err().to_string().contains("out of order"));
}

#[test]
fn what_came_back_is_named_briefly() {
    let body = format!("{{\"a\":\"\u{1b}[2J{}\"}}", "x".repeat(100_000));
    let text = candles(body.as_bytes()).unwrap_err().to_string();
    assert!(text.len() < 400 && !text.contains('\u{1b}'), "{text}");
}

/// A hand-written answer in the documented shape.
const INFO: &str = r#"{"timezone":"UTC","serverTime":1777521600000,"rateLimits":[],"exchangeFilters":[],"symbols":[
    {"symbol":"BTCUSDT","status":"TRADING","baseAsset":"BTC","baseAssetPrecision":8,"quoteAsset":"USDT","filters":[
        {"filterType":"PRICE_FILTER","minPrice":"0.01000000","maxPrice":"1000000.00000000","tickSize":"0.01000000"},
        {"filterType":"LOT_SIZE","minQty":"0.00001000","maxQty":"9000.00000000","stepSize":"0.00001000"},
        {"filterType":"ICEBERG_PARTS","limit":100},
        {"filterType":"NOTIONAL","minNotional":"5.00000000","applyMinToMarket":true}],
     "permissionSets":[["SPOT"]]}]}"#;

#[test]
fn an_instrument_is_read_from_its_filters() {
    let symbol: Symbol = "BTCUSDT".parse().unwrap();
    let found = instrument(INFO.as_bytes(), &symbol).unwrap();
    assert_eq!((found.tick.to_string(), found.step.to_string()), ("0.01000000".into(), "0.00001000".into()));
    assert_eq!(found.min_notional, Some(Decimal::from(5)));
    assert!(found.is_trading());
    let older = INFO.replace("\"NOTIONAL\"", "\"MIN_NOTIONAL\"");
    assert_eq!(instrument(older.as_bytes(), &symbol).unwrap(), found);
}

#[test]
fn an_instrument_without_steps_is_refused() {
    let symbol: Symbol = "BTCUSDT".parse().unwrap();
    for broken in [INFO.replace("PRICE_FILTER", "OTHER"), INFO.replace("0.00001000\"}", "0.00000000\"}")] {
        assert!(matches!(instrument(broken.as_bytes(), &symbol), Err(MarketError::Unexpected { .. })));
    }
    let other: Symbol = "ETHUSDT".parse().unwrap();
    assert_eq!(instrument(INFO.as_bytes(), &other), Err(MarketError::UnknownSymbol { symbol: other }));
}

#[test]
fn an_asset_has_a_name_of_a_symbols_length() {
    let symbol: Symbol = "BTCUSDT".parse().unwrap();
    let named = |field: &str, name: &str| {
        let old = match field {
            "baseAsset" => "BTC",
            "quoteAsset" => "USDT",
            _ => "TRADING",
        };
        let pair = |value: &str| format!("\"{field}\":\"{value}\"");
        instrument(INFO.replace(&pair(old), &pair(name)).as_bytes(), &symbol)
    };
    let (longest, longer) = ("币".repeat(32), "币".repeat(33));
    for field in ["quoteAsset", "baseAsset"] {
        assert!(named(field, &longest).is_ok(), "{field}");
        let error = named(field, &longer).unwrap_err();
        assert!(matches!(error, MarketError::Unexpected { .. }) && error.to_string().len() < 200, "{error}");
    }
    assert_eq!(named("status", &"X".repeat(1000)).unwrap().status, "X".repeat(32));
}

#[test]
fn any_bytes_are_answered() {
    bolero::check!().for_each(|bytes: &[u8]| {
        let symbol: Symbol = "BTCUSDT".parse().unwrap();
        let _ = candles(bytes);
        let _ = server_time(bytes);
        let _ = instrument(bytes, &symbol);
        // and bytes that got as far as a field
        let field = String::from_utf8_lossy(bytes).replace(['"', '\\'], "");
        let _ = candles(format!("[{}]", ROW.replacen("0.80000000", &field, 1)).as_bytes());
        let _ = candles(format!("[{}]", ROW.replacen("1499040000000", &field, 1)).as_bytes());
    });
}

proptest! {
    // what is written as the exchange writes it is read back digit by digit
    #[test]
    fn rows_are_read_back(
        rows in proptest::collection::vec((any::<u32>(), any::<u64>(), 0_u32..13, 0_u64..1_000_000), 0..50),
    ) {
        let mut expected = Vec::new();
        let mut written = Vec::new();
        let mut open_ms = 1_500_000_000_000_i64;
        for (step, mantissa, scale, trades) in rows {
            open_ms += i64::from(step) % 10_000_000 + 1;
            let number = Decimal::try_new(i64::try_from(mantissa / 2).unwrap(), scale).unwrap();
            let close_ms = open_ms + 59_999;
            written.push(format!(
                r#"[{open_ms},"{number}","{number}","{number}","{number}","{number}",{close_ms},"{number}",{trades},"{number}","{number}","0"]"#
            ));
            expected.push((open_ms, number.to_string(), trades));
        }
        let read = candles(format!("[{}]", written.join(",")).as_bytes()).unwrap();
        let read: Vec<_> = read
            .iter()
            .map(|candle| (
                    candle.open_time.as_millisecond(),
                    candle.taker_quote.unwrap().to_string(),
                    candle.trades.unwrap(),
                ))
            .collect();
        prop_assert_eq!(read, expected);
    }
}
