//! What can be said of candles without an exchange: their faults, their sums, the bar in progress.

mod aggregate;
mod check;
mod forming;

pub use aggregate::aggregate;
pub use check::{Checked, Finding, MissingRun, Problem, check, gaps};
pub use forming::{FormingBar, forming, newest, uncollected};

pub(crate) use check::missing_between;
pub(crate) use forming::{data_age_s, is_stale};

#[cfg(test)]
mod tests;
