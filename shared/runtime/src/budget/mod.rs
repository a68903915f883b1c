//! The day's budget: what paid calls may cost at worst is reserved before the first of them, and what they did cost
//! stands in its place once they are over.

mod day;
mod entry;
mod open;

use std::time::Duration;

use day::Day;
use entry::{By, Entry};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use storage::{ArtifactStore, StepDocument, StoreError};
use tokio::sync::{Mutex, Notify};
use tokio::time::Instant;
use tracing::info;

use crate::{LEASE, Services, paid};

/// How soon it is seen that another instance has settled.
const LOOK: Duration = Duration::from_secs(2);

/// The budget of each UTC day, shared by every instance on the same artifacts.
///
/// A day is a list of entries: a reservation adds the most that calls can cost, its settlement corrects that to what
/// they did cost, and each entry carries the day's total and what of it is open: reserved for calls that may be under
/// way. Entry n is an artifact under its own name, written once by whoever has seen entry n-1: no object is written
/// twice, and no total is worked out from an old one.
pub struct Budget {
    limit: Decimal,
    /// As much of the day as this instance has seen.
    seen: Mutex<Day>,
    /// Told of each settlement of this instance.
    settled: Notify,
}

/// An amount that calls may cost at worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "settle it when the calls are over, or what they did not cost is lost for the day"]
pub struct Reserved {
    date: Date,
    usd: Decimal,
    until: Timestamp,
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
    /// What the day has left is reserved for calls under way, most of which cost less: give the step back.
    #[error("what is left of the budget of {limit} USD for {day} is reserved for other steps")]
    Taken {
        /// USD a day.
        limit: Decimal,
        /// The day.
        day: Date,
    },
    /// Storage could not be read or written: deliver the message again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Budget {
    /// A budget of `limit` USD a UTC day.
    pub fn new(limit: Decimal) -> Self {
        Self { limit, seen: Mutex::new(Day::new(Date::MIN)), settled: Notify::new() }
    }

    /// Reserves `usd` for the calls of a step. What is reserved and never settled, for its process was killed or its
    /// writing had an unknown outcome, counts as spent. Where only open reservations stand in the way it waits for
    /// their settlement, while the step's lease has time for a call afterwards.
    ///
    /// # Errors
    /// [`BudgetError`].
    pub async fn reserve(
        &self,
        services: &Services,
        step: &StepDocument,
        usd: Decimal,
    ) -> Result<Reserved, BudgetError> {
        let until = Instant::now() + paid::time_to_wait(services, step);
        let mut waits = false;
        loop {
            let mut settled = std::pin::pin!(self.settled.notified());
            settled.as_mut().enable();
            let now = services.clock.now();
            let lease = step.lease_until.unwrap_or(now + LEASE);
            let tried = self.reserve_by(&*services.artifacts, &By::of(step, now), usd, lease).await;
            let left = until.saturating_duration_since(Instant::now());
            match tried {
                Err(BudgetError::Taken { .. }) if !left.is_zero() => {}
                tried => return tried,
            }
            if !waits {
                info!(run_id = %step.run_id, step_id = %step.step_id, %usd, "waiting for open reservations of the day");
                waits = true;
            }
            tokio::select! {
                () = settled => {}
                () = tokio::time::sleep(LOOK.min(left)) => {}
            }
        }
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
        let by = By::of(step, services.clock.now());
        self.settle_by(&*services.artifacts, &by, reserved, spent).await?;
        self.settled.notify_waiters();
        Ok(())
    }

    async fn reserve_by(
        &self,
        artifacts: &dyn ArtifactStore,
        by: &By<'_>,
        usd: Decimal,
        until: Timestamp,
    ) -> Result<Reserved, BudgetError> {
        let day = TimeZone::UTC.to_datetime(by.at).date();
        let reserved = Reserved { date: day, usd, until };
        if usd.is_zero() {
            return Ok(reserved);
        }
        let limit = self.limit;
        let fits = |sum: Option<Decimal>| sum.filter(|sum| *sum <= limit);
        let mut seen = self.seen.lock().await;
        if seen.date() != day {
            *seen = Day::new(day);
        }
        loop {
            if let Some(total) = fits(seen.with(usd)) {
                let open = seen.open().at(by.at).with(until, usd);
                if entry::append(artifacts, by, &mut seen, Entry::reserved(usd, total, open)).await? {
                    return Ok(reserved);
                }
            } else if !entry::catch_up(artifacts, &mut seen).await? {
                return Err(match fits(seen.spent_with(usd, by.at)) {
                    Some(_) => BudgetError::Taken { limit, day },
                    None => BudgetError::Spent { limit, day, usd },
                });
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
        if usd.is_zero() && reserved.usd.is_zero() {
            return Ok(());
        }
        let mut seen = self.seen.lock().await;
        let mut earlier = Day::new(reserved.date);
        let day = if seen.date() == reserved.date { &mut *seen } else { &mut earlier };
        loop {
            let total = day.with(usd).unwrap_or(Decimal::MAX).max(Decimal::ZERO);
            let open = day.open().at(by.at).without(reserved.until, reserved.usd);
            if entry::append(artifacts, by, day, Entry::settled(usd, total, open)).await? {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests;
