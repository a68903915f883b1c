use domain::recommendation::SourceReport;
use domain::report::{Bias, Trust};

use super::view::View;
use crate::lang::fill;
use crate::page::scope::bias_word;
use crate::prose::Piece;
use crate::text::plain;

/// A report that the recommendation was made from, or that stands beside it.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) timeframe: &'static str,
    pub(super) page: Option<String>,
    pub(super) open: String,
    pub(super) mark: &'static str,
    pub(super) class: &'static str,
    pub(super) bias: String,
    pub(super) odds: String,
    pub(super) bar: String,
    pub(super) says: Vec<Piece>,
    /// That it is no source, that its trust is low, or why it is missing.
    pub(super) notes: Vec<String>,
}

/// The longest timeframe first; those that were not given last.
pub(super) fn rows(view: &View<'_>) -> Vec<Row> {
    let document = view.document();
    let mut rows: Vec<Row> =
        document.source_reports.iter().rev().map(|source| row(view, source, true)).collect();
    rows.extend(document.beside.iter().map(|source| row(view, source, false)));
    rows.extend(view.input.missing.iter().map(|missing| Row {
        id: format!("source-{}", missing.timeframe),
        timeframe: missing.timeframe.as_str(),
        page: None,
        open: String::new(),
        mark: "",
        class: "",
        bias: "–".to_owned(),
        odds: String::new(),
        bar: String::new(),
        says: Vec::new(),
        notes: vec![fill(&view.words.sources.missing, &[("reason", plain(missing.reason).trim())])],
    }));
    rows
}

fn row(view: &View<'_>, source: &SourceReport, was_given: bool) -> Row {
    let words = &view.words.sources;
    let (mark, class) = match source.bias {
        Bias::Bullish => ("△", "up"),
        Bias::Bearish => ("▼", "down"),
        Bias::Neutral => ("–", ""),
        Bias::None => ("", ""),
    };
    let tf = source.timeframe.as_str();
    let bar = view.bar(source.timeframe, &source.last_bar);
    let bar = bar.map(|(bar, age)| fill(&words.age, &[("bar", &bar), ("age", &age)]));
    let mut notes = Vec::new();
    notes.extend((!was_given).then(|| words.timing.clone()));
    notes.extend((source.trust == Trust::Low).then(|| words.low.clone()));
    let odds = match source.bias {
        Bias::None => "–".to_owned(),
        _ => format!("{} / {} / {}", source.p_up, source.p_neither, source.p_down),
    };
    Row {
        id: format!("source-{tf}"),
        timeframe: tf,
        page: view.page(&source.report_id),
        open: fill(&words.open, &[("tf", tf)]),
        mark,
        class,
        bias: bias_word(view.words, source.bias).to_owned(),
        odds,
        bar: bar.unwrap_or_else(|| plain(&source.last_bar)),
        says: takeaway(view, source),
        notes,
    }
}

fn takeaway(view: &View<'_>, source: &SourceReport) -> Vec<Piece> {
    let all = &view.document().recommendation.sources;
    let found = all.iter().enumerate().find(|(_, told)| told.report_id == source.report_id);
    let told = found.map(|(index, told)| view.prose(&told.takeaway, &format!("sources[{index}].takeaway")));
    told.unwrap_or_default()
}
