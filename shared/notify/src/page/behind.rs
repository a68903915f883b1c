use super::Parent;
use super::scope::{Scope, abstained_word};
use crate::lang::{Words, fill};
use crate::prose::{self, Piece};
use crate::text::{first_sentence, plain};

/// The report above in short, or why it is missing.
pub(super) struct Behind {
    pub(super) title: &'static str,
    pub(super) about: String,
    pub(super) page: Option<String>,
    pub(super) chart: Option<Charts>,
    pub(super) summary: Vec<Vec<Piece>>,
    pub(super) forming: String,
    pub(super) missing: String,
}

/// A chart in both widths with its words.
pub(super) struct Charts {
    pub(super) wide: String,
    pub(super) narrow: String,
    pub(super) label: String,
    pub(super) caption: String,
}

/// The words of a chart around its trusted SVG.
pub(super) fn charts(scope: &Scope<'_>) -> Charts {
    let (words, document) = (&scope.words.chart, scope.document());
    let bar = scope.bar_phrase();
    let values = [("symbol", document.symbol.as_str()), ("tf", document.timeframe.as_str()), ("bar", &bar)];
    let caption = match scope.reading.series.forming {
        Some(_) => &words.caption,
        None => &words.caption_closed,
    };
    Charts {
        wide: scope.reading.charts.wide.clone(),
        narrow: scope.reading.charts.narrow.clone(),
        label: fill(&words.label, &values),
        caption: fill(caption, &values),
    }
}

pub(super) fn behind(
    words: &'static Words,
    own: &Scope<'_>,
    parent: &Parent<'_>,
    above: Option<&Scope<'_>>,
) -> Option<Behind> {
    match (parent, above) {
        (Parent::None, _) | (Parent::Report { .. }, None) => None,
        (Parent::Missing { timeframe, reason }, _) => Some(Behind {
            title: &words.frame(*timeframe).behind,
            about: String::new(),
            page: None,
            chart: None,
            summary: Vec::new(),
            forming: String::new(),
            missing: format!(
                "{} {}",
                fill(&words.notices.parent_lead, &[("tf", timeframe.as_str()), ("reason", &plain(reason))]),
                words.notices.parent
            ),
        }),
        (Parent::Report { page, .. }, Some(above)) => {
            let forming = above.reading.series.forming.as_ref().map(|bar| {
                let bar = above.dates.bar(above.timeframe(), bar.t);
                fill(&words.behind.forming, &[("bar", &bar)])
            });
            Some(Behind {
                title: &words.frame(above.timeframe()).behind,
                about: about(own, above),
                page: page.filter(|name| is_file_name(name)).map(str::to_owned),
                chart: Some(charts(above)),
                summary: summary(above),
                forming: forming.unwrap_or_default(),
                missing: String::new(),
            })
        }
    }
}

/// What a report says in a paragraph or two: its headline, then the rest of its summary.
fn summary(scope: &Scope<'_>) -> Vec<Vec<Piece>> {
    let (words, document) = (scope.words, scope.document());
    let summary = document.report.summary.as_str();
    let abstained = abstained_word(words, document.report.outcome)
        .map(|sentence| vec![Piece::words(format!("{sentence}. {}", words.abstained.text))]);
    let split = first_sentence(summary);
    let parts = [0..split, split..summary.len()].map(|part| scope.part(summary, part, "summary"));
    let parts = parts.into_iter().map(prose::trimmed);
    abstained.into_iter().chain(parts).filter(|part| !part.is_empty()).collect()
}

fn about(own: &Scope<'_>, above: &Scope<'_>) -> String {
    let words = &own.words.behind;
    let mut parts = vec![fill(&words.report, &[("tf", above.timeframe().as_str())])];
    if let Some(open) = above.last_open() {
        let age = own.document().as_of.duration_since(above.timeframe().next_open(open));
        let values = [("bar", above.bar_phrase()), ("age", own.dates.length(age))];
        parts.push(fill(&words.closed, &values.each_ref().map(|(name, value)| (*name, value.as_str()))));
    }
    let checks = &above.document().checks;
    if checks.checked > 0 {
        let (verified, checked) = (checks.verified.to_string(), checks.checked.to_string());
        parts.push(fill(&words.numbers, &[("verified", &verified), ("checked", &checked)]));
    }
    parts.join(" · ")
}

pub(super) fn is_file_name(name: &str) -> bool {
    let safe = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    name.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric()) && name.bytes().all(safe)
}
