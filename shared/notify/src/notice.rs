use domain::RunId;
use domain::recommendation::RecommendationDocument;
use domain::report::{ReportDocument, Trust};
use jiff::Timestamp;

use crate::ALERT_LINE;
use crate::dates::Dates;
use crate::lang::{LanguageError, Words, fill};
use crate::message::{Markup, Trouble, recommendation_message, report_message, trouble_message};

/// What a person is told, on whatever channel.
#[derive(Debug, Clone, Copy)]
pub struct Notice<'a> {
    /// The same each time that this notice is sent, and no other's.
    pub key: &'a str,
    /// The run it is about.
    pub run_id: &'a RunId,
    /// Number of its flow.
    pub flow: u8,
    /// What happened.
    pub about: About<'a>,
    /// The page that says more.
    pub page: Option<Page<'a>>,
}

/// What happened.
#[derive(Debug, Clone, Copy)]
pub enum About<'a> {
    /// A run ended in this report.
    Report(&'a ReportDocument),
    /// A run ended in this recommendation.
    Recommendation(&'a RecommendationDocument),
    /// A scheduled report is missing, as of the instant.
    Trouble(&'a Trouble<'a>, Timestamp),
}

/// A page of a report or a recommendation.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// The name it is saved under.
    pub file_name: &'a str,
    /// The page, whole.
    pub html: &'a str,
    /// An address that opens it, where one could be signed.
    pub link: Option<Link<'a>>,
}

/// An address that opens a page, and when it stops opening it.
#[derive(Debug, Clone, Copy)]
pub struct Link<'a> {
    /// The address, `http` or `https`.
    pub url: &'a str,
    /// When its signature ends.
    pub opens_until: Timestamp,
}

impl Notice<'_> {
    /// The message, in the markup of a channel.
    ///
    /// # Errors
    ///
    /// [`LanguageError`] on a broken build.
    pub fn message(&self, markup: Markup) -> Result<String, LanguageError> {
        match self.about {
            About::Report(document) => report_message(document, markup),
            About::Recommendation(document) => recommendation_message(document, markup),
            About::Trouble(trouble, now) => trouble_message(trouble, now, markup),
        }
    }

    /// Whether it can wait until its reader looks: a report, a plan that is not strong.
    pub fn is_silent(&self) -> bool {
        match self.about {
            About::Report(_) => true,
            About::Recommendation(document) => {
                let is_strong = document.is_valid_plan() && document.strength.value >= ALERT_LINE;
                !is_strong || document.trust != Trust::Ok
            }
            About::Trouble(..) => false,
        }
    }

    /// Language of its words.
    pub(crate) fn language(&self) -> &str {
        match self.about {
            About::Report(document) => &document.language,
            About::Recommendation(document) => &document.language,
            About::Trouble(trouble, _) => trouble.language,
        }
    }

    /// What the page is called, and until when its link opens it; `None` without a link.
    pub(crate) fn opens(&self) -> Result<Option<(&'static str, String)>, LanguageError> {
        let Some(link) = self.page.and_then(|page| page.link) else { return Ok(None) };
        let words = Words::of(self.language())?;
        let (name, today) = match self.about {
            About::Report(document) => (&words.message.report, document.as_of),
            About::Recommendation(document) if document.is_valid_plan() => {
                (&words.signal.plan, document.as_of)
            }
            About::Recommendation(document) => (&words.advice.kind, document.as_of),
            About::Trouble(_, now) => (&words.message.report, now),
        };
        let until = Dates(words).until(link.opens_until, today);
        Ok(Some((name, fill(&words.message.opens, &[("time", &until)]))))
    }
}
