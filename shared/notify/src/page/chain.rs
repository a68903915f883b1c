use domain::report::{Analyst, Bias, Outcome, ParentRelation};

use super::Parent;
use super::scope::{Scope, bias_word, edge};
use crate::figures;
use crate::lang::{Words, fill};
use crate::prose::{self, Piece};
use crate::text::{first_sentence, plain};

/// The parent, how the report stands to it, and the report.
pub(super) struct Chain {
    pub(super) parent: Option<Card>,
    pub(super) relation: &'static str,
    pub(super) ends: Vec<Piece>,
    pub(super) own: Card,
    pub(super) notes: Vec<String>,
}

/// A report in a few lines.
pub(super) struct Card {
    pub(super) timeframe: &'static str,
    pub(super) about: String,
    pub(super) bias: String,
    pub(super) mark: &'static str,
    pub(super) class: &'static str,
    pub(super) odds: Option<Odds>,
    pub(super) text: Vec<Piece>,
    pub(super) missing: bool,
    pub(super) rows: &'static str,
}

/// Odds as a bar: numbers of 100, and where the parts of the bar begin and how long they are, percent.
pub(super) struct Odds {
    pub(super) up: i64,
    pub(super) neither: i64,
    pub(super) down: i64,
    pub(super) width_up: String,
    pub(super) width_neither: String,
    pub(super) width_down: String,
    pub(super) from_neither: String,
    pub(super) from_down: String,
    pub(super) label: String,
    pub(super) doubted: bool,
}

pub(super) fn chain(scope: &Scope<'_>, parent: &Parent<'_>, above: Option<&Scope<'_>>) -> Chain {
    let (words, document) = (scope.words, scope.document());
    let parent = match (parent, above) {
        (Parent::Report { .. }, Some(above)) => Some(parent_card(above)),
        (Parent::Missing { timeframe, reason }, _) => Some(Card {
            timeframe: timeframe.as_str(),
            about: words.chain.parent.clone(),
            bias: words.chain.missing.clone(),
            mark: "",
            class: "",
            odds: None,
            text: vec![Piece::words(plain(reason))],
            missing: true,
            rows: scope.rows,
        }),
        _ => None,
    };
    let relation = relation_word(words, document.report.parent_relation);
    let ends = ends(scope, &words.frame(document.report.invalidation.timeframe).ends_with, false);
    let own = own_card(scope);
    let odds = own.odds.is_some() || parent.as_ref().is_some_and(|parent| parent.odds.is_some());
    let mut notes = if odds { notes(scope) } else { Vec::new() };
    if document.report.outcome == Outcome::Report {
        notes.push(words.chain.confidence.clone());
    }
    Chain { parent, relation, ends, own, notes }
}

/// How a report stands to its parent.
pub(super) fn relation_word(words: &Words, relation: ParentRelation) -> &str {
    match relation {
        ParentRelation::Confirms => &words.chain.confirms,
        ParentRelation::Contradicts => &words.chain.contradicts,
        ParentRelation::Neutral => &words.chain.neutral,
        ParentRelation::NoParent => &words.chain.no_parent,
    }
}

fn notes(scope: &Scope<'_>) -> Vec<String> {
    let (words, document) = (&scope.words.chain, scope.document());
    let whose = match document.analyst {
        Analyst::Rules => &words.note_rules,
        Analyst::Model => &words.note_model,
    };
    let mut out = vec![format!("{whose} {}", words.hatched)];
    if let Some((barriers, rate)) = document.barriers.as_ref().and_then(|b| Some((b, b.base_rate_pct?))) {
        let [up, down, neither] = [rate.up, rate.down, rate.neither].map(|part| format!("{part:.1}"));
        let n = barriers.base_n.to_string();
        out.push(fill(&words.base, &[("up", &up), ("down", &down), ("neither", &neither), ("n", &n)]));
    }
    out
}

/// `lead over A or under B`, with the marks of both prices and, if asked, the names of their zones; nothing
/// without a price.
pub(super) fn ends(scope: &Scope<'_>, lead: &str, zones: bool) -> Vec<Piece> {
    let words = &scope.words.chain;
    let ends = &scope.document().report.invalidation;
    let mut out = Vec::new();
    let mut push = |link: String, path: &str, price, reference: &str| {
        out.push(Piece::words(link));
        out.push(scope.price_at(path, price));
        if let Some(edge) = edge(scope, reference).filter(|_| zones) {
            out.push(Piece::words(format!(" ({edge})")));
        }
    };
    if let Some(above) = ends.above {
        push(format!("{lead} {} ", words.over), "invalidation.above", above, &ends.above_ref);
    }
    if let Some(below) = ends.below {
        let link = match ends.above {
            Some(_) => format!(" {} ", words.or_under),
            None => format!("{lead} {} ", words.under),
        };
        push(link, "invalidation.below", below, &ends.below_ref);
    }
    out
}

fn card(scope: &Scope<'_>, role: &str) -> Card {
    let report = &scope.document().report;
    let (mark, class) = match report.bias {
        Bias::Bullish => ("△", "up"),
        Bias::Bearish => ("▼", "down"),
        Bias::Neutral => ("–", ""),
        Bias::None => ("", ""),
    };
    Card {
        timeframe: scope.timeframe().as_str(),
        about: format!("{role}{} · {}", scope.bar_phrase(), scope.trend()),
        bias: bias_word(scope.words, report.bias).to_owned(),
        mark,
        class,
        odds: odds(scope),
        text: Vec::new(),
        missing: false,
        rows: scope.rows,
    }
}

fn parent_card(scope: &Scope<'_>) -> Card {
    let role = format!("{}, ", scope.words.chain.parent);
    let summary = &scope.document().report.summary;
    let mut card = card(scope, &role);
    card.text = match first_sentence(summary) {
        0 => vec![Piece::words(scope.words.chain.no_odds.clone())],
        // the rest stands in the section of the parent
        end => scope.part(summary, 0..end, "summary"),
    };
    card
}

fn own_card(scope: &Scope<'_>) -> Card {
    let (words, document) = (scope.words, scope.document());
    let mut card = card(scope, "");
    let confidence = document.report.confidence.to_string();
    let text = match (&document.barriers, document.report.outcome) {
        (_, outcome) if outcome != Outcome::Report => words.chain.no_odds.clone(),
        (Some(barriers), _) => {
            let values = [
                ("up", figures::printed(&barriers.up)),
                ("down", figures::printed(&barriers.down)),
                ("n", barriers.bars.to_string()),
                ("unit", words.frame(document.timeframe).unit.clone()),
                ("confidence", confidence),
            ];
            fill(&words.chain.text, &values.each_ref().map(|(name, value)| (*name, value.as_str())))
        }
        (None, _) => fill(&words.chain.stands, &[("confidence", &confidence)]),
    };
    card.text = vec![Piece::words(plain(&text))];
    card
}

fn odds(scope: &Scope<'_>) -> Option<Odds> {
    let report = &scope.document().report;
    if report.outcome != Outcome::Report {
        return None;
    }
    let [up, neither, down] =
        [report.scenarios.p_up, report.scenarios.p_neither, report.scenarios.p_down].map(|p| p.clamp(0, 100));
    let sum = up + neither + down;
    if sum == 0 {
        return None;
    }
    // whole numbers up to 300, exact in hundredths
    let percent = |part: i64| {
        let hundredths = part * 10_000 / sum;
        format!("{}.{:02}%", hundredths / 100, hundredths % 100)
    };
    let label = fill(
        &scope.words.chain.odds,
        &[("up", &up.to_string()), ("neither", &neither.to_string()), ("down", &down.to_string())],
    );
    let doubted = prose::doubts_odds(&scope.document().checks.items);
    Some(Odds {
        up,
        neither,
        down,
        width_up: percent(up),
        width_neither: percent(neither),
        width_down: percent(down),
        from_neither: percent(up),
        from_down: percent(up + neither),
        label,
        doubted,
    })
}
