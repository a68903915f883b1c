//! The vocabulary of Topdown: symbols, timeframes, candles, documents and ids. No I/O, no clock.
//!
//! All times are UTC. Prices and volumes are exact decimals; floats stand only in computed indicators.

pub mod account;
mod candle;
pub mod hash;
pub mod host;
pub mod ids;
mod instrument;
pub mod number;
pub mod ohlcv;
pub mod recommendation;
pub mod report;
pub mod series;
mod source;
mod sources;
mod symbol;
pub mod text;
#[cfg(test)]
mod text_tests;
mod timeframe;
pub mod tool;
mod venue;
mod watched;
mod words;

pub use candle::{Candle, CandleRevision};
pub use hash::Sha256Hex;
pub use ids::{ContentId, IdError, RecommendationId, ReportId, RunId, StepId};
pub use instrument::Instrument;
pub use source::{Source, SourceError};
pub use sources::Sources;
pub use symbol::{Symbol, SymbolError};
pub use timeframe::{Timeframe, TimeframeError};
pub use venue::{Market, Venue};
pub use watched::Watched;
pub(crate) use words::words;
