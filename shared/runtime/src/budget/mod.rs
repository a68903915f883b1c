//! The day's budget: what paid calls may cost at worst is reserved before the first of them, and what they did cost
//! stands in its place once they are over.

mod day;
mod entry;

use day::Day;
use entry::{By, Kind};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use storage::{ArtifactStore, StepDocument, StoreError};
use tokio::sync::Mutex;

use crate::Services;

/// The budget of each UTC day, shared by every instance on the same artifacts.
///
/// A day is a list of entries: a reservation adds the most that calls can cost, its settlement corrects that to what
/// they did cost, and each entry carries the day's total. Entry n is an artifact under its own name, written once by
/// whoever has seen entry n-1: no object is written twice, and no total is worked out from an old one.
pub struct Budget {
    limit: Decimal,
    /// As much of the day as this instance has seen.
    seen: Mutex<Day>,
}

/// An amount that calls may cost at worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "settle it when the calls are over, or what they did not cost is lost for the day"]
pub struct Reserved {
    date: Date,
    usd: Decimal,
}

impl Reserved {
    /// The amount, USD.
    pub fn usd(&self) -> Decimal {
        self.usd
    }
}

/// Why nothing was reserved.
#[derive(Debug, thiserror::Error)]
pub enum BudgetError {
    /// Nothing was sent: the step fails.
    #[error(
        "the budget of {limit} USD for {day} does not cover {usd:.2} USD more, the most this step can cost; resume \
         the run on the next day (UTC), or raise TOPDOWN_MAX_USD_PER_DAY"
    )]
    Spent {
        /// USD a day.
        limit: Decimal,
        /// The day.
        day: Date,
        /// USD that were asked for.
        usd: Decimal,
    },
    /// Storage could not be read or written: deliver the message again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Budget {
    /// A budget of `limit` USD a UTC day.
    pub fn new(limit: Decimal) -> Self {
        Self { limit, seen: Mutex::new(Day::new(Date::MIN)) }
    }

    /// Reserves `usd` for the calls of a step. What is reserved and never settled, for its process was killed or its
    /// writing had an unknown outcome, counts as spent.
    ///
    /// # Errors
    /// [`BudgetError`].
    pub async fn reserve(
        &self,
        services: &Services,
        step: &StepDocument,
        usd: Decimal,
    ) -> Result<Reserved, BudgetError> {
        self.reserve_by(&*services.artifacts, &By::of(step, services.clock.now()), usd).await
    }

    /// The calls of a step are over and came to `spent` USD. What they did not cost can be reserved again, by anyone;
    /// what they cost beyond the reservation is charged to its day, even over the limit.
    ///
    /// # Errors
    /// [`StoreError`]: the whole reservation counts as spent, and what went beyond it does not.
    pub async fn settle(
        &self,
        services: &Services,
        step: &StepDocument,
        reserved: Reserved,
        spent: Decimal,
    ) -> Result<(), StoreError> {
        self.settle_by(&*services.artifacts, &By::of(step, services.clock.now()), reserved, spent).await
    }

    async fn reserve_by(
        &self,
        artifacts: &dyn ArtifactStore,
        by: &By<'_>,
        usd: Decimal,
    ) -> Result<Reserved, BudgetError> {
        let date = TimeZone::UTC.to_datetime(by.at).date();
        if usd.is_zero() {
            return Ok(Reserved { date, usd });
        }
        let mut seen = self.seen.lock().await;
        if seen.date() != date {
            *seen = Day::new(date);
        }
        loop {
            if let Some(total) = seen.with(usd).filter(|total| *total <= self.limit) {
                if entry::append(artifacts, by, &mut seen, (Kind::Reserved, usd, total)).await? {
                    return Ok(Reserved { date, usd });
                }
            } else if !entry::catch_up(artifacts, &mut seen).await? {
                return Err(BudgetError::Spent { limit: self.limit, day: date, usd });
            }
        }
    }

    async fn settle_by(
        &self,
        artifacts: &dyn ArtifactStore,
        by: &By<'_>,
        reserved: Reserved,
        spent: Decimal,
    ) -> Result<(), StoreError> {
        let usd = spent.max(Decimal::ZERO).saturating_sub(reserved.usd);
        if usd.is_zero() {
            return Ok(());
        }
        let mut seen = self.seen.lock().await;
        let mut earlier = Day::new(reserved.date);
        let day = if seen.date() == reserved.date { &mut *seen } else { &mut earlier };
        loop {
            let total = day.with(usd).unwrap_or(Decimal::MAX).max(Decimal::ZERO);
            if entry::append(artifacts, by, day, (Kind::Settled, usd, total)).await? {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests;
