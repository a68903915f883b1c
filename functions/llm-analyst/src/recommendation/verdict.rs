//! What code says of a plan: its geometry, and the hard rules it breaks.

use domain::recommendation::{BrokenRule, Costs, Direction, Recommendation};
use domain::report::{CheckStatus, Checks};
use llm::Terms;
use llm::checks::{CheckedRecommendation, RecommendationEvidence, RepairItem};
use market::plan::{Geometry, Place, Plan, Side, Target, check, funding, geometry, rounded};
use rust_decimal::Decimal;

use super::liquidation::{self, Liquidation};

/// A plan as code sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// At prices the venue takes; none when standing aside, or where a price is missing.
    pub(crate) plan: Option<Plan>,
    /// Its geometry, if it has one.
    pub(crate) geometry: Option<Geometry>,
    /// What its funding is taken to be, quote currency a unit of the base currency.
    pub(crate) funding: Decimal,
    /// Where it would be liquidated, as far as that is known.
    pub(crate) liquidation: Option<Liquidation>,
    /// The hard rules it breaks.
    pub(crate) broken: Vec<BrokenRule>,
}

/// The verdict on an answer whose checks are `checks`.
pub(crate) fn of(answer: &Recommendation, checks: &Checks, evidence: &RecommendationEvidence<'_>) -> Verdict {
    let terms = evidence.terms;
    let side = match answer.direction {
        Direction::Long => Side::Long,
        Direction::Short => Side::Short,
        Direction::StandAside => return Verdict::default(),
    };
    let Some(plan) = plan(answer, side).and_then(|plan| rounded(&plan, terms.tick)) else {
        return Verdict { broken: vec![BrokenRule::MissingPrice], ..Verdict::default() };
    };
    let funding = paid(&plan, answer.plan.horizon_days, terms);
    let geometry = geometry(&plan, &Costs { per_side: terms.cost_per_side, funding });
    let liquidation = liquidation::of(&plan, evidence);
    let place = Place {
        last_price: terms.last_price,
        atr: terms.atr14_1d,
        can_be_sold_short: terms.can_be_sold_short,
        liquidation: liquidation.map(|found| found.price),
        probability: answer.probability,
    };
    let mut broken = check(&plan, geometry.as_ref(), &place);
    let wrong = checks.items.iter().filter(|item| item.status == CheckStatus::Unverified);
    let rules: Vec<_> = wrong.filter_map(|item| rule_of(&item.path)).collect();
    for rule in [BrokenRule::Unfounded, BrokenRule::OutOfRange] {
        if rules.contains(&rule) {
            broken.push(rule);
        }
    }
    Verdict { plan: Some(plan), geometry, funding, liquidation, broken }
}

/// The rule that a plan breaks by what does not hold at that path.
fn rule_of(path: &str) -> Option<BrokenRule> {
    match path {
        "plan.valid_hours" | "plan.horizon_days" | "probability" | "invalidation.close" => {
            Some(BrokenRule::OutOfRange)
        }
        "invalidation.price" => Some(BrokenRule::Unfounded),
        _ if path.starts_with("plan.") => Some(BrokenRule::Unfounded),
        _ => None,
    }
}

/// The funding of a plan that is held to its horizon; none where the rates are not known.
fn paid(plan: &Plan, horizon_days: Option<i64>, terms: &Terms) -> Decimal {
    let known = terms.mean_funding.zip(terms.funding_interval_hours);
    let hours = Decimal::from(horizon_days.unwrap_or_default().clamp(0, 366) * 24);
    known.and_then(|(rate, every)| funding(plan.side, plan.entry(), rate, every, hours)).unwrap_or_default()
}

fn plan(answer: &Recommendation, side: Side) -> Option<Plan> {
    let plan = &answer.plan;
    let targets: Vec<Target> =
        plan.targets.iter().map(|t| Target { price: t.price, fraction_pct: t.fraction_pct }).collect();
    if targets.is_empty() {
        return None;
    }
    Some(Plan { side, entry_low: plan.entry_low?, entry_high: plan.entry_high?, stop: plan.stop?, targets })
}

/// The places that a repair call may correct so that the plan keeps the rules: its prices and parts, the probability,
/// the texts that tell of it, or the direction, which can become standing aside.
pub(crate) fn problems(
    checked: &CheckedRecommendation,
    evidence: &RecommendationEvidence<'_>,
) -> Vec<RepairItem> {
    let answer = &checked.recommendation;
    let verdict = of(answer, &checked.checks, evidence);
    if verdict.broken.is_empty() {
        return Vec::new();
    }
    let why = verdict.broken.iter().map(|broken| broken.sentence()).collect::<Vec<_>>().join("; ");
    let data = figures(&verdict, evidence.terms);
    let price = |price: Option<Decimal>| price.map_or_else(|| "null".to_owned(), domain::number::trimmed);
    let plan = &answer.plan;
    let mut places = vec![
        ("direction".to_owned(), answer.direction.as_str().to_owned(), String::new()),
        ("plan.entry_low".to_owned(), price(plan.entry_low), plan.entry_ref.clone()),
        ("plan.entry_high".to_owned(), price(plan.entry_high), plan.entry_ref.clone()),
        ("plan.stop".to_owned(), price(plan.stop), plan.stop_ref.clone()),
        ("probability".to_owned(), answer.probability.to_string(), String::new()),
        // they tell of the plan, so they may have to follow it
        ("invalidation.reason".to_owned(), answer.invalidation.reason.clone(), String::new()),
        ("reasoning".to_owned(), answer.reasoning.clone(), String::new()),
        ("summary".to_owned(), answer.summary.clone(), String::new()),
    ];
    for (i, target) in plan.targets.iter().enumerate() {
        let reference = target.reference.clone();
        places.push((format!("plan.targets[{i}].price"), price(Some(target.price)), reference));
        let part = domain::number::trimmed(target.fraction_pct);
        places.push((format!("plan.targets[{i}].fraction_pct"), part, String::new()));
    }
    let offered = |path: &str| checked.problems.iter().any(|problem| problem.path == path);
    let places = places.into_iter().filter(|(path, ..)| !offered(path));
    places
        .map(|(path, got, reference)| RepairItem {
            path,
            got,
            reference,
            data: data.clone(),
            why: why.clone(),
        })
        .collect()
}

/// What the plan comes to, for the repair call.
fn figures(verdict: &Verdict, terms: &Terms) -> String {
    let atr = domain::number::trimmed(terms.atr14_1d);
    let last = domain::number::trimmed(terms.last_price);
    match &verdict.geometry {
        None => format!("last price {last}; ATR14 of the day {atr}"),
        Some(geometry) => format!(
            "worst entry {}; loss {}; reward to risk {}; of the first target {}; last price {last}; ATR14 of the day {atr}{}",
            geometry.entry.normalize(),
            geometry.loss.round_dp(8).normalize(),
            geometry.reward_to_risk.round_dp(2),
            geometry.first_reward_to_risk.round_dp(2),
            verdict.liquidation.map_or_else(String::new, |found| {
                format!("; liquidation {}", found.price.round_dp(8).normalize())
            }),
        ),
    }
}

#[cfg(test)]
mod tests {
    use domain::Market;
    use domain::report::CheckItem;

    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    /// The plan that analysis.md works out by hand: 74050..75000, stop 71900, half each at 79485.66 and 83822.76.
    fn answer() -> Recommendation {
        let target = |price: &str| {
            serde_json::json!({
                "price": price.parse::<f64>().unwrap(), "fraction_pct": 50, "ref": "1d:levels[R1].low"
            })
        };
        serde_json::from_value(serde_json::json!({
            "sources": [], "conflicts": [], "case_long": [], "case_short": [], "account_effect": "",
            "direction": "long",
            "plan": {
                "entry_low": 74050, "entry_high": 75000, "entry_ref": "1d:levels[S1].low",
                "stop": 71900, "stop_ref": "1d:levels[S2].low",
                "targets": [target("79485.66"), target("83822.76")],
                "valid_hours": 72, "horizon_days": 20
            },
            "invalidation": {
                "reason": "", "ref": "1d:levels[S2].low", "price": 71500, "close": "below", "timeframe": "1d"
            },
            "change_mind": [], "probability": 55, "reasoning": "", "summary": ""
        }))
        .unwrap()
    }

    fn broken(path: Option<&str>) -> Vec<BrokenRule> {
        let terms = Terms {
            market: Market::Spot,
            can_be_sold_short: false,
            tick: decimal("0.01"),
            price_unit: "USDT".to_owned(),
            last_price: decimal("75928.1"),
            atr14_1d: decimal("2000"),
            cost_per_side: decimal("0.0015"),
            mean_funding: None,
            funding_interval_hours: None,
            leverage: None,
            maintenance_margin: None,
            account: "not_provided",
        };
        let evidence = RecommendationEvidence { sources: &[], terms: &terms, account: None, tools: &[] };
        let item = |path: &str| CheckItem {
            path: path.to_owned(),
            status: CheckStatus::Unverified,
            got: String::new(),
            expected: String::new(),
            reference: String::new(),
            span: None,
            was: None,
            why: None,
        };
        let items = path.map(item).into_iter().collect();
        let checks = Checks { checked: 1, verified: 0, repaired: 0, unverified: 1, key_order: true, items };
        of(&answer(), &checks, &evidence).broken
    }

    #[test]
    fn a_plan_is_not_valid_by_what_nobody_could_keep() {
        assert_eq!(broken(None), []);
        assert_eq!(broken(Some("summary")), [], "a text makes no plan invalid");
        for path in ["plan.valid_hours", "plan.horizon_days", "probability", "invalidation.close"] {
            assert_eq!(broken(Some(path)), [BrokenRule::OutOfRange], "{path}");
        }
        for path in ["plan.stop", "plan.targets[1].price", "invalidation.price"] {
            assert_eq!(broken(Some(path)), [BrokenRule::Unfounded], "{path}");
        }
    }
}
