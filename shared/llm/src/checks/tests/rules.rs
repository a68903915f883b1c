use serde_json::json;

use super::*;

#[test]
fn a_bias_needs_its_odds() {
    let bullish = |up: i64, down: i64| {
        checked(|answer| {
            answer["bias"] = json!("bullish");
            answer["scenarios"]["p_up"] = json!(up);
            answer["scenarios"]["p_down"] = json!(down);
            answer["invalidation"]["above"] = json!(null);
            answer["invalidation"]["above_ref"] = json!("");
        })
    };
    assert_eq!(wrong(&bullish(42, 32)), []);
    assert_eq!(wrong(&bullish(32, 42)), [("bias", "bullish")]);
    assert_eq!(wrong(&bullish(37, 37)), [("bias", "bullish")]);
}

#[test]
fn a_bias_cannot_rest_on_warming_indicators_alone() {
    let checked = checked(|answer| {
        answer["bias"] = json!("bullish");
        answer["invalidation"]["above"] = json!(null);
        answer["observations"][2]["cites"] =
            json!([{"ref": "indicators[2026-04-20].ema200", "value": 68243}]);
        answer["observations"][2]["says"] = json!("Price stands over EMA200.");
    });
    assert_eq!(wrong(&checked), [("bias", "bullish")]);
}

#[test]
fn an_invalidation_stands_on_its_side_near_its_ref_and_off_the_price() {
    let above = |price: f64, reference: &str| {
        let checked = checked(|answer| {
            answer["invalidation"]["above"] = json!(price);
            answer["invalidation"]["above_ref"] = json!(reference);
        });
        let item = at(&checked, "invalidation.above")[0].clone();
        assert_eq!(checked.trust, if item.status == Verified { Trust::Ok } else { Trust::Low });
        (item.status, item.why.unwrap_or_default())
    };
    // ATR14 is 8033: 0.25 of it 2008.25, 0.5 of it 4016.5; the last price is 75928.1
    assert_eq!(above(91_264.94, "levels[R1].high").0, Verified);
    assert!(above(91_265.0, "levels[R1].high").1.contains("0.25 ATR14"));
    assert!(above(74_508.0, "levels[S1].high").1.contains("wrong side"));
    assert!(above(79_485.66, "forming.h").1.contains("0.5 ATR14"));
    assert!(above(89_256.69, "levels[R7].high").1.contains("bad_ref"));
    assert!(above(8_033.0, "indicators[2026-04-20].atr14").1.contains("bad_ref"));
}

#[test]
fn a_bias_is_ended_on_its_own_side_only() {
    let checked = checked(|answer| {
        answer["bias"] = json!("bearish");
        answer["scenarios"]["p_up"] = json!(32);
        answer["scenarios"]["p_down"] = json!(42);
        answer["invalidation"]["above"] = json!(null);
    });
    assert_eq!(wrong(&checked), [("invalidation.above", "null"), ("invalidation.below", "53485.93")]);
    assert_eq!(checked.trust, Trust::Low);
}

#[test]
fn the_relation_follows_from_the_two_biases() {
    let bearish = parent(report::Bias::Bearish, vec![]);
    assert_eq!(wrong(&checked_under(Some(&bearish), |_| {})), []);
    let bullish = |answer: &mut Value| {
        answer["bias"] = json!("bullish");
        answer["invalidation"]["above"] = json!(null);
    };
    let checked = checked_under(Some(&bearish), bullish);
    assert_eq!(wrong(&checked), [("parent_relation", "neutral")]);
    assert_eq!(at(&checked, "parent_relation")[0].expected, "contradicts");
    let silent = checked_under(Some(&bearish), |answer| answer["parent_reason"] = json!("It does, see o9."));
    assert_eq!(wrong(&silent)[0].0, "parent_reason");
}

#[test]
fn what_a_repair_cannot_add_is_marked() {
    let checked = checked(|answer| {
        answer["observations"].as_array_mut().unwrap().truncate(2);
        answer["levels"] = json!([]);
        answer["parent_reason"] = json!("");
        answer["usable"] = json!("full");
    });
    let paths: Vec<&str> = wrong(&checked).into_iter().map(|(path, _)| path).collect();
    assert_eq!(paths, ["usable", "observations", "observations", "observations", "levels"]);
    let offered: Vec<&str> = checked.problems.iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(offered, ["usable"]);
}

#[test]
fn abstaining_has_a_shape() {
    let abstain = |answer: &mut Value| {
        *answer = json!({"issues": ["too few bars"], "usable": "none", "observations": [], "levels": [],
            "parent_reason": "", "parent_relation": "no_parent", "outcome": "insufficient_history",
            "scenarios": {"up": "", "down": "", "p_up": 0, "p_down": 0, "p_neither": 0}, "trend": "unclear",
            "bias": "none", "invalidation": {"reason": "", "above": null, "above_ref": "", "below": null,
            "below_ref": "", "timeframe": "1w"}, "confidence": 0, "summary": ""});
    };
    let good = checked(abstain);
    assert_eq!((good.checks.checked, good.checks.unverified), (1, 0));
    let bad = checked(|answer| {
        abstain(answer);
        answer["summary"] = json!("Looks bullish.");
        answer["bias"] = json!("bullish");
        answer["confidence"] = json!(60);
        answer["scenarios"]["p_up"] = json!(100);
        answer["invalidation"]["below"] = json!(53485.93);
    });
    let mut paths: Vec<&str> = wrong(&bad).into_iter().map(|(path, _)| path).collect();
    paths.sort_unstable();
    assert_eq!(paths, ["bias", "confidence", "invalidation.below", "scenarios", "summary"]);
}

#[test]
fn a_claim_has_400_characters_at_most() {
    let with =
        |length: usize| checked(|answer| answer["observations"][2]["says"] = json!("ж".repeat(length)));
    assert_eq!(wrong(&with(400)), []);
    assert_eq!(wrong(&with(401)), [("observations[2].says", "401 characters")]);
}
