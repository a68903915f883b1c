//! The artifact `topdown.ohlcv/1` ([`domain::ohlcv`]) and the series beside it ([`domain::series`]), from stored
//! candles. Pure: the same input gives the same document.

mod barriers;
mod build;
pub(crate) mod format;
mod history;
mod levels;
mod quality;
mod regime;
mod settings;
mod stats;
mod swings;

pub use build::build;
pub(crate) use swings::{Side, Turn, zigzag};

use domain::ohlcv::Ohlcv;
use domain::series::SeriesDocument;
use domain::{CandleRevision, Instrument, Source, Symbol, Timeframe};
use jiff::Timestamp;

use crate::indicators::UnknownIndicator;

/// What an artifact is made of. Bars that had not closed by `as_of`, and snapshots taken later, are left out
/// whoever passes them.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// What the venue says of the symbol.
    pub instrument: &'a Instrument,
    /// The venue, `binance`.
    pub venue: &'a str,
    /// Where the candles came from.
    pub source: &'a Source,
    /// Length of the bars.
    pub timeframe: Timeframe,
    /// The instant the document is about.
    pub as_of: Timestamp,
    /// Newest revision of each closed bar of `timeframe`, oldest first: all there is, since swings and
    /// averages use it.
    pub bars: &'a [CandleRevision],
    /// 1h bars from the end of the newest of `bars` on or earlier, with the snapshot of the one in progress.
    pub hours: &'a [CandleRevision],
    /// Closed 1d bars, all there are, for the extremes.
    pub days: &'a [CandleRevision],
    /// Indicators the series is to hold beside the standard ones, by name.
    pub extra_indicators: &'a [String],
}

/// The two documents of a timeframe.
#[derive(Debug, Clone, PartialEq)]
pub struct Built {
    /// What a model is sent.
    pub ohlcv: Ohlcv,
    /// What charts are drawn from.
    pub series: SeriesDocument,
}

/// Why there is no artifact.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArtifactError {
    /// Neither a closed bar nor a 1h bar of the one in progress: collect first.
    #[error(
        "no {timeframe} candle of {symbol} had closed by {as_of} and none is forming; collect {symbol} first, \
         or ask for a later time than its listing"
    )]
    NoHistory {
        /// The symbol.
        symbol: Symbol,
        /// The timeframe.
        timeframe: Timeframe,
        /// The instant asked for.
        as_of: Timestamp,
    },
    /// No report is made of this timeframe: a mistake of the caller.
    #[error("no artifact is made of {0} candles; ask for 1M, 1w, 1d or 4h")]
    Timeframe(Timeframe),
    /// A chart template names an indicator that does not exist: correct it.
    #[error("cannot compute what a chart template asks for: {0}")]
    Indicator(#[from] UnknownIndicator),
}

#[cfg(test)]
mod tests;
