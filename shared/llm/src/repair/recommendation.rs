//! Corrections of a recommendation.

use domain::recommendation::{Argument, CloseSide, Direction, Plan, PlanEnd, Recommendation};
use domain::report::Bias;

use super::apply::{decimal, is_offered, set_cite, set_price, set_text, set_whole, set_word, whole};
use super::compare::merged;
use super::{Repair, Reply};
use crate::checks::answer::LONGEST;
use crate::checks::findings::record;
use crate::checks::path::{Step, index, steps};
use crate::checks::recommendation::{examine_recommendation, is_checkable};
use crate::checks::{CheckedRecommendation, RecommendationEvidence};

/// The answer of `first` with the corrections of `reply_text`, as [`apply`](super::apply) does it for a report. A
/// direction changed to standing aside takes its plan with it.
pub fn apply_to_recommendation(
    first: &CheckedRecommendation,
    reply_text: &str,
    evidence: &RecommendationEvidence<'_>,
) -> CheckedRecommendation {
    let reply = Some(reply_text).filter(|text| text.len() <= LONGEST);
    let Some(reply) = reply.and_then(|text| serde_json::from_str::<Reply>(text).ok()) else {
        return first.clone();
    };
    let mut answer = first.recommendation.clone();
    let had_ref: Vec<bool> = answer.plan.targets.iter().map(|target| !target.reference.is_empty()).collect();
    for repair in &reply.repairs {
        if is_offered(&first.problems, &repair.path) {
            correct(&mut answer, repair);
        }
    }
    let mut had_ref = had_ref.into_iter();
    answer.plan.targets.retain(|target| {
        let is_taken_away = had_ref.next() == Some(true) && target.reference.is_empty();
        !is_taken_away
    });
    if !is_checkable(&answer) {
        return first.clone();
    }
    let again = examine_recommendation(answer, first.checks.key_order, evidence);
    let items = merged(&first.checks.items, again.checks.items, |path| word_at(&again.recommendation, path));
    let (checks, trust) = record(items, again.checks.key_order);
    CheckedRecommendation { checks, trust, recommendation: again.recommendation, problems: again.problems }
}

fn correct(answer: &mut Recommendation, repair: &Repair) {
    use Step::{At, Key};
    let Some(steps) = steps(&repair.path) else { return };
    match steps.as_slice() {
        [Key("sources"), At(i), Key(field)] => {
            if let Some(source) = index(i).and_then(|i| answer.sources.get_mut(i)) {
                match *field {
                    "bias" => set_word::<Bias>(&mut source.bias, repair.text.as_deref()),
                    "takeaway" => set_text(&mut source.takeaway, repair),
                    _ => {}
                }
            }
        }
        [Key("case_long"), At(i), rest @ ..] => correct_argument(&mut answer.case_long, i, rest, repair),
        [Key("case_short"), At(i), rest @ ..] => correct_argument(&mut answer.case_short, i, rest, repair),
        [Key("conflicts"), At(i)] => correct_text(&mut answer.conflicts, i, repair),
        [Key("change_mind"), At(i)] => correct_text(&mut answer.change_mind, i, repair),
        [Key("account_effect")] => set_text(&mut answer.account_effect, repair),
        [Key("direction")] if repair.text.as_deref() == Some(Direction::StandAside.as_str()) => {
            answer.direction = Direction::StandAside;
            (answer.plan, answer.invalidation, answer.probability) = (Plan::none(), PlanEnd::none(), 0);
        }
        [Key("plan"), rest @ ..] => correct_plan(&mut answer.plan, rest, repair),
        [Key("invalidation"), Key(field)] => correct_end(&mut answer.invalidation, field, repair),
        [Key("probability")] => set_whole(&mut answer.probability, repair),
        [Key("reasoning")] => set_text(&mut answer.reasoning, repair),
        [Key("summary")] => set_text(&mut answer.summary, repair),
        _ => {}
    }
}

fn correct_argument(case: &mut [Argument], i: &str, rest: &[Step<'_>], repair: &Repair) {
    use Step::{At, Key};
    let Some(argument) = index(i).and_then(|i| case.get_mut(i)) else { return };
    match rest {
        [Key("cites"), At(j)] => {
            let Some(cite) = index(j).and_then(|j| argument.cites.get_mut(j)) else { return };
            set_cite(cite, repair);
            set_text(&mut argument.says, repair);
        }
        [Key("says")] => set_text(&mut argument.says, repair),
        _ => {}
    }
}

fn correct_text(texts: &mut [String], i: &str, repair: &Repair) {
    if let Some(text) = index(i).and_then(|i| texts.get_mut(i)) {
        set_text(text, repair);
    }
}

fn correct_plan(plan: &mut Plan, rest: &[Step<'_>], repair: &Repair) {
    use Step::{At, Key};
    match rest {
        [Key("entry_low")] => set_price(&mut plan.entry_low, &mut plan.entry_ref, repair),
        [Key("entry_high")] => set_price(&mut plan.entry_high, &mut plan.entry_ref, repair),
        [Key("stop")] => set_price(&mut plan.stop, &mut plan.stop_ref, repair),
        [Key("valid_hours")] => plan.valid_hours = whole(repair).or(plan.valid_hours),
        [Key("horizon_days")] => plan.horizon_days = whole(repair).or(plan.horizon_days),
        [Key("targets"), At(i), Key(field)] => {
            let Some(target) = index(i).and_then(|i| plan.targets.get_mut(i)) else { return };
            match *field {
                "price" => {
                    let mut price = Some(target.price);
                    set_price(&mut price, &mut target.reference, repair);
                    target.price = price.unwrap_or(target.price);
                }
                "fraction_pct" => target.fraction_pct = decimal(repair).unwrap_or(target.fraction_pct),
                _ => {}
            }
        }
        _ => {}
    }
}

fn correct_end(end: &mut PlanEnd, field: &str, repair: &Repair) {
    match field {
        "price" => set_price(&mut end.price, &mut end.reference, repair),
        "close" => set_word::<CloseSide>(&mut end.close, repair.text.as_deref()),
        "reason" => set_text(&mut end.reason, repair),
        _ => {}
    }
}

/// The single words and numbers that rules speak of.
fn word_at(answer: &Recommendation, path: &str) -> Option<String> {
    let count = |number: Option<i64>| number.map_or_else(|| "null".to_owned(), |number| number.to_string());
    match path {
        "direction" => Some(answer.direction.as_str().to_owned()),
        "probability" => Some(answer.probability.to_string()),
        "invalidation.close" => Some(answer.invalidation.close.as_str().to_owned()),
        "plan.valid_hours" => Some(count(answer.plan.valid_hours)),
        "plan.horizon_days" => Some(count(answer.plan.horizon_days)),
        _ => {
            let i = path.strip_prefix("sources[")?.strip_suffix("].bias")?;
            Some(answer.sources.get(index(i)?)?.bias.as_str().to_owned())
        }
    }
}
