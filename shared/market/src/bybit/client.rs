use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::{Candle, Instrument, Symbol, Timeframe};
use jiff::Timestamp;
use tokio::time::{Instant, sleep_until, timeout};

use super::judge::{Judged, judge};
use super::pace::Pace;
use super::parse::{self, CATEGORY};
use super::span::Span;
use crate::exchange::MakeRequest;
use crate::exchange::answer::{Answer, transport};
use crate::exchange::attempts::Attempts;
use crate::exchange::error::MarketError;
use crate::exchange::page::Asked;
use crate::exchange::silence::LONGEST_BAN;

const TIME: &str = "/v5/market/time";
const KLINES: &str = "/v5/market/kline";
const INSTRUMENTS: &str = "/v5/market/instruments-info";
/// Bars of the largest page.
const PAGE: u16 = 1000;

/// How much a client may ask, and how long it waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Requests within any five seconds; the exchange grants an address 600, and bans it for ten minutes beyond.
    pub requests: u32,
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
    /// Five sixths of what the exchange grants, for others behind the same address and requests that arrive in a
    /// bunch, and waits that suit a scheduled collector.
    pub const PUBLISHED: Self = Self {
        requests: 500,
        deadline: Duration::from_secs(20),
        longest_wait: Duration::from_secs(65),
        attempts: 3,
        backoff: Duration::from_millis(500),
    };
}

/// Client of the exchange's public market data. Clones share one account of requests and bans.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base_url: String,
    limits: Limits,
    pace: Arc<Mutex<Pace>>,
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
        let pace = Arc::new(Mutex::new(Pace::new(limits.requests)));
        Self { http, base_url, limits, pace, is_discreet: false }
    }

    /// As [`Self::with_limits`], for requests that carry a key: errors and log lines quote no answer.
    pub(crate) fn discreet(http: reqwest::Client, base_url: String, limits: Limits) -> Self {
        Self { is_discreet: true, ..Self::with_limits(http, base_url, limits) }
    }

    /// The exchange's clock. A bar has closed if its close time is before it, whatever the local clock says.
    ///
    /// # Errors
    /// [`MarketError`].
    pub async fn server_time(&self) -> Result<Timestamp, MarketError> {
        parse::server_time(&self.get(TIME, &[], None).await?.body)
    }

    /// Candles that open from `start` to `end` (both included), oldest first, at most `limit` (of 1000): from
    /// `start` on, else the newest up to `end`, else the newest. None is an answer too. The newest may be
    /// forming: ask [`Self::server_time`] before, which then is the time they were observed at.
    ///
    /// The exchange gives the newest bars of what it is asked for, so bars from `start` on are asked for by stretches
    /// that one page can hold. Before the first bar of a symbol and within a long gap, its months say where to go on.
    ///
    /// # Errors
    /// [`MarketError`].
    pub async fn klines(
        &self,
        symbol: &Symbol,
        timeframe: Timeframe,
        start: Option<Timestamp>,
        end: Option<Timestamp>,
        limit: u16,
    ) -> Result<Vec<Candle>, MarketError> {
        let limit = limit.clamp(1, PAGE);
        let Some(start) = start else {
            return Ok(self.page(symbol, timeframe, None, end, limit).await?.0);
        };
        let (mut found, mut start) = (Vec::new(), start);
        loop {
            let span = Span::of(timeframe, start, end, PAGE);
            if span.from > span.to {
                return Ok(found);
            }
            let (page, at) = self.page(symbol, timeframe, Some(span.from), Some(span.to), PAGE).await?;
            let is_empty = page.is_empty();
            found.extend(page);
            if found.len() >= usize::from(limit) {
                found.truncate(limit.into());
                return Ok(found);
            }
            start = span.next(timeframe);
            if start > at || end.is_some_and(|end| start > end) {
                return Ok(found);
            }
            if is_empty {
                match self.month_with_bars(symbol, start, at).await? {
                    Some(month) => start = start.max(month),
                    None => return Ok(found),
                }
            }
        }
    }

    /// What the exchange says of a symbol: its state, currencies and steps.
    ///
    /// # Errors
    /// [`MarketError`]; a symbol that it does not list is [`MarketError::UnknownSymbol`].
    pub async fn instrument(&self, symbol: &Symbol) -> Result<Instrument, MarketError> {
        let query = [("category", CATEGORY.to_owned()), ("symbol", symbol.as_str().to_owned())];
        parse::instrument(&self.get(INSTRUMENTS, &query, Some(symbol)).await?.body, symbol)
    }

    /// What the exchange says of many symbols, by one question for all it lists. One that it does not list is left out.
    ///
    /// # Errors
    /// [`MarketError`].
    pub async fn instruments(
        &self,
        symbols: &[Symbol],
    ) -> Result<BTreeMap<Symbol, Result<Instrument, MarketError>>, MarketError> {
        let query = [("category", CATEGORY.to_owned())];
        parse::instruments(&self.get(INSTRUMENTS, &query, None).await?.body, symbols)
    }

    /// What is left of the silence that the exchange asked for, and its end by the exchange's clock.
    pub fn silence(&self) -> Option<(Duration, Option<Timestamp>)> {
        self.pace().silence.left(Instant::now())
    }

    /// Is silent for so long, as an earlier process was told to be; `until` is what to tell of its end.
    pub fn keep_silent(&self, wait: Duration, until: Option<Timestamp>) {
        self.pace().silence.enter(wait.min(LONGEST_BAN), until, Instant::now());
    }

    /// Open of the first month from the one of `from` on in which there are bars.
    async fn month_with_bars(
        &self,
        symbol: &Symbol,
        from: Timestamp,
        at: Timestamp,
    ) -> Result<Option<Timestamp>, MarketError> {
        let from = Timeframe::Month.open_of(from);
        let (months, _) = self.page(symbol, Timeframe::Month, Some(from), Some(at), PAGE).await?;
        Ok(months.first().map(|month| month.open_time))
    }

    /// One page, and the exchange's clock; without one in the answer, the end of time, for then the page is the last.
    async fn page(
        &self,
        symbol: &Symbol,
        timeframe: Timeframe,
        start: Option<Timestamp>,
        end: Option<Timestamp>,
        limit: u16,
    ) -> Result<(Vec<Candle>, Timestamp), MarketError> {
        let mut query = vec![
            ("category", CATEGORY.to_owned()),
            ("symbol", symbol.as_str().to_owned()),
            ("interval", interval(timeframe).to_owned()),
            ("limit", limit.to_string()),
        ];
        query.extend(start.map(|start| ("start", start.as_millisecond().max(0).to_string())));
        query.extend(end.map(|end| ("end", end.as_millisecond().max(0).to_string())));
        let Judged { body, at, .. } = self.get(KLINES, &query, Some(symbol)).await?;
        let candles = parse::candles(&body, timeframe)?;
        Asked { timeframe, start, end, limit: limit.into() }.check(&candles)?;
        let at = at.ok_or_else(|| MarketError::unexpected("an answer without its time"))?;
        Ok((candles, at))
    }

    async fn get(
        &self,
        endpoint: &str,
        query: &[(&str, String)],
        symbol: Option<&Symbol>,
    ) -> Result<Judged, MarketError> {
        self.ask(endpoint, &|http, url| http.get(url).query(query), symbol).await
    }

    /// The answer to a request that `request` makes anew for each attempt.
    pub(crate) async fn ask(
        &self,
        endpoint: &str,
        request: MakeRequest<'_>,
        symbol: Option<&Symbol>,
    ) -> Result<Judged, MarketError> {
        let mut attempts = Attempts::new(self.limits.attempts, self.limits.backoff);
        loop {
            self.turn().await?;
            let answer = self.attempt(endpoint, request).await;
            match answer.and_then(|answer| self.judged(answer, symbol)) {
                Ok(answer) => return Ok(answer),
                Err(error) => attempts.failed(endpoint, error).await?,
            }
        }
    }

    /// Waits until a request may be sent.
    async fn turn(&self) -> Result<(), MarketError> {
        loop {
            let now = Instant::now();
            let silence = self.pace().silence.until(now);
            if let Some((until, clock)) = silence {
                let wait = until.saturating_duration_since(now);
                if wait > self.limits.longest_wait {
                    return Err(MarketError::RateLimited { wait, until: clock });
                }
                sleep_until(until).await;
                continue;
            }
            let turn = self.pace().reserve(now);
            match turn {
                Ok(()) => return Ok(()),
                Err(at) => sleep_until(at).await,
            }
        }
    }

    async fn attempt(&self, endpoint: &str, request: MakeRequest<'_>) -> Result<Answer, MarketError> {
        let request = request(&self.http, format!("{}{endpoint}", self.base_url));
        let exchange = async {
            let response = request.send().await.map_err(transport)?;
            Answer::read(response).await
        };
        let late =
            |_| MarketError::unavailable(format!("no whole answer in {} s", self.limits.deadline.as_secs()));
        timeout(self.limits.deadline, exchange).await.map_err(late).flatten()
    }

    /// What an answer means. Orders to be silent are entered in the account.
    fn judged(&self, answer: Answer, symbol: Option<&Symbol>) -> Result<Judged, MarketError> {
        let judged = judge(answer, symbol, !self.is_discreet);
        match &judged {
            Ok(Judged { silence: Some(wait), at, .. }) => {
                self.keep_silent(*wait, at.and_then(|at| at.checked_add(*wait).ok()));
            }
            Err(MarketError::RateLimited { wait, until }) => self.keep_silent(*wait, *until),
            _ => {}
        }
        judged
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        // the account holds plain numbers: no panic leaves it half written
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The exchange's name of a timeframe.
fn interval(timeframe: Timeframe) -> &'static str {
    match timeframe {
        Timeframe::Month => "M",
        Timeframe::Week => "W",
        Timeframe::Day => "D",
        Timeframe::Hour4 => "240",
        Timeframe::Hour => "60",
    }
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;
