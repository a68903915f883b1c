use domain::report::{CheckItem, CheckStatus, Trust};
use domain::{Timeframe, report};
use serde_json::{Value, json};

use super::*;

fn checked(change: impl FnOnce(&mut Value)) -> Checked {
    checked_under(None, change)
}

fn checked_under(parent: Option<&ParentReport>, change: impl FnOnce(&mut Value)) -> Checked {
    // through the types, which keep the order that a map would lose
    let mut answer: Value = serde_json::from_str(sample::ANSWER).unwrap();
    if parent.is_none() {
        answer["parent_relation"] = json!("no_parent");
    }
    change(&mut answer);
    let report: Report = serde_json::from_value(answer).unwrap();
    let data = sample::ohlcv();
    check(&serde_json::to_string(&report).unwrap(), &Evidence { ohlcv: &data, parent }).unwrap()
}

fn parent(bias: report::Bias, unverified: Vec<String>) -> ParentReport {
    let mut report = sample::report();
    report.bias = bias;
    ParentReport::new("rep-1M-4f1q8c2d".parse().unwrap(), Timeframe::Month, Trust::Ok, report, unverified)
}

fn neutral_parent() -> ParentReport {
    parent(report::Bias::Neutral, vec![])
}

fn at<'a>(checked: &'a Checked, path: &str) -> Vec<&'a CheckItem> {
    checked.checks.items.iter().filter(|item| item.path == path).collect()
}

fn wrong(checked: &Checked) -> Vec<(&str, &str)> {
    let items = checked.checks.items.iter();
    let wrong = items.filter(|item| item.status == CheckStatus::Unverified);
    wrong.map(|item| (item.path.as_str(), item.got.as_str())).collect()
}

/// Statuses of the numbers in a claim that cites the close, both averages, the week's high and last price.
fn claim(says: &str) -> Vec<(String, CheckStatus)> {
    let checked = checked(|answer| {
        answer["observations"][3]["cites"] = json!([
            {"ref": "bars[2026-04-20].c", "value": 78657.55},
            {"ref": "indicators[2026-04-20].ema50", "value": 86300},
            {"ref": "indicators[2026-04-20].rsi14", "value": 47.3},
            {"ref": "indicators[2026-04-20].rvol20", "value": 0.68},
            {"ref": "forming.h", "value": 79485.66},
            {"ref": "forming.c", "value": 75928.1}
        ]);
        answer["observations"][3]["says"] = json!(says);
    });
    at(&checked, "observations[3].says").into_iter().map(|item| (item.got.clone(), item.status)).collect()
}

fn statuses(says: &str) -> Vec<CheckStatus> {
    claim(says).into_iter().map(|(_, status)| status).collect()
}

use CheckStatus::{Derived, Unverified, Verified};

#[test]
fn all_26_items_of_the_sample_hold() {
    let data = sample::ohlcv();
    let parent = neutral_parent();
    let evidence = Evidence { ohlcv: &data, parent: Some(&parent) };
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
fn a_number_cannot_be_taken_apart_to_pass() {
    // 45 and 000 are no two numbers of the data, whatever the odds are
    assert_eq!(statuses("Fair value is 45 000."), [Unverified]);
    assert_eq!(statuses("Fair value is 42 000."), [Unverified]);
    for hidden in ['\u{200b}', '\u{2060}', '\u{ad}', '\u{34f}'] {
        let mut answer: serde_json::Value = serde_json::from_str(sample::ANSWER).unwrap();
        answer["summary"] = json!(format!("Next is 9{hidden}4{hidden},500."));
        let error =
            check(&answer.to_string(), &Evidence { ohlcv: &sample::ohlcv(), parent: None }).unwrap_err();
        assert!(error.to_string().contains("invisible"), "{error}");
    }
}

#[test]
fn an_answer_far_over_the_rules_is_not_checked_for_minutes() {
    let refused = |change: fn(&mut serde_json::Value)| {
        let mut answer: serde_json::Value = serde_json::from_str(sample::ANSWER).unwrap();
        change(&mut answer);
        check(&answer.to_string(), &Evidence { ohlcv: &sample::ohlcv(), parent: None }).is_err()
    };
    assert!(refused(|answer| {
        let cite = answer["observations"][0]["cites"][0].clone();
        answer["observations"][0]["cites"] = json!(vec![cite; 1000]);
    }));
    assert!(refused(|answer| answer["summary"] = json!("1 ".repeat(3000))));
}

#[test]
fn rounding_keeps_three_digits_or_whole_oscillators() {
    assert_eq!(statuses("Close 78,700."), [Verified]);
    assert_eq!(statuses("Close 78.7k."), [Verified]);
    assert_eq!(statuses("Close 79,000."), [Unverified]);
    assert_eq!(statuses("Close 79k."), [Unverified]);
    assert_eq!(statuses("Close 78,600."), [Unverified]);
    assert_eq!(statuses("RSI at 47."), [Verified]);
    assert_eq!(statuses("RSI at 48."), [Unverified]);
    assert_eq!(statuses("Volume 0.7x its mean."), [Unverified]);
    assert_eq!(statuses("Volume 0.68x its mean."), [Verified]);
}

#[test]
fn numbers_are_read_as_people_write_them() {
    for says in [
        "Close 78,657.55.",
        "Close 78 657.55.",
        "Close 78\u{a0}657,55.",
        "Close 78657,55;",
        "Close $78,657.55,",
        "Close 78657.55 USDT",
        "(78657.55)",
        "78,657.55-79,485.66",
    ] {
        let found = claim(says);
        assert!(
            !found.is_empty() && found.iter().all(|(_, status)| *status == Verified),
            "{says}: {found:?}"
        );
    }
    assert_eq!(statuses("RSI 47,3, volume 0,68x"), [Verified, Verified]);
    assert_eq!(statuses("Close 7.865755e4."), [Unverified]);
    assert_eq!(statuses("Close ７８６５７."), [Unverified]);
}

#[test]
fn dates_timeframes_names_and_ids_are_no_numbers() {
    for says in [
        "On 2026-04-20 and in 2026-04, 2026-04-29T20:00 and at 04:00 UTC.",
        "Week of 20 April 2026, April 20th, Apr 20; 20 апреля.",
        "On 1M, 1w, 1d, 4h; the 52w high; a 20-week base, 12-month range, 20-недельная.",
        "EMA20, EMA 20, EMA(20), EMA20/50, ema200, RSI14, RSI(14), MACD(12, 26, 9), ATR14, BB 20, the 50 EMA.",
        "See o1, S1, R1, H2 and L3; 42 words of 100.".split("42").next().unwrap(),
        "BTCUSDT in 2025, 3 lower highs in 12 bars.",
    ] {
        assert_eq!(claim(says), [], "{says}");
    }
    // none of these exists here
    assert_eq!(statuses("EMA21 and RSI 21"), [Unverified, Unverified]);
    assert_eq!(statuses("On 2016-04-20 and on 2027-04-20."), [Unverified, Unverified]);
    assert_eq!(statuses("The 2031 target."), [Unverified]);
    assert_eq!(statuses("13 bars"), [Unverified]);
    assert_eq!(statuses("May 77,929"), [Unverified]);
    assert_eq!(statuses("RSI 14.5"), [Unverified]);
}

#[test]
fn two_numbers_give_a_difference_a_change_a_ratio_and_a_distance() {
    // 86300 - 78657.55; 75928.1 / 78657.55 - 1 = -3.4700 %; (86300 - 78657.55) / 8033 = 0.9514
    assert_eq!(statuses("7,642.45 under EMA50"), [Derived]);
    assert_eq!(statuses("7,642 under EMA50"), [Derived]);
    assert_eq!(statuses("-3.47 % this week"), [Derived]);
    assert_eq!(statuses("down 3.5 %"), [Derived]);
    assert_eq!(statuses("+3.47 % this week"), [Unverified]);
    assert_eq!(statuses("down 3.4 %"), [Unverified]);
    assert_eq!(statuses("0.95 ATR14 under EMA50"), [Derived]);
    assert_eq!(statuses("1.0 ATR14 under EMA50"), [Derived]);
    assert_eq!(statuses("1.2 ATR14 under EMA50"), [Unverified]);
    // 86300 / 78657.55 = 1.0972
    assert_eq!(statuses("1.10x the close"), [Derived]);
    assert_eq!(statuses("1.15x the close"), [Unverified]);
    let checked = checked(|answer| {
        answer["observations"][1]["says"] = json!("EMA20 is 9.7 % under EMA50.");
    });
    let item = at(&checked, "observations[1].says")[0];
    // 77929 / 86300 - 1 = -9.70 %
    assert_eq!(item.expected, "indicators[2026-04-20].ema20 / indicators[2026-04-20].ema50 - 1");
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
fn reordered_keys_are_recorded_and_nothing_else() {
    let data = sample::ohlcv();
    let evidence = Evidence { ohlcv: &data, parent: None };
    let sorted = serde_json::to_string(&serde_json::from_str::<Value>(sample::ANSWER).unwrap()).unwrap();
    let checked = check(&sorted, &evidence).unwrap();
    assert!(!checked.checks.key_order);
    assert_eq!(checked.report, sample::report());
    let inner = sample::ANSWER
        .replace(r#""ref":"forming.h","value":79485.66"#, r#""value":79485.66,"ref":"forming.h""#);
    assert_ne!(inner, sample::ANSWER);
    assert!(!check(&inner, &evidence).unwrap().checks.key_order);
}

#[test]
fn what_is_no_report_is_told_apart() {
    let data = sample::ohlcv();
    let evidence = Evidence { ohlcv: &data, parent: None };
    let half = &sample::ANSWER[..sample::ANSWER.len() / 2];
    let extra = sample::ANSWER.replacen('{', "{\"note\":1,", 1);
    let missing = sample::ANSWER.replace("\"above\":89256.69,", "");
    let hour = sample::ANSWER.replace("\"timeframe\":\"1w\"", "\"timeframe\":\"1h\"");
    let word = sample::ANSWER.replace("\"bias\":\"neutral\"", "\"bias\":\"sideways\"");
    for text in [half, &extra, &missing, &hour, &word, "", "I cannot", &"[".repeat(100_000)] {
        assert!(
            matches!(check(text, &evidence), Err(AnswerError::Schema(_))),
            "{}",
            &text[..text.len().min(60)]
        );
    }
    assert!(matches!(check(&" ".repeat(1 << 20), &evidence), Err(AnswerError::TooLong(_))));
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

#[test]
fn a_claim_has_400_characters_at_most() {
    let with =
        |length: usize| checked(|answer| answer["observations"][2]["says"] = json!("ж".repeat(length)));
    assert_eq!(wrong(&with(400)), []);
    assert_eq!(wrong(&with(401)), [("observations[2].says", "401 characters")]);
}

#[test]
fn no_bytes_make_it_panic() {
    let data = sample::ohlcv();
    let parent = neutral_parent();
    let evidence = Evidence { ohlcv: &data, parent: Some(&parent) };
    bolero::check!().for_each(|bytes: &[u8]| {
        let [high, low, length, with @ ..] = bytes else { return };
        let at = usize::from(u16::from_be_bytes([*high, *low])) % sample::ANSWER.len();
        let end = sample::ANSWER.len().min(at + usize::from(*length));
        let spliced = [&sample::ANSWER.as_bytes()[..at], with, &sample::ANSWER.as_bytes()[end..]].concat();
        let text = String::from_utf8_lossy(with);
        let _ = check(&text, &evidence);
        let _ = check(&String::from_utf8_lossy(&spliced), &evidence);
        let mut report = sample::report();
        report.summary = text.to_string();
        report.observations[0].cites[0].reference = text.to_string();
        let checked = examine(report, true, &evidence);
        assert_eq!(checked.checks.checked, checked.checks.verified + checked.checks.unverified);
        for item in checked.checks.items.iter().filter(|item| item.path == "summary") {
            let Some((start, length)) = item.span else { continue };
            assert_eq!(text.get(start as usize..(start + length) as usize), Some(item.got.as_str()));
        }
    });
}

proptest::proptest! {
    #[test]
    fn texts_full_of_numbers_never_panic(text in "[0-9.,k%xeM$ \u{a0}−+/:TZ()oSRLHEMARSIapril-]{0,80}") {
        let data = sample::ohlcv();
        let mut report = sample::report();
        report.summary = text;
        let checked = examine(report, true, &Evidence { ohlcv: &data, parent: None });
        proptest::prop_assert_eq!(checked.checks.items.len(), checked.checks.checked as usize);
    }

    #[test]
    fn a_price_of_the_data_is_right_however_it_is_grouped(cents in 100_000_i64..100_000_000) {
        let price = rust_decimal::Decimal::new(cents, 2);
        let text = domain::number::trimmed(price);
        let mut data = sample::ohlcv();
        data.bars.rows = vec![format!("2026-04-20,1,2,1,{text},1")];
        for written in [text.clone(), domain::number::grouped(&text), domain::number::grouped(&text).replace(',', " ")] {
            let mut report = sample::report();
            report.observations[1].cites.truncate(1);
            report.observations[1].cites[0].value = price;
            report.observations[1].says = format!("Close {written}.");
            let checked = examine(report, true, &Evidence { ohlcv: &data, parent: None });
            let items = at(&checked, "observations[1].says");
            let holds = items.len() == 1 && items[0].status == Verified;
            proptest::prop_assert!(holds, "{} {:?}", written, items);
        }
    }
}
