use jiff::civil::Date;
use rust_decimal::Decimal;

/// As much of a day's entries as an instance has seen.
#[derive(Debug, Clone)]
pub(super) struct Day {
    date: Date,
    next: u32,
    total: Decimal,
}

impl Day {
    /// A day of which nothing has been seen.
    pub(super) fn new(date: Date) -> Self {
        Self { date, next: 0, total: Decimal::ZERO }
    }

    pub(super) fn date(&self) -> Date {
        self.date
    }

    /// Number of the entry after the last one seen.
    pub(super) fn next(&self) -> u32 {
        self.next
    }

    /// The day's total with `usd` more, USD; `None` if no decimal holds it.
    pub(super) fn with(&self, usd: Decimal) -> Option<Decimal> {
        self.total.checked_add(usd)
    }

    /// Entry `number` is the last one there is, and carries `total`.
    pub(super) fn saw(&mut self, number: u32, total: Decimal) {
        self.next = number.saturating_add(1);
        self.total = total;
    }
}
