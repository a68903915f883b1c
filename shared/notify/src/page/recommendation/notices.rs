use domain::recommendation::{BrokenRule, Conflict, Direction};

use super::view::View;
use crate::lang::{Words, fill};
use crate::page::head::{Notice, doubts, rules};
use crate::text::plain;

/// What must be read before the plan: that it is broken, that the account speaks against it, what is not confirmed.
pub(super) fn notices(view: &View<'_>) -> Vec<Notice> {
    let document = view.document();
    let mut out = Vec::new();
    if view.is_invalid() {
        out.push(invalid(view.words, &document.broken));
    }
    out.extend(document.conflicts.iter().map(|conflict| {
        let (lead, text) = conflict_words(view.words, *conflict, view.direction());
        Notice::warn(fill(lead, &[("base", &plain(view.base()))]), text)
    }));
    out.extend(doubts(view.words, &document.checks, document.trust, &view.words.advice.low));
    out.extend(rules(view.words, document.analyst));
    out
}

fn invalid(words: &Words, broken: &[BrokenRule]) -> Notice {
    let lead = match broken {
        [_] | [] => words.broken.one.clone(),
        many => fill(&words.broken.many, &[("n", &many.len().to_string())]),
    };
    let list = match broken {
        [] => vec![words.broken.missing_price.clone()],
        some => some.iter().map(|rule| rule_word(words, *rule).to_owned()).collect(),
    };
    Notice { class: "error", icon: "✕", lead, text: words.broken.text.clone(), list }
}

/// The rule, in a sentence.
pub(crate) fn rule_word(words: &Words, rule: BrokenRule) -> &str {
    let words = &words.broken;
    match rule {
        BrokenRule::MissingPrice => &words.missing_price,
        BrokenRule::Zone => &words.zone,
        BrokenRule::StopSide => &words.stop_side,
        BrokenRule::TargetSide => &words.target_side,
        BrokenRule::TargetCount => &words.target_count,
        BrokenRule::Fractions => &words.fractions,
        BrokenRule::ZoneWidth => &words.zone_width,
        BrokenRule::ZoneDistance => &words.zone_distance,
        BrokenRule::StopDistance => &words.stop_distance,
        BrokenRule::RewardToRisk => &words.reward_to_risk,
        BrokenRule::FirstTarget => &words.first_target,
        BrokenRule::ExpectedValue => &words.expected_value,
        BrokenRule::NotShortable => &words.not_shortable,
        BrokenRule::Liquidation => &words.liquidation,
        BrokenRule::Unfounded => &words.unfounded,
        BrokenRule::OutOfRange => &words.out_of_range,
    }
}

/// What the account holds against the plan, and what that means. The first sentence names the base currency as
/// `{base}`.
pub(crate) fn conflict_words(words: &Words, conflict: Conflict, direction: Direction) -> (&str, &str) {
    let words = &words.conflict;
    match (conflict, direction) {
        (Conflict::AlreadyLong, _) => (&words.already_long, &words.already_long_text),
        (Conflict::AlreadyShort, _) => (&words.already_short, &words.already_short_text),
        (Conflict::OppositePosition, Direction::Long) => (&words.opposite_short, &words.opposite_short_text),
        (Conflict::OppositePosition, _) => (&words.opposite_long, &words.opposite_long_text),
        (Conflict::MissingStop, _) => (&words.missing_stop, &words.missing_stop_text),
        (Conflict::OrderInZone, _) => (&words.order_in_zone, &words.order_in_zone_text),
        (Conflict::ExposureLimit, _) => (&words.exposure_limit, &words.exposure_limit_text),
    }
}
