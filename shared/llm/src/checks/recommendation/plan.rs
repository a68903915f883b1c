//! The prices of a plan: each stands where the data has a reason, on the side that the direction says.

use domain::number;
use domain::recommendation::{CloseSide, Direction, Recommendation};
use domain::report::CheckStatus;
use rust_decimal::Decimal;

use super::super::findings::{Findings, Wrong};
use super::super::known::{Kind, Known};
use super::super::refs::Found;
use super::{RecommendationEvidence, refs};

/// A price and the address it is said to come from.
struct Priced<'a> {
    path: String,
    price: Option<Decimal>,
    reference: &'a str,
}

/// Checks every price; those that hold, for the texts that speak of them.
pub(super) fn check(
    answer: &Recommendation,
    evidence: &RecommendationEvidence<'_>,
    findings: &mut Findings,
) -> Vec<Known> {
    let prices = prices(answer);
    if answer.direction == Direction::StandAside {
        for priced in prices.iter().filter(|priced| priced.price.is_some()) {
            let got = priced.price.map(number::trimmed).unwrap_or_default();
            let why = "who stands aside has no plan: null here, and \"\" as its ref";
            let wrong = Wrong { path: &priced.path, got: &got, expected: "null", why, ..Wrong::default() };
            findings.fails(&wrong);
        }
        return Vec::new();
    }
    let mut held = Vec::new();
    for Priced { path, price, reference } in prices {
        let Some(price) = price else {
            let why = "a plan needs a price here";
            findings.fails(&Wrong { path: &path, got: "null", reference, why, ..Wrong::default() });
            continue;
        };
        let got = number::trimmed(price);
        match judge(price, reference, evidence) {
            Ok(expected) => {
                findings.holds(&path, CheckStatus::Verified, &got, &expected, reference, None);
                held.push(Known { text: got, value: price, kind: Kind::Price, reference: path });
            }
            Err((expected, why)) => {
                let (path, expected) = (path.as_str(), expected.as_str());
                findings.fails(&Wrong {
                    path,
                    got: &got,
                    expected,
                    reference,
                    why: &why,
                    ..Wrong::default()
                });
            }
        }
    }
    end_side(answer, findings);
    held
}

fn prices(answer: &Recommendation) -> Vec<Priced<'_>> {
    let plan = &answer.plan;
    let priced = |path: &str, price, reference| Priced { path: path.to_owned(), price, reference };
    let mut prices = vec![
        priced("plan.entry_low", plan.entry_low, &plan.entry_ref),
        priced("plan.entry_high", plan.entry_high, &plan.entry_ref),
        priced("plan.stop", plan.stop, &plan.stop_ref),
    ];
    for (i, target) in plan.targets.iter().enumerate() {
        prices.push(priced(&format!("plan.targets[{i}].price"), Some(target.price), &target.reference));
    }
    let end = &answer.invalidation;
    prices.push(priced("invalidation.price", end.price, &end.reference));
    prices
}

/// What the data prints at the price's address; or that with what is wrong.
fn judge(
    price: Decimal,
    reference: &str,
    evidence: &RecommendationEvidence<'_>,
) -> Result<String, (String, String)> {
    let found = refs::resolve(evidence, reference).map_err(|why| (String::new(), why))?;
    let Some((low, high)) = range(&found) else {
        return Err((found.text, "bad_ref: there is no price at this address".to_owned()));
    };
    let most = evidence.terms.atr14_1d / Decimal::TWO;
    let away = low.checked_sub(price).into_iter().chain(price.checked_sub(high)).max();
    if away.is_none_or(|away| away > most) {
        let why =
            format!("it is further than 0.5 ATR14 of the day from its ref ({} is allowed)", most.normalize());
        return Err((found.text, why));
    }
    Ok(found.text)
}

/// A price, or the edges of a zone.
fn range(found: &Found) -> Option<(Decimal, Decimal)> {
    if found.kind != Kind::Price {
        return None;
    }
    match found.text.split_once(" to ") {
        Some((low, high)) => Some((Decimal::from_str_exact(low).ok()?, Decimal::from_str_exact(high).ok()?)),
        None => found.value().map(|price| (price, price)),
    }
}

/// A plan is ended by a close against it.
fn end_side(answer: &Recommendation, findings: &mut Findings) {
    let (wanted, edge) = match answer.direction {
        Direction::Long => (CloseSide::Below, answer.plan.entry_low),
        Direction::Short => (CloseSide::Above, answer.plan.entry_high),
        Direction::StandAside => return,
    };
    let end = &answer.invalidation;
    if end.close != wanted {
        let (got, expected) = (end.close.as_str(), wanted.as_str());
        let why = "a long is ended by a close below, a short by a close above";
        findings.fails(&Wrong { path: "invalidation.close", got, expected, why, ..Wrong::default() });
    }
    let (Some(price), Some(edge)) = (end.price, edge) else { return };
    let is_beyond = if wanted == CloseSide::Below { price <= edge } else { price >= edge };
    if !is_beyond {
        let got = number::trimmed(price);
        let why = "it must lie below the entry zone of a long, above that of a short";
        findings.fails(&Wrong { path: "invalidation.price", got: &got, why, ..Wrong::default() });
    }
}
