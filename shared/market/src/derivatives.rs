//! What exchanges tell of their perpetual contracts and order books, of either exchange by one port. Public, unsigned.

use std::time::Duration;

use domain::{Market, Symbol};
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use crate::exchange::MarketError;
use crate::{Limits, binance_derivatives, bybit, bybit_derivatives};

/// Limits of calls that a step of a run waits for.
pub(crate) const BINANCE: Limits =
    Limits { deadline: Duration::from_secs(10), longest_wait: Duration::from_secs(30), ..Limits::PUBLISHED };
/// The same for the second exchange.
pub(crate) const BYBIT: bybit::Limits = bybit::Limits {
    deadline: Duration::from_secs(10),
    longest_wait: Duration::from_secs(30),
    ..bybit::Limits::PUBLISHED
};

/// Rows of the largest answer.
pub const MOST_ROWS: u16 = 200;

/// A funding: what the holders of one side pay those of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Funding {
    /// When it was settled.
    pub at: Timestamp,
    /// Fraction of a position's value; paid by longs if above zero.
    pub rate: Decimal,
}

/// Open contracts at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenInterest {
    /// The instant.
    pub at: Timestamp,
    /// In the base currency.
    pub amount: Decimal,
    /// In the quote currency, where the exchange tells it.
    pub value: Option<Decimal>,
}

/// Accounts that are net long against those that are net short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LongShort {
    /// The instant.
    pub at: Timestamp,
    /// Fraction of accounts that are long.
    pub long: Decimal,
    /// Fraction of accounts that are short.
    pub short: Decimal,
}

/// Orders that rest in a book, the best price of each side first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Book {
    /// Price and amount in the base currency, falling prices.
    pub bids: Vec<(Decimal, Decimal)>,
    /// Price and amount in the base currency, rising prices.
    pub asks: Vec<(Decimal, Decimal)>,
}

/// From one row to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// An hour.
    Hour,
    /// Four hours.
    Hour4,
    /// A day.
    Day,
}

impl Period {
    /// The name by which both exchanges know it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "1h",
            Self::Hour4 => "4h",
            Self::Day => "1d",
        }
    }

    fn length(self) -> SignedDuration {
        SignedDuration::from_hours(match self {
            Self::Hour => 1,
            Self::Hour4 => 4,
            Self::Day => 24,
        })
    }
}

/// The exchange that is asked. Clones share one account of requests and bans.
#[derive(Debug, Clone)]
pub enum Derivatives {
    /// Binance: USD-M futures, and its books.
    Binance(binance_derivatives::Client),
    /// Bybit: linear contracts, and its books.
    Bybit(bybit_derivatives::Client),
}

impl Derivatives {
    /// How long an exchange keeps the history of open interest and of the long/short ratio, where it says so.
    pub fn kept(&self) -> Option<SignedDuration> {
        match self {
            Self::Binance(_) => Some(SignedDuration::from_hours(30 * 24)),
            Self::Bybit(_) => None,
        }
    }

    /// The newest fundings settled by `end`, oldest first, at most `limit` (of 200).
    ///
    /// # Errors
    /// [`MarketError`]; a symbol without a perpetual contract is [`MarketError::UnknownSymbol`].
    pub async fn funding(
        &self,
        symbol: &Symbol,
        end: Timestamp,
        limit: u16,
    ) -> Result<Vec<Funding>, MarketError> {
        let limit = limit.clamp(1, MOST_ROWS);
        let rows = match self {
            Self::Binance(client) => client.funding(symbol, end, limit).await?,
            Self::Bybit(client) => client.funding(symbol, end, limit).await?,
        };
        newest(rows, end, limit, |row| row.at)
    }

    /// Open interest of the contract every `period` up to `end`, oldest first, at most `limit` (of 200).
    ///
    /// # Errors
    /// As [`Self::funding`].
    pub async fn open_interest(
        &self,
        symbol: &Symbol,
        period: Period,
        end: Timestamp,
        limit: u16,
    ) -> Result<Vec<OpenInterest>, MarketError> {
        let limit = limit.clamp(1, MOST_ROWS);
        let start = start(period, end, limit);
        let rows = match self {
            Self::Binance(client) => client.open_interest(symbol, period, (start, end), limit).await?,
            Self::Bybit(client) => client.open_interest(symbol, period, (start, end), limit).await?,
        };
        newest(rows, end, limit, |row| row.at)
    }

    /// Accounts long and short of the contract every `period` up to `end`, oldest first, at most `limit` (of 200).
    ///
    /// # Errors
    /// As [`Self::funding`].
    pub async fn long_short(
        &self,
        symbol: &Symbol,
        period: Period,
        end: Timestamp,
        limit: u16,
    ) -> Result<Vec<LongShort>, MarketError> {
        let limit = limit.clamp(1, MOST_ROWS);
        let start = start(period, end, limit);
        let rows = match self {
            Self::Binance(client) => client.long_short(symbol, period, (start, end), limit).await?,
            Self::Bybit(client) => client.long_short(symbol, period, (start, end), limit).await?,
        };
        newest(rows, end, limit, |row| row.at)
    }

    /// The book of a market as it is now, at most 100 prices a side.
    ///
    /// # Errors
    /// As [`Self::funding`].
    pub async fn book(&self, symbol: &Symbol, market: Market) -> Result<Book, MarketError> {
        let book = match self {
            Self::Binance(client) => client.book(symbol, market).await?,
            Self::Bybit(client) => client.book(symbol, market).await?,
        };
        check_book(&book)?;
        Ok(book)
    }
}

/// A stretch that holds `limit` rows and one more.
fn start(period: Period, end: Timestamp, limit: u16) -> Timestamp {
    let stretch = period.length().checked_mul(i32::from(limit) + 1).unwrap_or_default();
    end.checked_sub(stretch).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The rows in order of time, none after `end`, whatever the exchange sent.
fn newest<R>(
    mut rows: Vec<R>,
    end: Timestamp,
    limit: u16,
    at: impl Fn(&R) -> Timestamp,
) -> Result<Vec<R>, MarketError> {
    rows.retain(|row| at(row) <= end);
    rows.sort_by_key(|row| at(row));
    if rows.windows(2).any(|pair| matches!(pair, [a, b] if at(a) == at(b))) {
        return Err(MarketError::unexpected("two rows of one time"));
    }
    let older = rows.len().saturating_sub(limit.into());
    rows.drain(..older);
    Ok(rows)
}

fn check_book(book: &Book) -> Result<(), MarketError> {
    let falls = book.bids.is_sorted_by(|(a, _), (b, _)| a > b);
    let rises = book.asks.is_sorted_by(|(a, _), (b, _)| a < b);
    let apart = match (book.bids.first(), book.asks.first()) {
        (Some((bid, _)), Some((ask, _))) => bid < ask,
        _ => true,
    };
    if falls && rises && apart { Ok(()) } else { Err(MarketError::unexpected("a book out of order")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour)
    }

    #[test]
    fn nothing_after_the_end_and_the_newest_of_the_rest() {
        let rows = vec![3, 5, 1, 4, 2].into_iter().map(at).collect();
        assert_eq!(newest(rows, at(4), 2, |row| *row), Ok(vec![at(3), at(4)]));
        assert!(newest(vec![at(1), at(1)], at(4), 9, |row| *row).is_err());
    }

    #[test]
    fn a_book_that_crosses_or_is_out_of_order_is_none() {
        let one = Decimal::ONE;
        let side =
            |prices: &[i64]| prices.iter().map(|price| (Decimal::from(*price), one)).collect::<Vec<_>>();
        let book = |bids: &[i64], asks: &[i64]| Book { bids: side(bids), asks: side(asks) };
        assert!(check_book(&book(&[9, 8], &[10, 11])).is_ok());
        assert!(check_book(&book(&[], &[10])).is_ok());
        for bad in [book(&[8, 9], &[10]), book(&[9], &[11, 10]), book(&[10], &[10]), book(&[9, 9], &[])] {
            assert!(check_book(&bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_stretch_ends_before_time_begins() {
        assert_eq!(start(Period::Day, at(48), 1), at(0));
        assert_eq!(start(Period::Day, Timestamp::MIN, 200), Timestamp::UNIX_EPOCH);
    }
}
