use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::{Candle, Instrument, Symbol, Timeframe};
use jiff::Timestamp;
use tokio::time::{Instant, sleep_until, timeout};

use super::parse;
use super::weight::{Account, Report, Turn};
use super::wire::Failure;
use crate::exchange::MakeRequest;
use crate::exchange::answer::{Answer, transport};
use crate::exchange::attempts::Attempts;
use crate::exchange::error::{MarketError, stripped};
use crate::exchange::page::Asked;
use crate::exchange::silence::LONGEST_BAN;

const TIME: (&str, u32) = ("/api/v3/time", 1);
const KLINES: (&str, u32) = ("/api/v3/klines", 2);
const EXCHANGE_INFO: (&str, u32) = ("/api/v3/exchangeInfo", 20);
/// Silence after a ban whose length was not told: the shortest the exchange gives.
const SHORTEST_BAN: Duration = Duration::from_secs(120);

/// How much a client may ask, and how long it waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Request weight a minute; the exchange grants an address 6000.
    pub weight_per_minute: u32,
    /// Total time of one attempt, from the request to the last byte.
    pub deadline: Duration,
    /// Longest silence sat out within a call; a longer one is an error at once.
    pub longest_wait: Duration,
    /// Attempts in all while the exchange is unavailable or asks for silence.
    pub attempts: u32,
    /// Pause before the second attempt, doubled before each further one.
    pub backoff: Duration,
}

impl Limits {
    /// The exchange's published limits, and waits that suit a scheduled collector.
    pub const PUBLISHED: Self = Self {
        weight_per_minute: 6000,
        deadline: Duration::from_secs(20),
        longest_wait: Duration::from_secs(65),
        attempts: 3,
        backoff: Duration::from_millis(500),
    };
}

/// Client of the exchange's public market data. Clones share one account of weight and bans.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base_url: String,
    limits: Limits,
    account: Arc<Mutex<Account>>,
    /// Whether nothing that the exchange says is quoted: it may repeat a key, or what an account holds.
    is_discreet: bool,
}

impl Client {
    /// A client of the exchange at `base_url` (scheme and host), with [`Limits::PUBLISHED`].
    pub fn new(http: reqwest::Client, base_url: String) -> Self {
        Self::with_limits(http, base_url, Limits::PUBLISHED)
    }

    /// As [`Self::new`], with limits of one's own.
    pub fn with_limits(http: reqwest::Client, base_url: String, limits: Limits) -> Self {
        let base_url = base_url.trim_end_matches('/').to_owned();
        let account = Arc::new(Mutex::new(Account::new(limits.weight_per_minute)));
        Self { http, base_url, limits, account, is_discreet: false }
    }

    /// As [`Self::with_limits`], for requests that carry a key: errors and log lines quote no answer.
    pub(crate) fn discreet(http: reqwest::Client, base_url: String, limits: Limits) -> Self {
        Self { is_discreet: true, ..Self::with_limits(http, base_url, limits) }
    }

    /// The exchange's clock. A bar has closed if its close time is before it, whatever the local clock says.
    pub async fn server_time(&self) -> Result<Timestamp, MarketError> {
        let body = self.get(TIME, &[], None).await?;
        parse::server_time(&body)
    }

    /// Candles that open from `start` to `end` (both included), oldest first, at most `limit` (of 1000): from
    /// `start` on, else the newest up to `end`, else the newest. None is an answer too. The newest may be
    /// forming: ask [`Self::server_time`] before, which then is the time they were observed at.
    pub async fn klines(
        &self,
        symbol: &Symbol,
        timeframe: Timeframe,
        start: Option<Timestamp>,
        end: Option<Timestamp>,
        limit: u16,
    ) -> Result<Vec<Candle>, MarketError> {
        let mut query = vec![
            ("symbol", symbol.as_str().to_owned()),
            ("interval", timeframe.as_str().to_owned()),
            ("limit", limit.clamp(1, 1000).to_string()),
        ];
        query.extend(start.map(|start| ("startTime", start.as_millisecond().max(0).to_string())));
        query.extend(end.map(|end| ("endTime", end.as_millisecond().max(0).to_string())));
        let body = self.get(KLINES, &query, Some(symbol)).await?;
        let candles = parse::candles(&body)?;
        let asked = Asked { timeframe, start, end, limit: usize::from(limit.clamp(1, 1000)) };
        asked.check(&candles)?;
        Ok(candles)
    }

    /// What the exchange says of a symbol: its state, currencies and steps.
    pub async fn instrument(&self, symbol: &Symbol) -> Result<Instrument, MarketError> {
        let query = [("symbol", symbol.as_str().to_owned())];
        let body = self.get(EXCHANGE_INFO, &query, Some(symbol)).await?;
        parse::instrument(&body, symbol)
    }

    /// What the exchange says of many symbols, at the weight of one; at most 100 a call, so that the address stays
    /// short. A symbol it does not list makes it refuse the whole call; one that it leaves out is left out here.
    pub async fn instruments(
        &self,
        symbols: &[Symbol],
    ) -> Result<BTreeMap<Symbol, Result<Instrument, MarketError>>, MarketError> {
        let names: Vec<&str> = symbols.iter().map(Symbol::as_str).collect();
        let list =
            serde_json::to_string(&names).map_err(|error| MarketError::unexpected(error.to_string()))?;
        // of many, which one is not listed is not told
        let body = self.get(EXCHANGE_INFO, &[("symbols", list)], symbols.first()).await?;
        parse::instruments(&body, symbols)
    }

    /// What is left of the silence that the exchange asked for, and its end by the exchange's clock.
    pub fn silence(&self) -> Option<(Duration, Option<Timestamp>)> {
        self.account().silence_left(Instant::now())
    }

    /// Is silent for so long, as an earlier process was told to be; `until` is what to tell of its end.
    pub fn keep_silent(&self, wait: Duration, until: Option<Timestamp>) {
        self.account().silence(wait.min(LONGEST_BAN), until, Instant::now());
    }

    async fn get(
        &self,
        endpoint: (&str, u32),
        query: &[(&str, String)],
        symbol: Option<&Symbol>,
    ) -> Result<Vec<u8>, MarketError> {
        self.ask(endpoint, &|http, url| http.get(url).query(query), symbol).await
    }

    /// The answer to a request that `request` makes anew for each attempt.
    pub(crate) async fn ask(
        &self,
        endpoint: (&str, u32),
        request: MakeRequest<'_>,
        symbol: Option<&Symbol>,
    ) -> Result<Vec<u8>, MarketError> {
        let mut attempts = Attempts::new(self.limits.attempts, self.limits.backoff);
        loop {
            self.turn(endpoint.1).await?;
            match self.attempt(endpoint, request).await.and_then(|answer| self.judge(answer, symbol)) {
                Ok(body) => return Ok(body),
                Err(error) => attempts.failed(endpoint.0, error).await?,
            }
        }
    }

    /// Waits until the weight may be used.
    async fn turn(&self, weight: u32) -> Result<(), MarketError> {
        loop {
            let now = Instant::now();
            let turn = self.account().reserve(weight, now);
            match turn {
                Turn::Go => return Ok(()),
                Turn::MinuteTurns(at) => {
                    tracing::debug!(weight, "waiting for the minute to turn");
                    sleep_until(at).await;
                }
                Turn::Silence(until, clock) => {
                    let wait = until.saturating_duration_since(now);
                    if wait > self.limits.longest_wait {
                        return Err(MarketError::RateLimited { wait, until: clock });
                    }
                    sleep_until(until).await;
                }
            }
        }
    }

    async fn attempt(&self, endpoint: (&str, u32), request: MakeRequest<'_>) -> Result<Answer, MarketError> {
        let reserved = Reserved { client: self, weight: endpoint.1, report: Report::default() };
        let request = request(&self.http, format!("{}{}", self.base_url, endpoint.0));
        let exchange = async {
            let response = request.send().await.map_err(transport)?;
            Answer::read(response).await
        };
        let late =
            |_| MarketError::unavailable(format!("no whole answer in {} s", self.limits.deadline.as_secs()));
        let answer = timeout(self.limits.deadline, exchange).await.map_err(late).flatten();
        reserved.settle(answer.as_ref().map(Report::of).unwrap_or_default());
        answer
    }

    /// What an answer means. Orders to be silent are entered in the account.
    fn judge(&self, answer: Answer, symbol: Option<&Symbol>) -> Result<Vec<u8>, MarketError> {
        let status = answer.status;
        if (200..300).contains(&status) && !answer.is_page() {
            return Ok(answer.body);
        }
        let failure: Option<Failure> = serde_json::from_slice(&answer.body).ok();
        let code = failure.as_ref().map(|failure| failure.code);
        let text = failure.map_or_else(|| String::from_utf8_lossy(&answer.body).into_owned(), |f| f.msg);
        let said = if self.is_discreet { "not quoted".to_owned() } else { stripped(&text) };
        match (status, code) {
            (429 | 418, _) | (_, Some(-1003)) => Err(self.silenced(&answer)),
            (_, Some(code @ (-2014 | -2015 | -2008 | -1021 | -1022))) => Err(MarketError::Denied { code }),
            (451 | 403, _) => Err(MarketError::Restricted { status, said }),
            (_, Some(-1121 | -1100)) => match symbol {
                Some(symbol) => Err(MarketError::UnknownSymbol { symbol: symbol.clone() }),
                None => Err(MarketError::unexpected(said)),
            },
            (200..300, _) => Err(MarketError::unavailable(format!("a web page in place of data: {said}"))),
            // disconnected, timeout, overloaded, shutting down
            (500.., _) | (408, _) | (_, Some(-1001 | -1007 | -1008 | -1016)) => {
                Err(MarketError::unavailable(format!("HTTP {status}: {said}")))
            }
            _ => Err(MarketError::unexpected(format!("HTTP {status}, code {}: {said}", code.unwrap_or(0)))),
        }
    }

    fn silenced(&self, answer: &Answer) -> MarketError {
        let now = Instant::now();
        let mut account = self.account();
        let wait = match (answer.retry_after_s(), answer.status) {
            (Some(seconds), _) => Duration::from_secs(seconds).min(LONGEST_BAN),
            (None, 418) => SHORTEST_BAN,
            (None, _) => account.rest_of_minute(now),
        };
        let until = answer.date().and_then(|date| date.checked_add(wait).ok());
        account.silence(wait, until, now);
        MarketError::RateLimited { wait, until }
    }

    fn account(&self) -> MutexGuard<'_, Account> {
        // the account holds plain numbers: no panic leaves it half written
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Weight in use by a call; given back even if the call is dropped.
struct Reserved<'a> {
    client: &'a Client,
    weight: u32,
    report: Report,
}

impl Reserved<'_> {
    fn settle(mut self, report: Report) {
        self.report = report;
    }
}

impl Drop for Reserved<'_> {
    fn drop(&mut self) {
        self.client.account().settle(self.weight, self.report, Instant::now());
    }
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;
