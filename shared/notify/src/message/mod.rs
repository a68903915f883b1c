//! What a person is told in a few lines: of a report, of a recommendation, of a report that there is none of. The
//! first line answers by itself. The words are the same on every channel, the markup is the channel's.

mod markup;
mod recommendation;
mod report;
mod trouble;

pub use markup::Markup;
pub use recommendation::recommendation_message;
pub use report::report_message;
pub use trouble::{Trouble, trouble_message};

#[cfg(test)]
mod tests;
