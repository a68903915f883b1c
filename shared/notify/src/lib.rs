//! Notices: the report page and the channels that carry it.
//!
//! [`page::render`] makes one self-contained HTML file of a report and its candles. A [`Notice`] is what a person is told
//! of it; [`telegram`], [`webhook`], [`slack`] and [`mail`] each carry it in their own way, from the words of
//! [`message`]; [`console`] says the same in a terminal. All of them take texts of models and venues as plain text:
//! hidden characters are dropped, markup is escaped.

pub mod console;
mod dates;
mod delivery;
mod figures;
mod lang;
mod language;
pub mod mail;
pub mod message;
mod names;
mod notice;
pub mod page;
mod prose;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod sample_plan;
pub mod slack;
pub mod telegram;
#[cfg(test)]
mod testbed;
mod text;
pub mod webhook;

pub use delivery::DeliveryError;
pub use lang::{LanguageError, ServerWords, fill, server as words};
pub use language::Language;
pub use notice::{About, Link, Notice, Page};
pub use text::{plain, visible};

/// Strength from which on a plan is strong: a person is told of it with a sound.
pub const ALERT_LINE: u8 = domain::recommendation::STRONG;
