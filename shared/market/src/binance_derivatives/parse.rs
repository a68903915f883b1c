//! Answers of the exchange. Pure.

use serde::de::DeserializeOwned;

use super::wire::{Depth, FundingRow, LongShortRow, OpenInterestRow};
use crate::derivatives::{Book, Funding, LongShort, OpenInterest};
use crate::exchange::MarketError;
use crate::exchange::read::{amount, instant, json, levels, share, signed};

pub(super) fn funding(body: &[u8]) -> Result<Vec<Funding>, MarketError> {
    rows(body, "funding rates", |row: &FundingRow| {
        Ok(Funding { at: instant(row.funding_time)?, rate: signed(&row.funding_rate, "a funding rate")? })
    })
}

pub(super) fn open_interest(body: &[u8]) -> Result<Vec<OpenInterest>, MarketError> {
    rows(body, "open interest", |row: &OpenInterestRow| {
        Ok(OpenInterest {
            at: instant(row.timestamp)?,
            amount: amount(&row.sum_open_interest, "an open interest")?,
            value: Some(amount(&row.sum_open_interest_value, "an open interest's value")?),
        })
    })
}

pub(super) fn long_short(body: &[u8]) -> Result<Vec<LongShort>, MarketError> {
    rows(body, "accounts long and short", |row: &LongShortRow| {
        Ok(LongShort {
            at: instant(row.timestamp)?,
            long: share(&row.long_account, "accounts that are long")?,
            short: share(&row.short_account, "accounts that are short")?,
        })
    })
}

pub(super) fn book(body: &[u8]) -> Result<Book, MarketError> {
    let depth: Depth = json(body, "order book")?;
    Ok(Book { bids: levels(&depth.bids)?, asks: levels(&depth.asks)? })
}

fn rows<W: DeserializeOwned, R>(
    body: &[u8],
    what: &str,
    read: impl Fn(&W) -> Result<R, MarketError>,
) -> Result<Vec<R>, MarketError> {
    json::<Vec<W>>(body, what)?.iter().map(read).collect()
}
