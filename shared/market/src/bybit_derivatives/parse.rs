//! Answers of the exchange. Pure.

use jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::wire::{self, Envelope, FundingRow, List, OpenInterestRow, RatioRow};
use crate::derivatives::{Book, Funding, LongShort, OpenInterest};
use crate::exchange::MarketError;
use crate::exchange::read::{amount, instant, json, levels, share, signed};

pub(super) fn funding(body: &[u8]) -> Result<Vec<Funding>, MarketError> {
    rows(body, "funding rates", |row: &FundingRow| {
        let at = time(&row.funding_rate_timestamp)?;
        Ok(Funding { at, rate: signed(&row.funding_rate, "a funding rate")? })
    })
}

pub(super) fn open_interest(body: &[u8]) -> Result<Vec<OpenInterest>, MarketError> {
    rows(body, "open interest", |row: &OpenInterestRow| {
        let amount = amount(&row.open_interest, "an open interest")?;
        Ok(OpenInterest { at: time(&row.timestamp)?, amount, value: None })
    })
}

pub(super) fn long_short(body: &[u8]) -> Result<Vec<LongShort>, MarketError> {
    rows(body, "accounts long and short", |row: &RatioRow| {
        Ok(LongShort {
            at: time(&row.timestamp)?,
            long: share(&row.buy_ratio, "accounts that are long")?,
            short: share(&row.sell_ratio, "accounts that are short")?,
        })
    })
}

pub(super) fn book(body: &[u8]) -> Result<Book, MarketError> {
    let book: Envelope<wire::Book> = json(body, "order book")?;
    Ok(Book { bids: levels(&book.result.b)?, asks: levels(&book.result.a)? })
}

fn time(text: &str) -> Result<Timestamp, MarketError> {
    let ms = text.parse().map_err(|_| MarketError::unexpected("a row without its time"))?;
    instant(ms)
}

fn rows<W: DeserializeOwned, R>(
    body: &[u8],
    what: &str,
    read: impl Fn(&W) -> Result<R, MarketError>,
) -> Result<Vec<R>, MarketError> {
    json::<Envelope<List<W>>>(body, what)?.result.list.iter().map(read).collect()
}
