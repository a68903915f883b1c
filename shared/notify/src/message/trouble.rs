use domain::{Symbol, Timeframe};
use jiff::Timestamp;

use super::Markup;
use crate::dates::Dates;
use crate::lang::{LanguageError, Words, fill};
use crate::text::{capped, plain};

/// A scheduled report that there is none of.
#[derive(Debug, Clone, Copy)]
pub struct Trouble<'a> {
    /// What was to be read.
    pub symbol: &'a Symbol,
    /// Its timeframe.
    pub timeframe: Timeframe,
    /// Why it was not, as the journal has it.
    pub reason: &'a str,
    /// When it is tried again, if it is.
    pub next_try: Option<Timestamp>,
    /// The command that shows or resumes it.
    pub command: &'a str,
    /// When the last report was made, if there is one.
    pub last_report: Option<Timestamp>,
    /// Language of the text.
    pub language: &'a str,
}

/// The message of a report that failed. `now` decides whether a time needs its day.
///
/// # Errors
///
/// [`LanguageError`] on a broken build.
pub fn trouble_message(
    trouble: &Trouble<'_>,
    now: Timestamp,
    markup: Markup,
) -> Result<String, LanguageError> {
    let words = Words::of(trouble.language)?;
    let dates = Dates(words);
    let line = |text: &str| capped(plain(text).trim(), 300);
    let (symbol, timeframe) = (markup.escape(trouble.symbol.as_str()), trouble.timeframe);
    let mut second = vec![match trouble.next_try {
        Some(at) => fill(&words.trouble.again, &[("time", &dates.until(at, now))]),
        None => words.trouble.left.clone(),
    }];
    second.extend(trouble.last_report.map(|at| fill(&words.trouble.kept, &[("day", &dates.day(at))])));
    let first = markup.bold(&format!("{symbol} {timeframe} {}", words.trouble.not_read));
    let command = markup.code(&line(trouble.command));
    Ok(format!("{first}: {}\n{}\n{command}", markup.escape(&line(trouble.reason)), second.join(" ")))
}
