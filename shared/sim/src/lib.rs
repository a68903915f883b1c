//! A world in a box: the exchanges, the chart vendor, the model, the messenger, a webhook's receiver, Slack and a mail
//! server on loopback, each speaking its vendor's wire protocol, so that the program runs the same adapters in a demo,
//! in tests and in the cloud.
//!
//! Candles are seeded or recorded; nothing is served that had not happened by the world's clock. An hour in
//! progress is not shown; longer bars in progress are made of the hours that have closed.

mod analyst;
mod binance;
mod bybit;
mod chart_img;
mod clock;
mod faults;
mod front;
mod futures;
mod mail;
mod market;
mod openai;
#[cfg(feature = "proxy")]
pub mod proxy;
mod recorder;
mod slack;
mod telegram;
#[cfg(test)]
mod testbed;
mod webhook;
mod world;

pub use binance::account::SimAccount;
pub use bybit::account::SimBybitAccount;
pub use clock::SimClock;
pub use faults::{Fault, Faults, Gate, Rule};
pub use mail::SentMail;
pub use market::RecordedError;
pub use recorder::{Recorded, Service};
pub use slack::SlackMessage;
pub use telegram::{SentFile, SentMessage};
pub use webhook::{ReceivedHook, WEBHOOK_SECRET};
pub use world::{MarketData, SimError, World, WorldConfig};
