//! The day's budget: what paid calls may cost at worst is reserved before the first of them.

mod blocks;

use blocks::{BLOCKS, Blocks, Need};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use storage::{ArtifactKey, StepDocument, StoreError};
use tokio::sync::Mutex;
use tracing::info;

use crate::Services;

/// One instance's share of the budget of each UTC day.
pub struct Budget {
    limit: Decimal,
    blocks: Mutex<Blocks>,
}

/// An amount that calls may cost at worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "settle it when the calls are over, or what they did not cost is lost for the day"]
pub struct Reserved {
    day: Date,
    usd: Decimal,
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
    /// A budget of `limit` USD a UTC day, shared by every instance on the same artifacts.
    pub fn new(limit: Decimal) -> Self {
        Self { limit, blocks: Mutex::new(Blocks::new(limit)) }
    }

    /// Reserves `usd` for the calls of a step, taking blocks of the day as they are needed: each is an object written
    /// once, so a block whose writing had an unknown outcome is another's.
    ///
    /// # Errors
    /// [`BudgetError`].
    pub async fn reserve(
        &self,
        services: &Services,
        step: &StepDocument,
        usd: Decimal,
    ) -> Result<Reserved, BudgetError> {
        let day = TimeZone::UTC.to_datetime(services.clock.now()).date();
        let mut blocks = self.blocks.lock().await;
        loop {
            match blocks.reserve(day, usd) {
                Need::Reserved => return Ok(Reserved { day, usd }),
                Need::Spent => return Err(BudgetError::Spent { limit: self.limit, day, usd }),
                Need::Block { day, number } => {
                    let free = take(services, step, day, number, blocks.block()).await?;
                    blocks.asked(day, number, free);
                    if !free && number == 0 {
                        blocks.skip_to(day, first_free(services, day).await?);
                    }
                }
            }
        }
    }

    /// The calls are over and came to `spent` USD: the rest can be reserved again.
    pub async fn settle(&self, reserved: Reserved, spent: Decimal) {
        self.blocks.lock().await.give_back(reserved.day, reserved.usd - spent);
    }
}

/// A block from which on none is taken, as far as can be seen: they are taken in order, so few are looked at.
async fn first_free(services: &Services, day: Date) -> Result<u32, StoreError> {
    let (mut taken, mut free) = (0, BLOCKS);
    while taken + 1 < free {
        let middle = taken + (free - taken) / 2;
        match services.artifacts.find(&key(day, middle)?).await? {
            Some(_) => taken = middle,
            None => free = middle,
        }
    }
    Ok(taken + 1)
}

fn key(day: Date, number: u32) -> Result<ArtifactKey, StoreError> {
    ArtifactKey::new(&format!("budget/{day}/{number}.json"))
        .map_err(|error| StoreError::NotFound(error.to_string()))
}

/// Takes a block unless another instance has it.
async fn take(
    services: &Services,
    step: &StepDocument,
    day: Date,
    number: u32,
    usd: Decimal,
) -> Result<bool, StoreError> {
    let (run, step, fence) = (&step.run_id, &step.step_id, step.fence);
    let at = services.clock.now();
    let text = format!(
        "{{\"v\":1,\"usd\":\"{usd}\",\"run_id\":\"{run}\",\"step_id\":\"{step}\",\"fence\":{fence},\"taken_at\":\"{at}\"}}"
    );
    let put = services.artifacts.put(&key(day, number)?, "application/json", text.as_bytes()).await?;
    if put.created {
        info!(run_id = %run, step_id = %step, %day, number, %usd, "block of the day's budget taken");
    }
    Ok(put.created)
}
