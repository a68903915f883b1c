//! The page of a recommendation: the verdict, the plan, both sides, and where every number came from.

mod account;
mod address;
mod course;
mod evidence;
mod head;
mod input;
mod made;
mod notices;
mod plan;
mod sources;
mod travel;
mod view;
mod why;

use askama::Template;

pub(crate) use head::band_word;
pub use input::{MissingReport, PlanChart, RecommendationInput, ReportPage};
pub(crate) use notices::{conflict_words, rule_word};
pub(crate) use plan::part_word;
pub(crate) use view::{base_of, direction_word};

use super::head::Notice;
use super::{
    OWN_ROWS, PageError, ParentEvidence, check_chart, evidence as checked, made as inputs, policy, style,
};
use crate::dates::Dates;
use crate::lang::Words;
use crate::text::visible;
use view::View;

#[derive(Template)]
#[template(path = "recommendation.html", blocks = ["body"])]
struct Page {
    w: &'static Words,
    css: String,
    hash: String,
    rows: &'static str,
    skip: &'static str,
    head: head::Head,
    strength: Option<head::Strength>,
    notices: Vec<Notice>,
    plan: plan::Plan,
    course: Option<course::Course>,
    why: why::Why,
    sources: Vec<sources::Row>,
    evidence: checked::Evidence,
    parent_evidence: Option<ParentEvidence>,
    made: inputs::Made,
    unit: String,
    id_word: &'static str,
    id: String,
}

/// The page of a recommendation, a file that may be sent on: nothing of what the account holds is in it.
///
/// # Errors
///
/// [`PageError::Chart`] if the chart holds a script or a `style` attribute; the others mean a broken build.
pub fn render_recommendation(input: &RecommendationInput<'_>) -> Result<String, PageError> {
    let document = travel::travelling(input.document);
    let input = RecommendationInput { document: &document, ..*input };
    Ok(visible(&page(&input, true)?.render()?))
}

/// The part of that page between its head and its foot, for a page of a server: it holds every text escaped.
///
/// # Errors
///
/// As [`render_recommendation`].
pub fn recommendation_part(input: &RecommendationInput<'_>) -> Result<String, PageError> {
    Ok(visible(&page(input, false)?.as_body().render()?))
}

fn page(input: &RecommendationInput<'_>, travels: bool) -> Result<Page, PageError> {
    let words = Words::of(&input.document.language)?;
    if let Some(chart) = &input.chart {
        check_chart("plan's", chart.svgs)?;
    }
    let view = View { input, words, dates: Dates(words), travels };
    let css = style(input.chart_css);
    Ok(Page {
        w: words,
        hash: policy::style_hash(&css),
        css,
        rows: OWN_ROWS,
        skip: &words.advice.skip,
        head: head::head(&view),
        strength: head::strength(&view),
        notices: notices::notices(&view),
        plan: plan::plan(&view),
        course: course::course(&view),
        why: why::why(&view),
        sources: sources::rows(&view),
        evidence: checked::evidence(&view),
        parent_evidence: None,
        made: made::made(&view),
        unit: crate::text::plain(&input.document.price_unit),
        id_word: &words.advice.kind,
        id: input.document.recommendation_id.to_string(),
    })
}

#[cfg(test)]
mod tests;
