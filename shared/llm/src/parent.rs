use domain::report::{CheckStatus, Report, ReportDocument, Trust};
use domain::{ReportId, Timeframe};
use serde::Serialize;

/// The report above, as the step below is given it: the answer with the marks of its checks, without the rest
/// of the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ParentReport {
    schema: &'static str,
    /// Its id.
    pub report_id: ReportId,
    /// The timeframe it reads.
    pub timeframe: Timeframe,
    /// Whether its numbers can be relied on.
    pub trust: Trust,
    /// The answer.
    pub report: Report,
    /// Paths in `report` whose numbers were not verified: they may not be cited.
    pub unverified: Vec<String>,
}

impl ParentReport {
    /// A parent from its parts.
    pub fn new(
        report_id: ReportId,
        timeframe: Timeframe,
        trust: Trust,
        report: Report,
        unverified: Vec<String>,
    ) -> Self {
        Self { schema: "topdown.parent/1", report_id, timeframe, trust, report, unverified }
    }
}

impl From<&ReportDocument> for ParentReport {
    fn from(document: &ReportDocument) -> Self {
        let wrong = document.checks.items.iter().filter(|item| item.status == CheckStatus::Unverified);
        let mut unverified: Vec<String> = wrong.map(|item| item.path.clone()).collect();
        unverified.dedup();
        Self::new(
            document.report_id.clone(),
            document.timeframe,
            document.trust,
            document.report.clone(),
            unverified,
        )
    }
}
