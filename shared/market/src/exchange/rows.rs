//! Candles as they are read row by row: whole rows of a page would be as large as its candles.

use std::fmt;
use std::marker::PhantomData;

use domain::Candle;
use serde::de::{DeserializeOwned, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::error::MarketError;

/// Candles of the largest page of either exchange.
pub(crate) const PAGE: usize = 1000;

/// A row of an answer that becomes a candle.
pub(crate) trait Row: DeserializeOwned {
    /// The candles with this row's behind them.
    ///
    /// # Errors
    /// [`MarketError::Unexpected`] if it is none, or stands out of order.
    fn pushed(&self, candles: Vec<Candle>) -> Result<Vec<Candle>, MarketError>;
}

/// The candles of a list, in its order.
pub(crate) struct Rows<R> {
    pub(crate) candles: Result<Vec<Candle>, MarketError>,
    row: PhantomData<R>,
}

impl<'de, R: Row> Deserialize<'de> for Rows<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(RowsVisitor(PhantomData))
    }
}

struct RowsVisitor<R>(PhantomData<R>);

impl<'de, R: Row> Visitor<'de> for RowsVisitor<R> {
    type Value = Rows<R>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Rows<R>, A::Error> {
        let mut page = Ok(Vec::with_capacity(PAGE));
        while let Some(row) = rows.next_element::<R>()? {
            // the first fault is told; what follows it need only be JSON
            page = page.and_then(|candles| row.pushed(candles));
        }
        Ok(Rows { candles: page, row: PhantomData })
    }
}
