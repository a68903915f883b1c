use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::open::Open;

/// As much of a day's entries as an instance has seen.
#[derive(Debug, Clone)]
pub(super) struct Day {
    date: Date,
    next: u32,
    total: Decimal,
    open: Open,
}

impl Day {
    /// A day of which nothing has been seen.
    pub(super) fn new(date: Date) -> Self {
        Self { date, next: 0, total: Decimal::ZERO, open: Open::default() }
    }

    pub(super) fn date(&self) -> Date {
        self.date
    }

    /// Number of the entry after the last one seen.
    pub(super) fn next(&self) -> u32 {
        self.next
    }

    /// What of the total is reserved for calls that may be under way.
    pub(super) fn open(&self) -> &Open {
        &self.open
    }

    /// The day's total with `usd` more, USD; `None` if no decimal holds it.
    pub(super) fn with(&self, usd: Decimal) -> Option<Decimal> {
        self.total.checked_add(usd)
    }

    /// What of the total nothing gives back any more, with `usd` more, USD; `None` if no decimal holds it.
    pub(super) fn spent_with(&self, usd: Decimal, at: Timestamp) -> Option<Decimal> {
        self.with(usd)?.checked_sub(self.open.sum(at))
    }

    /// Entry `number` is the last one there is, and carries `total` and `open`.
    pub(super) fn saw(&mut self, number: u32, total: Decimal, open: Open) {
        self.next = number.saturating_add(1);
        self.total = total;
        self.open = open;
    }
}
