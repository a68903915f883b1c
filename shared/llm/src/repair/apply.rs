//! One correction put into its place.

use domain::number;
use domain::report::{
    Bias, Cite, Invalidation, Leans, Observation, ParentRelation, Report, Scenarios, Trend, Usable,
};
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;

use super::Repair;
use crate::checks::RepairItem;
use crate::checks::path::{Step, index, steps};

/// Whether `path` was offered: itself, or as part of a wrong cite's claim.
pub(super) fn is_offered(problems: &[RepairItem], path: &str) -> bool {
    problems.iter().any(|problem| {
        let claim = problem.path.split_once(".cites[").map(|(observation, _)| observation);
        let rest = claim.and_then(|observation| path.strip_prefix(observation));
        problem.path == path || matches!(rest, Some(".says" | ".leans"))
    })
}

/// Changes what the correction names at its path; a value of the wrong kind changes nothing.
pub(super) fn correct(report: &mut Report, repair: &Repair) {
    use Step::{At, Key};
    let Some(steps) = steps(&repair.path) else { return };
    match steps.as_slice() {
        [Key("observations"), At(i), rest @ ..] => {
            if let Some(observation) = index(i).and_then(|i| report.observations.get_mut(i)) {
                correct_observation(observation, rest, repair);
            }
        }
        [Key("levels"), At(i)] => {
            if let (Some(level), Some(reference)) =
                (index(i).and_then(|i| report.levels.get_mut(i)), &repair.reference)
            {
                level.clone_from(reference);
            }
        }
        [Key("issues"), At(i)] => {
            if let Some(issue) = index(i).and_then(|i| report.issues.get_mut(i)) {
                set_text(issue, repair);
            }
        }
        [Key("scenarios"), Key(field)] => correct_scenarios(&mut report.scenarios, field, repair),
        [Key("invalidation"), Key(field)] => correct_invalidation(&mut report.invalidation, field, repair),
        [Key("parent_reason")] => set_text(&mut report.parent_reason, repair),
        [Key("summary")] => set_text(&mut report.summary, repair),
        [Key("confidence")] => set_whole(&mut report.confidence, repair),
        [Key("usable")] => set_word::<Usable>(&mut report.usable, repair.text.as_deref()),
        [Key("trend")] => set_word::<Trend>(&mut report.trend, repair.text.as_deref()),
        [Key("bias")] => set_word::<Bias>(&mut report.bias, repair.text.as_deref()),
        [Key("parent_relation")] => {
            set_word::<ParentRelation>(&mut report.parent_relation, repair.text.as_deref());
        }
        _ => {}
    }
}

fn correct_observation(observation: &mut Observation, rest: &[Step<'_>], repair: &Repair) {
    use Step::{At, Key};
    match rest {
        [Key("cites"), At(j)] => {
            let Some(cite) = index(j).and_then(|j| observation.cites.get_mut(j)) else { return };
            set_cite(cite, repair);
            set_text(&mut observation.says, repair);
            set_word::<Leans>(&mut observation.leans, repair.leans.as_deref());
        }
        [Key("says")] => set_text(&mut observation.says, repair),
        [Key("leans")] => set_word::<Leans>(&mut observation.leans, repair.leans.as_deref()),
        _ => {}
    }
}

fn correct_scenarios(scenarios: &mut Scenarios, field: &str, repair: &Repair) {
    match field {
        "up" => set_text(&mut scenarios.up, repair),
        "down" => set_text(&mut scenarios.down, repair),
        "p_up" => set_whole(&mut scenarios.p_up, repair),
        "p_down" => set_whole(&mut scenarios.p_down, repair),
        "p_neither" => set_whole(&mut scenarios.p_neither, repair),
        _ => {}
    }
}

fn correct_invalidation(invalidation: &mut Invalidation, field: &str, repair: &Repair) {
    let (price, reference) = match field {
        "above" => (&mut invalidation.above, &mut invalidation.above_ref),
        "below" => (&mut invalidation.below, &mut invalidation.below_ref),
        "above_ref" => return set_text(&mut invalidation.above_ref, repair),
        "below_ref" => return set_text(&mut invalidation.below_ref, repair),
        "reason" => return set_text(&mut invalidation.reason, repair),
        _ => return,
    };
    set_price(price, reference, repair);
}

/// The number of a correction.
pub(super) fn decimal(repair: &Repair) -> Option<Decimal> {
    repair.number.as_ref().and_then(number::json::decimal)
}

pub(super) fn set_cite(cite: &mut Cite, repair: &Repair) {
    if let Some(reference) = &repair.reference {
        cite.reference.clone_from(reference);
    }
    if let Some(value) = decimal(repair) {
        cite.value = value;
    }
}

/// No number with an empty ref takes the price away; no number alone leaves it.
pub(super) fn set_price(price: &mut Option<Decimal>, reference: &mut String, repair: &Repair) {
    let number = decimal(repair);
    if let Some(new) = &repair.reference {
        reference.clone_from(new);
    }
    if number.is_some() || repair.reference.as_deref() == Some("") {
        *price = number;
    }
}

pub(super) fn set_text(target: &mut String, repair: &Repair) {
    if let Some(text) = &repair.text {
        target.clone_from(text);
    }
}

pub(super) fn set_whole(target: &mut i64, repair: &Repair) {
    if let Some(whole) = whole(repair) {
        *target = whole;
    }
}

/// The number of a correction, if it is a whole one.
pub(super) fn whole(repair: &Repair) -> Option<i64> {
    decimal(repair).filter(|n| n.fract().is_zero()).and_then(|n| i64::try_from(n).ok())
}

pub(super) fn set_word<T: DeserializeOwned>(target: &mut T, word: Option<&str>) {
    let word = word.map(|word| serde_json::Value::String(word.to_owned()));
    if let Some(word) = word.and_then(|word| serde_json::from_value(word).ok()) {
        *target = word;
    }
}
