//! The chassis of a function: services, clock, logs, the HTTP client, steps, the call that is paid for, and the
//! day's budget of such calls; with the feature `gcp` also the process that a function is on Google Cloud.
//!
//! A function claims the steps of a message, does its work, commits each step under its fence and tells the
//! coordinator. What went wrong in the work ends the step as failed; what went wrong in storage is delivered
//! again.

mod budget;
mod catalog;
mod clock;
pub mod fault;
mod function;
pub mod headers;
pub mod http;
pub mod logs;
mod paid;
pub mod process;
#[cfg(feature = "gcp")]
pub mod program;
#[cfg(feature = "gcp")]
pub mod serve;
mod services;
#[cfg(feature = "gcp")]
pub mod settings;
mod steps;
mod stop;
mod watchlist;

pub use budget::{Budget, BudgetError, Reserved};
pub use catalog::Catalog;
pub use clock::{Clock, SystemClock};
pub use function::{Function, Redeliver};
pub use paid::{Attempt, INTENTS, Paid, PaidCall, PaidError, Unpaid, paid_call};
pub use services::{Services, artifact_key};
pub use steps::{Batch, Done, LEASE, SIGNED_FOR, begin};
pub use stop::Stop;
pub use watchlist::{Bars, Watchlist, WatchlistError};
