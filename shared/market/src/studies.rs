//! What a model may ask for beyond what it was given: figures and tables of closed bars, of perpetual contracts, of an
//! order book. Pure: bars and rows are passed in.
//!
//! - [`catalogue`], [`indicator`]: TA-Lib's indicators by name and parameters;
//! - [`candles`], [`patterns`]: older bars, and the candlestick patterns TA-Lib finds in them;
//! - [`pivots`], [`retracements`], [`session_vwap`]: levels;
//! - [`correlation`]: with another symbol;
//! - [`funding`], [`open_interest`], [`long_short`], [`book`]: of a perpetual contract and of a book.

mod bars;
mod catalogue;
mod contracts;
mod correlation;
mod depth;
mod indicator;
mod patterns;
mod pivots;
mod print;
mod retracements;
mod sheet;
#[cfg(test)]
mod tests;
mod units;
mod vwap;

pub use bars::candles;
pub use catalogue::{Entry, Parameter, Range, catalogue};
pub use contracts::{funding, long_short, open_interest};
pub use correlation::correlation;
pub use depth::book;
pub use indicator::{Setting, indicator};
pub use patterns::patterns;
pub use pivots::{Method, pivots};
pub use retracements::retracements;
pub use sheet::Sheet;
pub use vwap::{Anchor, session_vwap};

/// Why there is no answer, to be told to whoever asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StudyError {
    /// The question is wrong: ask another.
    #[error("{0}")]
    Asked(String),
    /// The data cannot answer it: it is unavailable.
    #[error("{0}")]
    Lacking(String),
}
