//! What each tool answers.

use std::time::Duration;

use domain::tool::{ToolData, ToolStatus};
use domain::{Market, Timeframe};
use jiff::{SignedDuration, Timestamp};
use llm::tools::{Anchor, Arguments, Method, Period};
use market::studies::{self, Sheet, StudyError};
use market::{MarketError, derivatives};
use runtime::Stop;

use super::bars::{closed, just_before};
use super::{Subject, Toolbox};
use crate::PublicData;

/// How long an exchange may take for one tool, with its attempts and pauses.
const DEADLINE: Duration = Duration::from_secs(30);
/// How old the instant of a live run may be for a book of now to belong to it.
const LIVE: SignedDuration = SignedDuration::from_hours(2);

/// Why there is no answer, in this program's own words.
#[derive(Debug)]
pub(super) struct NoAnswer {
    pub(super) status: ToolStatus,
    pub(super) reason: String,
}

impl NoAnswer {
    pub(super) fn refused(reason: String) -> Self {
        Self { status: ToolStatus::Refused, reason }
    }

    fn unavailable(reason: impl Into<String>) -> Self {
        Self { status: ToolStatus::Unavailable, reason: reason.into() }
    }
}

impl From<StudyError> for NoAnswer {
    fn from(error: StudyError) -> Self {
        match error {
            StudyError::Asked(reason) => Self::refused(reason),
            StudyError::Lacking(reason) => Self::unavailable(reason),
        }
    }
}

/// What an exchange said is not repeated: it is text of others.
impl From<MarketError> for NoAnswer {
    fn from(error: MarketError) -> Self {
        tracing::warn!(%error, "a tool has no answer");
        Self::unavailable(match error {
            MarketError::UnknownSymbol { .. } => "the exchange does not list it",
            MarketError::Restricted { .. } | MarketError::Denied { .. } => {
                "the exchange does not answer this program"
            }
            MarketError::RateLimited { .. } => "the exchange asks for silence",
            MarketError::Unavailable { .. } => "the exchange does not answer",
            MarketError::Unexpected { .. } => "the exchange answered what cannot be used",
        })
    }
}

/// An answer before it is dated: whose it is, and of which bars.
struct Found {
    sheet: Sheet,
    market: Market,
    timeframe: Option<Timeframe>,
}

impl Toolbox<'_> {
    /// Asks the exchange of the run.
    ///
    /// # Errors
    /// Only what storage says; what the exchange lacks is an answer.
    pub(super) async fn ask(&mut self, arguments: &Arguments) -> Result<Result<ToolData, NoAnswer>, Stop> {
        if let Arguments::Correlation { symbol, .. } = arguments {
            let venue = self.subject.run.venue;
            let watched = self.markets.watched_at(venue).await?;
            if *symbol == self.subject.run.symbol || !watched.contains(symbol) {
                let others = watched.iter().filter(|other| **other != self.subject.run.symbol);
                let others: Vec<_> = others.map(domain::Symbol::as_str).take(50).collect();
                let known = if others.is_empty() { "none".to_owned() } else { others.join(", ") };
                let why =
                    format!("it is no other symbol of the watchlist at this exchange; there are {known}");
                return Ok(Err(NoAnswer::unavailable(why)));
            }
        }
        let asked = tokio::time::timeout(DEADLINE, self.found(arguments)).await;
        let found =
            asked.unwrap_or_else(|_| Err(NoAnswer::unavailable("the exchange did not answer in time")));
        let run = self.subject.run;
        Ok(found.map(|Found { sheet, market, timeframe }| ToolData {
            symbol: run.symbol.clone(),
            market,
            timeframe,
            as_of: run.as_of,
            source: run.source.clone(),
            notes: sheet.notes,
            units: sheet.units,
            table: sheet.table,
            stats: sheet.stats,
        }))
    }

    async fn found(&mut self, arguments: &Arguments) -> Result<Found, NoAnswer> {
        let Self { subject, markets, bars, .. } = self;
        let Subject { run, tick } = subject;
        let (symbol, as_of, tick) = (&run.symbol, run.as_of, *tick);
        let data = markets.of(run.venue);
        let of_bars = |sheet: Sheet, timeframe: Timeframe| {
            // candles are those of spot, whatever market the plan is for
            Found { sheet, market: Market::Spot, timeframe: Some(timeframe) }
        };
        match arguments {
            Arguments::Indicator { timeframe, name, parameters, rows } => {
                let bars = bars.closed(&data.exchange, symbol, *timeframe, as_of).await?;
                let settings: Vec<_> = parameters
                    .iter()
                    .map(|set| studies::Setting { name: set.name.clone(), value: set.value })
                    .collect();
                let sheet =
                    studies::indicator(name, &settings, (*timeframe, bars), tick, usize::from(*rows))?;
                Ok(of_bars(sheet, *timeframe))
            }
            Arguments::Candles { timeframe, before, rows } => {
                let rows = usize::from(*rows);
                let before = before.as_deref().and_then(|label| timeframe.parse_label(label));
                let sheet = match before {
                    Some(open) => {
                        let older =
                            closed(&data.exchange, symbol, *timeframe, just_before(open), as_of).await?;
                        studies::candles((*timeframe, &older), rows)?
                    }
                    None => {
                        let bars = bars.closed(&data.exchange, symbol, *timeframe, as_of).await?;
                        studies::candles((*timeframe, bars), rows)?
                    }
                };
                Ok(of_bars(sheet, *timeframe))
            }
            Arguments::Patterns { timeframe, rows } => {
                let bars = bars.closed(&data.exchange, symbol, *timeframe, as_of).await?;
                Ok(of_bars(studies::patterns((*timeframe, bars), usize::from(*rows))?, *timeframe))
            }
            Arguments::Pivots { timeframe, method } => {
                let method = match method {
                    Method::Classic => studies::Method::Classic,
                    Method::Fibonacci => studies::Method::Fibonacci,
                };
                let bars = bars.closed(&data.exchange, symbol, *timeframe, as_of).await?;
                Ok(of_bars(studies::pivots(method, (*timeframe, bars), tick)?, *timeframe))
            }
            Arguments::Fibonacci { timeframe, from, to } => {
                let bars = bars.closed(&data.exchange, symbol, *timeframe, as_of).await?;
                let ids = from.as_deref().zip(to.as_deref());
                Ok(of_bars(studies::retracements(ids, (*timeframe, bars), tick)?, *timeframe))
            }
            Arguments::SessionVwap { anchor, rows } => {
                let anchor = match anchor {
                    Anchor::Day => studies::Anchor::Day,
                    Anchor::Week => studies::Anchor::Week,
                    Anchor::Month => studies::Anchor::Month,
                };
                let hours = bars.closed(&data.exchange, symbol, Timeframe::Hour, as_of).await?;
                let sheet = studies::session_vwap(anchor, hours, as_of, tick, usize::from(*rows))?;
                Ok(of_bars(sheet, Timeframe::Hour))
            }
            Arguments::Correlation { symbol: other, timeframe, bars: count } => {
                let theirs = bars.closed(&data.exchange, other, *timeframe, as_of).await?.to_vec();
                let own = bars.closed(&data.exchange, symbol, *timeframe, as_of).await?;
                let sheet = studies::correlation(*timeframe, (own, &theirs), usize::from(*count))?;
                Ok(of_bars(sheet, *timeframe))
            }
            Arguments::FundingRate { rows } => {
                let fundings = data.derivatives.funding(symbol, as_of, *rows).await.map_err(no_contract)?;
                Ok(of_contract(studies::funding(&fundings)?))
            }
            Arguments::OpenInterest { period, rows } => {
                check_kept(data, as_of).await?;
                let period = period_of(*period);
                let rows = data.derivatives.open_interest(symbol, period, as_of, *rows).await;
                Ok(of_contract(studies::open_interest(&rows.map_err(no_contract)?)?))
            }
            Arguments::LongShortRatio { period, rows } => {
                check_kept(data, as_of).await?;
                let period = period_of(*period);
                let rows = data.derivatives.long_short(symbol, period, as_of, *rows).await;
                Ok(of_contract(studies::long_short(&rows.map_err(no_contract)?)?))
            }
            Arguments::OrderBook {} => {
                if !run.live || data.exchange.server_time().await?.duration_since(as_of) > LIVE {
                    return Err(NoAnswer::unavailable(
                        "an order book is known of the present alone, and this run is of the past",
                    ));
                }
                let book = data.derivatives.book(symbol, run.market).await?;
                Ok(Found { sheet: studies::book(&book, tick)?, market: run.market, timeframe: None })
            }
        }
    }
}

fn of_contract(sheet: Sheet) -> Found {
    Found { sheet, market: Market::Perp, timeframe: None }
}

fn no_contract(error: MarketError) -> NoAnswer {
    match error {
        MarketError::UnknownSymbol { .. } => {
            NoAnswer::unavailable("the exchange lists no perpetual contract of this symbol")
        }
        error => error.into(),
    }
}

/// Whether the exchange still has what it counted so long ago.
async fn check_kept(data: &PublicData, as_of: Timestamp) -> Result<(), NoAnswer> {
    match data.derivatives.kept() {
        Some(kept) if data.exchange.server_time().await?.duration_since(as_of) > kept => {
            let days = kept.as_hours() / 24;
            let why = format!("the exchange keeps {days} days of this, and the run is of a time before them");
            Err(NoAnswer::unavailable(why))
        }
        _ => Ok(()),
    }
}

fn period_of(period: Period) -> derivatives::Period {
    match period {
        Period::Hour => derivatives::Period::Hour,
        Period::Hour4 => derivatives::Period::Hour4,
        Period::Day => derivatives::Period::Day,
    }
}
