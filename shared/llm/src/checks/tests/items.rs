use serde_json::json;

use super::*;

#[test]
fn all_26_items_of_the_sample_hold() {
    let data = sample::ohlcv();
    let parent = neutral_parent();
    let evidence = Evidence { ohlcv: &data, parent: Some(&parent), tools: &[] };
    let checked = check(sample::ANSWER, &evidence).unwrap();
    let checks = &checked.checks;
    assert_eq!((checks.checked, checks.verified, checks.repaired, checks.unverified), (26, 26, 0, 0));
    assert!(checks.key_order);
    assert_eq!(checked.trust, Trust::Ok);
    assert_eq!(checked.problems, []);
    // 9 cites, 9 numbers in claims, 3 in scenarios, 2 levels, 2 prices, the odds
    let count = |part: &str| checks.items.iter().filter(|item| item.path.contains(part)).count();
    assert_eq!([count(".cites["), count(".says"), count("scenarios."), count("levels[")], [9, 9, 3, 2]);
}

#[test]
fn a_span_is_the_number_in_its_text() {
    let checked = checked(|_| {});
    let item = at(&checked, "observations[1].says")[1];
    let (start, length) = item.span.unwrap();
    let says = &checked.report.observations[1].says;
    assert_eq!(says.get(start as usize..(start + length) as usize), Some("77,929"));
    assert_eq!((item.expected.as_str(), item.reference.as_str()), ("77929", "indicators[2026-04-20].ema20"));
}

#[test]
fn a_cite_must_name_an_address_and_its_value() {
    let checked = checked(|answer| {
        answer["observations"][0]["cites"][0]["value"] = json!(60001);
        answer["observations"][0]["cites"][1]["ref"] = json!("swings[L9].p");
    });
    let off = at(&checked, "observations[0].cites[0]")[0];
    assert_eq!((off.status, off.got.as_str(), off.expected.as_str()), (Unverified, "60001", "60000"));
    let bad = at(&checked, "observations[0].cites[1]")[0];
    assert_eq!((bad.status, bad.expected.as_str()), (Unverified, ""));
    assert!(bad.why.as_deref().unwrap().starts_with("bad_ref"));
    // the claim may still use what the data prints at the address that exists, not the other
    assert_eq!(wrong(&checked)[2..], [("observations[0].says", "107,255")]);
    let paths: Vec<&str> = checked.problems.iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(paths, ["observations[0].cites[0]", "observations[0].cites[1]", "observations[0].says"]);
}

#[test]
fn an_invented_price_is_wrong_even_if_it_is_elsewhere_in_the_data() {
    // 60,000 is a swing of the data, but no cite of this claim
    assert_eq!(statuses("Close 78,657.55, support 60,000."), [Verified, Unverified]);
    assert_eq!(statuses("Close 78,657.55, target 91,234."), [Verified, Unverified]);
    assert_eq!(statuses("Target 45000."), [Unverified]);
}

#[test]
fn one_digit_off_is_wrong_and_the_data_stands_beside_it() {
    let checked = checked(|answer| answer["summary"] = json!("Close 78,656.55 under EMA50."));
    let item = at(&checked, "summary")[0];
    assert_eq!((item.status, item.expected.as_str()), (Unverified, "78657.55"));
    assert_eq!(item.reference, "bars[2026-04-20].c");
}

#[test]
fn a_guess_is_never_shown_as_the_datas_value() {
    // 78,501.23 is near the close of 78,657.55, and is not it
    let near = checked(|answer| answer["summary"] = json!("Close 78,501.23 under EMA50."));
    let item = at(&near, "summary")[0];
    assert_eq!((item.status, item.expected.as_str(), item.reference.as_str()), (Unverified, "", ""));
    // told as it was wrongly cited, the data's value is that of the address
    let cited = checked(|answer| {
        answer["observations"][1]["cites"][0]["value"] = json!(91234);
        answer["summary"] = json!("Close 91,234 under EMA50, not 78,657.55.");
    });
    let items = at(&cited, "summary");
    assert_eq!((items[0].status, items[0].expected.as_str()), (Unverified, "78657.55"));
    // and the true number at an address that the answer cites is not struck
    assert_eq!(items[1].status, Verified);
}

#[test]
fn other_texts_may_use_what_the_answer_verified() {
    let checked = checked(|answer| {
        answer["summary"] =
            json!("Up 42, down 32 of 100; 78,657.55; S1 at 74,508; barrier 63,879; 126,199.63.");
        answer["invalidation"]["reason"] = json!("Close over 89,256.69 or under 53,485.93.");
    });
    assert_eq!(wrong(&checked), [("summary", "126,199.63")]);
    assert_eq!(at(&checked, "summary").len(), 6);
}

#[test]
fn the_odds_are_one_item() {
    let checked = checked(|answer| answer["scenarios"]["p_up"] = json!(52));
    assert_eq!(wrong(&checked), [("scenarios", "52 + 32 + 26")]);
    let paths: Vec<&str> = checked.problems.iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(paths, ["scenarios.p_up", "scenarios.p_down", "scenarios.p_neither"]);
    let huge = |answer: &mut Value| {
        answer["scenarios"]["p_up"] = json!(i64::MAX);
        answer["scenarios"]["p_down"] = json!(i64::MAX);
    };
    assert_eq!(at(&super::tests::checked(huge), "scenarios")[0].status, Unverified);
}

#[test]
fn a_parents_number_can_be_cited_unless_it_is_marked() {
    let cite = |answer: &mut Value| {
        answer["observations"][3]["cites"][0] =
            json!({"ref": "parent:observations[1].cites[0].value", "value": 78657.55});
        answer["observations"][3]["cites"][1] = json!({"ref": "forming.c", "value": 75928.1});
        answer["observations"][3]["says"] = json!("Parent's close 78,657.55.");
    };
    assert_eq!(wrong(&checked_under(Some(&neutral_parent()), cite)), []);
    let marked = parent(report::Bias::Neutral, vec!["observations[1].cites[0]".into()]);
    assert_eq!(wrong(&checked_under(Some(&marked), cite))[0].0, "observations[3].cites[0]");
    let other =
        parent(report::Bias::Neutral, vec!["observations[1].cites[0".into(), "observations[11]".into()]);
    assert_eq!(wrong(&checked_under(Some(&other), cite)), []);
}

#[test]
fn trust_is_low_over_a_tenth() {
    let spoiled = |count: usize| {
        let checked = checked(|answer| {
            let texts = ["78,650", "78,651", "78,652"];
            answer["summary"] = json!(texts[..count].join(" and "));
        });
        (checked.checks.unverified, checked.checks.checked, checked.trust)
    };
    // 26 items hold: 2 of 28 are 7 %, 3 of 29 are 10.3 %
    assert_eq!(spoiled(2), (2, 28, Trust::Ok));
    assert_eq!(spoiled(3), (3, 29, Trust::Low));
}
