//! Recorded candles of the exchange, for tests.

use std::io::Read;
use std::path::PathBuf;

use domain::{Candle, CandleRevision, Instrument, Timeframe};
use flate2::read::GzDecoder;
use jiff::Timestamp;
use rust_decimal::Decimal;

/// A folder or file of recorded data; `None`, and one line, where it is not at hand.
#[expect(clippy::print_stderr, reason = "a test that is left out says so")]
pub(crate) fn shared(path: &str, test: &str) -> Option<PathBuf> {
    let found = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(path);
    if found.exists() {
        return Some(found);
    }
    eprintln!("left out: {test} needs ../shared/{path}");
    None
}

/// All closed candles of a recorded series.
pub(crate) fn series(symbol: &str, timeframe: Timeframe, test: &str) -> Option<Vec<Candle>> {
    let path = shared(&format!("data/binance_spot/{symbol}-{timeframe}.csv.gz"), test)?;
    let mut text = String::new();
    GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    Some(text.lines().skip(1).map(candle).collect())
}

fn candle(line: &str) -> Candle {
    let fields: Vec<&str> = line.split(',').collect();
    let time = |i: usize| Timestamp::from_millisecond(fields[i].parse().unwrap()).unwrap();
    let number = |i: usize| Decimal::from_str_exact(fields[i]).unwrap();
    Candle {
        open_time: time(0),
        open: number(1),
        high: number(2),
        low: number(3),
        close: number(4),
        volume: number(5),
        close_time: time(6),
        quote_volume: number(7),
        trades: Some(fields[8].parse().unwrap()),
        taker_base: Some(number(9)),
        taker_quote: Some(number(10)),
    }
}

/// Candles as they are stored once closed.
pub(crate) fn stored(candles: Vec<Candle>) -> Vec<CandleRevision> {
    let observed_at = |candle: &Candle| Timeframe::Hour.next_open(candle.close_time);
    candles
        .into_iter()
        .map(|candle| CandleRevision { observed_at: observed_at(&candle), candle, revision: 1 })
        .collect()
}

/// A symbol with a tick of a cent.
pub(crate) fn instrument(symbol: &str) -> Instrument {
    Instrument {
        symbol: symbol.parse().unwrap(),
        status: "TRADING".to_owned(),
        base_asset: symbol.trim_end_matches("USDT").to_owned(),
        quote_asset: "USDT".to_owned(),
        tick: Decimal::from_str_exact("0.01000000").unwrap(),
        step: Decimal::from_str_exact("0.00001000").unwrap(),
        min_notional: Some(Decimal::from(5)),
    }
}
