//! Notices: the report page and the channels that carry it.
//!
//! [`page::render`] makes one self-contained HTML file of a report and its candles; [`telegram`] carries a short
//! message and that file; [`console`] says the same in a terminal. All of them take texts of models and venues
//! as plain text: hidden characters are dropped, markup is escaped.

pub mod console;
mod dates;
mod figures;
mod lang;
mod names;
pub mod page;
mod prose;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod sample_plan;
pub mod telegram;
mod text;

pub use lang::LanguageError;
pub use text::{plain, visible};

/// Strength from which on a plan is strong: a person is told of it with a sound.
pub const ALERT_LINE: u8 = domain::recommendation::STRONG;
