use domain::{Market, Symbol};
use jiff::Timestamp;

use super::parse;
use crate::Limits;
use crate::binance;
use crate::derivatives::{BINANCE, Book, Funding, LongShort, OpenInterest, Period};
use crate::exchange::MarketError;

/// The rates of funding share 500 requests in five minutes, of which one weighs as much as twelve of the minute's.
const FUNDING: (&str, u32) = ("/fapi/v1/fundingRate", 24);
/// The same of the data endpoints, 1000 requests in five minutes.
const OPEN_INTEREST: (&str, u32) = ("/futures/data/openInterestHist", 12);
const LONG_SHORT: (&str, u32) = ("/futures/data/globalLongShortAccountRatio", 12);
const PERP_BOOK: (&str, u32) = ("/fapi/v1/depth", 5);
const SPOT_BOOK: (&str, u32) = ("/api/v3/depth", 5);
/// Request weight a minute of the futures' host.
const PERP_WEIGHT: u32 = 2400;
/// Prices a side of a book.
const PRICES: &str = "100";

/// Client of both public hosts. Clones share one account of weight and bans with each.
#[derive(Debug, Clone)]
pub struct Client {
    spot: binance::Client,
    perp: binance::Client,
}

impl Client {
    /// A client of the exchange at these base URLs (scheme and host): spot, and USD-M futures.
    pub fn new(http: reqwest::Client, spot: String, perp: String) -> Self {
        let limits = Limits { weight_per_minute: PERP_WEIGHT, ..BINANCE };
        let perp = binance::Client::with_limits(http.clone(), perp, limits);
        Self { spot: binance::Client::with_limits(http, spot, BINANCE), perp }
    }

    pub(crate) async fn funding(
        &self,
        symbol: &Symbol,
        end: Timestamp,
        limit: u16,
    ) -> Result<Vec<Funding>, MarketError> {
        let query = [
            ("symbol", symbol.as_str().to_owned()),
            ("endTime", end.as_millisecond().max(0).to_string()),
            ("limit", limit.to_string()),
        ];
        parse::funding(&self.perp(FUNDING, &query, symbol).await?)
    }

    pub(crate) async fn open_interest(
        &self,
        symbol: &Symbol,
        period: Period,
        span: (Timestamp, Timestamp),
        limit: u16,
    ) -> Result<Vec<OpenInterest>, MarketError> {
        parse::open_interest(&self.perp(OPEN_INTEREST, &history(symbol, period, span, limit), symbol).await?)
    }

    pub(crate) async fn long_short(
        &self,
        symbol: &Symbol,
        period: Period,
        span: (Timestamp, Timestamp),
        limit: u16,
    ) -> Result<Vec<LongShort>, MarketError> {
        parse::long_short(&self.perp(LONG_SHORT, &history(symbol, period, span, limit), symbol).await?)
    }

    pub(crate) async fn book(&self, symbol: &Symbol, market: Market) -> Result<Book, MarketError> {
        let (client, endpoint) = match market {
            Market::Spot => (&self.spot, SPOT_BOOK),
            Market::Perp => (&self.perp, PERP_BOOK),
        };
        let query = [("symbol", symbol.as_str().to_owned()), ("limit", PRICES.to_owned())];
        parse::book(&client.ask(endpoint, &|http, url| http.get(url).query(&query), Some(symbol)).await?)
    }

    async fn perp(
        &self,
        endpoint: (&str, u32),
        query: &[(&str, String)],
        symbol: &Symbol,
    ) -> Result<Vec<u8>, MarketError> {
        self.perp.ask(endpoint, &|http, url| http.get(url).query(query), Some(symbol)).await
    }
}

fn history(
    symbol: &Symbol,
    period: Period,
    (start, end): (Timestamp, Timestamp),
    limit: u16,
) -> [(&'static str, String); 5] {
    [
        ("symbol", symbol.as_str().to_owned()),
        ("period", period.as_str().to_owned()),
        ("startTime", start.as_millisecond().max(0).to_string()),
        ("endTime", end.as_millisecond().max(0).to_string()),
        ("limit", limit.to_string()),
    ]
}
