use domain::{Market, Symbol};
use jiff::Timestamp;

use super::parse;
use crate::bybit;
use crate::derivatives::{BYBIT, Book, Funding, LongShort, OpenInterest, Period};
use crate::exchange::MarketError;

const FUNDING: &str = "/v5/market/funding/history";
const OPEN_INTEREST: &str = "/v5/market/open-interest";
const RATIO: &str = "/v5/market/account-ratio";
const BOOK: &str = "/v5/market/orderbook";
/// Prices a side of a book.
const PRICES: &str = "100";

/// Client of the exchange's public data. Clones share one account of requests and bans.
#[derive(Debug, Clone)]
pub struct Client(bybit::Client);

impl Client {
    /// A client of the exchange at `base_url` (scheme and host).
    pub fn new(http: reqwest::Client, base_url: String) -> Self {
        Self(bybit::Client::with_limits(http, base_url, BYBIT))
    }

    pub(crate) async fn funding(
        &self,
        symbol: &Symbol,
        end: Timestamp,
        limit: u16,
    ) -> Result<Vec<Funding>, MarketError> {
        let query = [("endTime", millis(end)), ("limit", limit.to_string())];
        parse::funding(&self.linear(FUNDING, symbol, &query).await?)
    }

    pub(crate) async fn open_interest(
        &self,
        symbol: &Symbol,
        period: Period,
        (start, end): (Timestamp, Timestamp),
        limit: u16,
    ) -> Result<Vec<OpenInterest>, MarketError> {
        let query = [
            ("intervalTime", period.as_str().to_owned()),
            ("startTime", millis(start)),
            ("endTime", millis(end)),
            ("limit", limit.to_string()),
        ];
        parse::open_interest(&self.linear(OPEN_INTEREST, symbol, &query).await?)
    }

    pub(crate) async fn long_short(
        &self,
        symbol: &Symbol,
        period: Period,
        (start, end): (Timestamp, Timestamp),
        limit: u16,
    ) -> Result<Vec<LongShort>, MarketError> {
        let query = [
            ("period", period.as_str().to_owned()),
            ("startTime", millis(start)),
            ("endTime", millis(end)),
            ("limit", limit.to_string()),
        ];
        parse::long_short(&self.linear(RATIO, symbol, &query).await?)
    }

    pub(crate) async fn book(&self, symbol: &Symbol, market: Market) -> Result<Book, MarketError> {
        let category = match market {
            Market::Spot => "spot",
            Market::Perp => "linear",
        };
        parse::book(&self.get(BOOK, category, symbol, &[("limit", PRICES.to_owned())]).await?)
    }

    async fn linear(
        &self,
        endpoint: &str,
        symbol: &Symbol,
        query: &[(&str, String)],
    ) -> Result<Vec<u8>, MarketError> {
        self.get(endpoint, "linear", symbol, query).await
    }

    async fn get(
        &self,
        endpoint: &str,
        category: &str,
        symbol: &Symbol,
        query: &[(&str, String)],
    ) -> Result<Vec<u8>, MarketError> {
        let which = [("category", category), ("symbol", symbol.as_str())];
        let request = |http: &reqwest::Client, url: String| http.get(url).query(&which).query(query);
        Ok(self.0.ask(endpoint, &request, Some(symbol)).await?.body)
    }
}

fn millis(at: Timestamp) -> String {
    at.as_millisecond().max(0).to_string()
}
