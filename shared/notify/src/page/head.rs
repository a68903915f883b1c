use domain::ohlcv::FlagKind;
use domain::report::{Analyst, Checks, Trust};

use super::scope::{Scope, abstained_word, bias_word};
use super::stale::Newest;
use super::{PageInput, Parent, dated};
use crate::figures;
use crate::lang::{Words, fill};
use crate::prose::Piece;
use crate::text::{first_sentence, plain};

/// The first screen: what the report is of, its answer, and the facts beside it.
pub(super) struct Head {
    pub(super) kind: &'static str,
    pub(super) as_of: Moment,
    pub(super) symbol: String,
    pub(super) crumbs: String,
    pub(super) headline: Vec<Piece>,
    pub(super) lede: Vec<Piece>,
    pub(super) title: String,
}

/// A time for a machine and for a reader.
pub(super) struct Moment {
    pub(super) machine: String,
    pub(super) text: String,
}

/// A figure with its label and a note.
pub(super) struct Fact {
    pub(super) label: String,
    pub(super) value: String,
    pub(super) class: &'static str,
    pub(super) note: String,
    pub(super) machine: String,
    pub(super) leads: bool,
}

/// A line that must be read before the report.
pub(super) struct Notice {
    pub(super) class: &'static str,
    pub(super) icon: &'static str,
    pub(super) lead: String,
    pub(super) text: String,
    /// What it is about, one by one.
    pub(super) list: Vec<String>,
}

impl Notice {
    pub(super) fn warn(lead: String, text: &str) -> Self {
        Self { class: "warn", icon: "", lead, text: text.to_owned(), list: Vec::new() }
    }
}

pub(super) fn head(scope: &Scope<'_>, parent: &Parent<'_>) -> Head {
    let (document, words) = (scope.document(), scope.words);
    let report = &document.report;
    let summary = report.summary.as_str();
    let split = first_sentence(summary);
    let stop = summary[..split].trim_end().trim_end_matches('.').len();
    let abstained = abstained_word(words, report.outcome);
    let (headline, lede) = match abstained {
        Some(sentence) => {
            let mut lede = vec![Piece::words(words.abstained.text.clone())];
            if !summary.is_empty() {
                lede.push(Piece::words(" "));
                lede.extend(scope.prose(summary, "summary"));
            }
            (vec![Piece::words(sentence)], lede)
        }
        None if stop == 0 => (vec![Piece::words(bias_word(words, report.bias))], Vec::new()),
        None => {
            (scope.part(summary, 0..stop, "summary"), scope.part(summary, split..summary.len(), "summary"))
        }
    };
    let tf = document.timeframe.as_str();
    let chain = match parent {
        Parent::None => tf.to_owned(),
        Parent::Missing { timeframe, .. } => {
            format!("{tf}, {}", fill(&words.head.without_parent, &[("tf", timeframe.as_str())]))
        }
        Parent::Report { reading, .. } => {
            let parent = reading.document.timeframe.as_str();
            format!("{tf}, {}", fill(&words.head.with_parent, &[("tf", parent)]))
        }
    };
    let spoken: String = headline.iter().map(|piece| piece.text.as_str()).collect();
    Head {
        kind: &words.frame(document.timeframe).report,
        as_of: Moment { machine: document.as_of.to_string(), text: scope.dates.full(document.as_of) },
        symbol: document.symbol.to_string(),
        crumbs: format!("{} · {chain}", scope.venue()),
        title: format!("{} {tf}: {}", document.symbol, spoken.trim()),
        headline,
        lede,
    }
}

pub(super) fn facts(scope: &Scope<'_>) -> Vec<Fact> {
    vec![last_price(scope), forming(scope), closed(scope), numbers(scope)]
}

fn fact(label: &str, value: String, class: &'static str, note: String) -> Fact {
    Fact { label: label.to_owned(), value, class, note, machine: String::new(), leads: false }
}

fn last_price(scope: &Scope<'_>) -> Fact {
    let document = scope.document();
    let value = figures::price(document.last_price, document.tick);
    let at = Newest::of(scope).map_or(document.as_of, |newest| newest.end());
    let note = dated::short(scope, at);
    Fact { machine: at.to_string(), ..fact(&scope.words.facts.last_price, value, "", note) }
}

fn forming(scope: &Scope<'_>) -> Fact {
    let (words, series) = (scope.words, scope.reading.series);
    let label = &words.frame(scope.timeframe()).forming;
    let Some(bar) = &series.forming else {
        return fact(label, "–".into(), "", words.facts.no_forming.clone());
    };
    let change = series.bars.last().and_then(|last| figures::change(last.c, bar.c));
    let (value, class) = change.map_or(("–".into(), ""), |change| (change.text(), change.class()));
    fact(label, value, class, elapsed(scope, bar.t))
}

/// `3 d 4 h of 7 d`: how much of the bar that opened at `open` had passed.
pub(super) fn elapsed(scope: &Scope<'_>, open: jiff::Timestamp) -> String {
    let whole = scope.timeframe().next_open(open).duration_since(open);
    let passed = scope.document().as_of.duration_since(open);
    let (passed, whole) = (scope.dates.length(passed), scope.dates.length(whole));
    fill(&scope.words.facts.of, &[("elapsed", &passed), ("whole", &whole)])
}

fn closed(scope: &Scope<'_>) -> Fact {
    let (words, series) = (scope.words, scope.reading.series);
    let label = &words.frame(scope.timeframe()).closed;
    let [.., before, last] = series.bars.as_slice() else {
        return fact(label, "–".into(), "", words.facts.no_data.clone());
    };
    let change = figures::change(before.c, last.c);
    let (value, class) = change.map_or(("–".into(), ""), |change| (change.text(), change.class()));
    let note = dated::span(scope, last.t);
    Fact { machine: last.t.to_string(), ..fact(label, value, class, note) }
}

fn numbers(scope: &Scope<'_>) -> Fact {
    let (words, checks) = (&scope.words.facts, &scope.document().checks);
    if checks.checked == 0 {
        return fact(&words.numbers, "–".into(), "", words.no_numbers.clone());
    }
    let (verified, checked) = (checks.verified.to_string(), checks.checked.to_string());
    let mut value = fill(&words.count, &[("verified", &verified), ("checked", &checked)]);
    let mut notes = Vec::new();
    if checks.repaired > 0 {
        notes.push(fill(&words.repaired, &[("n", &checks.repaired.to_string())]));
    }
    if checks.unverified > 0 {
        notes.push(fill(&words.unverified, &[("n", &checks.unverified.to_string())]));
    } else {
        value.push_str("\u{a0}✓");
    }
    let note = if notes.is_empty() { words.all.clone() } else { notes.join(", ") };
    Fact { leads: true, ..fact(&words.numbers, value, "", note) }
}

pub(super) fn notices(scope: &Scope<'_>, input: &PageInput<'_>) -> Vec<Notice> {
    let (words, document) = (&scope.words.notices, scope.document());
    let mut out = Vec::new();
    if let Some(reason) = input.no_recommendation {
        let lead = fill(&words.no_recommendation_lead, &[("reason", plain(reason).trim())]);
        out.push(Notice::warn(lead, &words.no_recommendation));
    }
    out.extend(doubts(scope.words, &document.checks, document.trust, &words.low));
    let mut warn = |lead: String, text: &str| out.push(Notice::warn(lead, text));
    if scope.reading.ohlcv.data_quality.flags.iter().any(|flag| flag.kind == FlagKind::Stale) {
        let age = Newest::of(scope).map(|newest| newest.sentence(scope));
        warn(words.stale_lead.clone(), age.as_deref().unwrap_or(&words.stale));
    }
    if let Parent::Missing { timeframe, reason } = &input.parent {
        let reason = plain(reason);
        warn(fill(&words.parent_lead, &[("tf", timeframe.as_str()), ("reason", &reason)]), &words.parent);
    }
    out.extend(rules(scope.words, document.analyst));
    out
}

/// Numbers that the data does not confirm; `low` says what low trust means here.
pub(super) fn doubts(words: &Words, checks: &Checks, trust: Trust, low: &str) -> Vec<Notice> {
    let words = &words.notices;
    let mut out = Vec::new();
    match checks.unverified {
        0 => {}
        1 => out.push(Notice::warn(words.unverified_one.clone(), &words.unverified)),
        n => {
            let lead = fill(&words.unverified_many, &[("n", &n.to_string())]);
            out.push(Notice::warn(lead, &words.unverified));
        }
    }
    if trust == Trust::Low {
        out.push(Notice::warn(words.low_lead.clone(), low));
    }
    out
}

/// That rules wrote it, where they did.
pub(super) fn rules(words: &Words, analyst: Analyst) -> Option<Notice> {
    let (lead, text) = (words.notices.rules_lead.clone(), words.notices.rules.clone());
    (analyst == Analyst::Rules)
        .then_some(Notice { class: "quiet", icon: "◇", lead, text, list: Vec::new() })
}
