use std::collections::BTreeMap;

use jiff::{RoundMode, Timestamp, TimestampRound, Unit};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Reservations whose calls may be under way, summed by the minute in which their leases end, USD. Whoever holds one
/// has settled it by then or was killed, so that from then on it counts as spent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Open(BTreeMap<Timestamp, Decimal>);

impl Open {
    /// What is open at `at`, USD.
    pub(super) fn sum(&self, at: Timestamp) -> Decimal {
        let open = self.0.iter().filter(|(until, _)| **until > at);
        open.fold(Decimal::ZERO, |sum, (_, usd)| sum.saturating_add(*usd))
    }

    /// The same without those whose leases have ended by `at`.
    pub(super) fn at(&self, at: Timestamp) -> Self {
        let open = self.0.iter().filter(|(until, _)| **until > at);
        Self(open.map(|(until, usd)| (*until, *usd)).collect())
    }

    /// With `usd` more, open until `until`.
    pub(super) fn with(mut self, until: Timestamp, usd: Decimal) -> Self {
        let sum = self.0.entry(minute(until)).or_default();
        *sum = sum.saturating_add(usd);
        self
    }

    /// Without `usd` of what was open until `until`.
    pub(super) fn without(mut self, until: Timestamp, usd: Decimal) -> Self {
        let minute = minute(until);
        let left = self.0.get(&minute).map(|sum| sum.saturating_sub(usd));
        match left.filter(|left| *left > Decimal::ZERO) {
            Some(left) => self.0.insert(minute, left),
            None => self.0.remove(&minute),
        };
        self
    }
}

/// The end of a lease's minute.
fn minute(until: Timestamp) -> Timestamp {
    let up = TimestampRound::new().smallest(Unit::Minute).mode(RoundMode::Ceil);
    until.round(up).unwrap_or(until)
}
