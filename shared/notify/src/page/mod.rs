//! The report page: one HTML file that needs nothing else, without script, for people it is sent to.
//!
//! Its policy stands in a `meta` first in the head and allows one style element, named by its hash, and pictures
//! within the page. All texts are escaped by the template; the style and the charts' SVG, both made by this
//! program, are the only parts that are not.

mod behind;
mod candles;
mod chain;
mod dated;
mod evidence;
mod head;
mod input;
mod ladder;
mod made;
mod policy;
mod reading;
pub(crate) mod recommendation;
pub(crate) mod scope;
mod stale;

use askama::Template;

pub use input::{ChartSvgs, InputRow, PageInput, Parent, Picture, Reading, RunFacts};
pub use policy::policy_header;
pub use recommendation::{
    MissingReport, PlanChart, RecommendationInput, ReportPage, recommendation_part, render_recommendation,
};

use crate::lang::{LanguageError, Words};
use crate::text::visible;
use scope::Scope;

/// The style of a page: colours of both themes, type, tables, notices.
pub const STYLE: &str = include_str!("../../templates/report.css");
/// Start of the ids of the report's own evidence rows, and of its parent's.
const OWN_ROWS: &str = "n";
const PARENT_ROWS: &str = "p";

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// The words of a language are unreadable: the build is broken.
    #[error(transparent)]
    Language(#[from] LanguageError),
    /// A chart holds what the page's policy forbids; the chart's maker must leave it out.
    #[error(
        "the {chart} chart of the page holds {what}, which its policy forbids; draw it with classes only"
    )]
    Chart {
        /// Which chart.
        chart: &'static str,
        /// What it holds.
        what: &'static str,
    },
    /// The template failed: the build is broken.
    #[error("the page's template failed: {0}; rebuild from a clean checkout")]
    Template(#[from] askama::Error),
}

#[derive(Template)]
#[template(path = "report.html")]
struct Page {
    w: &'static Words,
    css: String,
    hash: String,
    rows: &'static str,
    parent_rows: &'static str,
    head: head::Head,
    facts: Vec<head::Fact>,
    notices: Vec<head::Notice>,
    chain: chain::Chain,
    chart: behind::Charts,
    sections: Vec<reading::Section>,
    ladder: Option<ladder::Ladder>,
    behind: Option<behind::Behind>,
    candles: candles::Candles,
    evidence: evidence::Evidence,
    parent_evidence: Option<ParentEvidence>,
    made: made::Made,
    skip: &'static str,
    unit: String,
    id_word: &'static str,
    id: String,
}

struct ParentEvidence {
    title: String,
    caption: String,
    evidence: evidence::Evidence,
}

/// The page of a report.
///
/// # Errors
///
/// [`PageError::Chart`] if a chart holds a script or a `style` attribute; the others mean a broken build.
pub fn render(input: &PageInput<'_>) -> Result<String, PageError> {
    let words = Words::of(&input.reading.document.language)?;
    let own = Scope::new(input.reading, words, OWN_ROWS);
    let above = match &input.parent {
        Parent::Report { reading, .. } => Some(Scope::new(*reading, words, PARENT_ROWS)),
        _ => None,
    };
    check_chart("report's", input.reading.charts)?;
    if let Some(above) = &above {
        check_chart("parent's", above.reading.charts)?;
    }
    let css = style(input.chart_css);
    let candles = candles::candles(&own);
    let ladder = ladder::ladder(&own);
    let behind = behind::behind(words, &own, &input.parent, above.as_ref());
    let mut targets = candles.ids();
    targets.extend(ladder.as_ref().map(|_| "ladder".to_owned()));
    targets.extend(behind.as_ref().map(|_| "behind".to_owned()));
    let evidence = evidence::evidence(&evidence::Own { scope: &own, targets: &targets });
    let page = Page {
        w: words,
        hash: policy::style_hash(&css),
        css,
        rows: OWN_ROWS,
        parent_rows: PARENT_ROWS,
        head: head::head(&own, &input.parent),
        facts: head::facts(&own),
        notices: head::notices(&own, input),
        chain: chain::chain(&own, &input.parent, above.as_ref()),
        chart: behind::charts(&own),
        sections: reading::sections(&own),
        ladder,
        behind,
        candles,
        evidence,
        parent_evidence: above.as_ref().map(parent_evidence),
        made: made::made(&own, input),
        skip: &words.head.skip,
        unit: crate::text::plain(&input.reading.document.price_unit),
        id_word: &words.footer.report,
        id: input.reading.document.report_id.to_string(),
    };
    Ok(visible(&page.render()?))
}

/// The text of the page's style element.
fn style(chart_css: &str) -> String {
    visible(&format!("{STYLE}{chart_css}")).replace("</", "")
}

fn parent_evidence(above: &Scope<'_>) -> ParentEvidence {
    let words = &above.words.evidence;
    let checks = &above.document().checks;
    let (verified, checked) = (checks.verified.to_string(), checks.checked.to_string());
    let tf = above.timeframe().as_str();
    let values = [("tf", tf), ("verified", verified.as_str()), ("checked", checked.as_str())];
    ParentEvidence {
        title: crate::lang::fill(&words.parent, &values),
        caption: crate::lang::fill(&words.caption_parent, &values),
        evidence: evidence::evidence(&evidence::Own { scope: above, targets: &[] }),
    }
}

fn check_chart(chart: &'static str, charts: &ChartSvgs) -> Result<(), PageError> {
    for svg in [&charts.wide, &charts.narrow] {
        for (mark, what) in
            [("<script", "a script"), (" style=", "a style attribute"), ("<style", "a style element")]
        {
            if svg.contains(mark) {
                return Err(PageError::Chart { chart, what });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
