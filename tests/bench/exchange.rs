//! Reading the exchange without keeping anything: what a client of market data does.

use std::time::Duration;

use domain::{Symbol, Timeframe};
use jiff::Timestamp;
use market::Client;

use crate::rounds;

/// Reads all bars of all timeframes of the symbols, page by page.
pub(crate) fn repeat(url: &str, symbols: &[&str]) {
    let symbols: Vec<Symbol> = symbols.iter().map(|symbol| symbol.parse().unwrap()).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let http = runtime::http::loopback_client(Duration::from_secs(20)).unwrap();
    let client = Client::new(http, url.to_owned());
    rounds::repeat(|| {
        let mut bars = 0;
        for symbol in &symbols {
            for timeframe in Timeframe::ALL {
                bars += runtime.block_on(series(&client, symbol, timeframe));
            }
        }
        rounds::answer(&bars.to_string());
    });
}

async fn series(client: &Client, symbol: &Symbol, timeframe: Timeframe) -> usize {
    let (mut bars, mut start) = (0, Timestamp::UNIX_EPOCH);
    loop {
        let page = client.klines(symbol, timeframe, Some(start), None, 1000).await.unwrap();
        bars += page.len();
        match page.last() {
            Some(last) if page.len() == 1000 => start = last.close_time,
            _ => return bars,
        }
    }
}
