use domain::report::{CheckItem, CheckStatus, Leans, Trust};
use serde_json::{Value, json};

use super::*;
use crate::checks::{check, sample};

fn first(change: impl FnOnce(&mut Value)) -> Checked {
    let mut answer: Value = serde_json::from_str(sample::ANSWER).unwrap();
    answer["parent_relation"] = json!("no_parent");
    change(&mut answer);
    let report: domain::report::Report = serde_json::from_value(answer).unwrap();
    let data = sample::ohlcv();
    check(&serde_json::to_string(&report).unwrap(), &Evidence { ohlcv: &data, parent: None, tools: &[] })
        .unwrap()
}

fn repaired(first: &Checked, repairs: Value) -> Checked {
    let data = sample::ohlcv();
    let reply = json!({ "repairs": repairs }).to_string();
    apply(first, &reply, &Evidence { ohlcv: &data, parent: None, tools: &[] })
}

fn entry(path: &str, text: Value, number: Value, reference: Value, leans: Value) -> Value {
    json!({"path": path, "text": text, "number": number, "ref": reference, "leans": leans})
}

fn item<'a>(checked: &'a Checked, path: &str) -> &'a CheckItem {
    checked.checks.items.iter().find(|item| item.path == path).unwrap()
}

fn counts(checked: &Checked) -> (u32, u32, u32, u32) {
    let checks = &checked.checks;
    (checks.checked, checks.verified, checks.repaired, checks.unverified)
}

fn wrong_cite() -> Checked {
    first(|answer| {
        answer["observations"][2]["cites"][0]["value"] = json!(57.3);
        answer["observations"][2]["says"] = json!("RSI14 rose from 38.0 to 57.3.");
    })
}

#[test]
fn a_wrong_cite_is_corrected_with_its_claim() {
    let first = wrong_cite();
    assert_eq!(counts(&first), (26, 24, 0, 2));
    let repair = entry(
        "observations[2].cites[0]",
        json!("RSI14 rose from 38.0 to 47.3."),
        json!(47.3),
        Value::Null,
        json!("neutral"),
    );
    let again = repaired(&first, json!([repair]));
    assert_eq!(counts(&again), (26, 26, 2, 0));
    let cite = item(&again, "observations[2].cites[0]");
    assert_eq!((cite.status, cite.was.as_deref()), (CheckStatus::Repaired, Some("57.3")));
    let numbers: Vec<_> =
        again.checks.items.iter().filter(|item| item.path == "observations[2].says").collect();
    assert_eq!((numbers[0].status, numbers[0].was.as_deref()), (CheckStatus::Verified, None));
    assert_eq!((numbers[1].status, numbers[1].was.as_deref()), (CheckStatus::Repaired, Some("57.3")));
    assert_eq!(again.report.observations[2].leans, Leans::Neutral);
    assert_eq!(again.problems, []);
}

#[test]
fn a_stubborn_number_stays_and_is_marked() {
    let first = wrong_cite();
    let again = repaired(
        &first,
        json!([entry("observations[2].cites[0]", Value::Null, json!(58.3), Value::Null, Value::Null)]),
    );
    assert_eq!(counts(&again), (26, 24, 0, 2));
    assert_eq!(item(&again, "observations[2].cites[0]").got, "58.3");
    let unchanged = repaired(&first, json!([]));
    assert_eq!(counts(&unchanged), (26, 24, 0, 2));
    assert_eq!(unchanged.report, first.report);
}

#[test]
fn other_paths_are_left_alone() {
    let first = wrong_cite();
    let again = repaired(
        &first,
        json!([
            entry("summary", json!("Buy now."), Value::Null, Value::Null, Value::Null),
            entry("bias", json!("bullish"), Value::Null, Value::Null, Value::Null),
            entry("observations[1].says", json!("x"), Value::Null, Value::Null, Value::Null),
            entry("observations[2].cites[1]", Value::Null, json!(1), Value::Null, Value::Null),
            entry("observations[2].aspect", json!("volume"), Value::Null, Value::Null, Value::Null),
            entry("observations[22].says", json!("x"), Value::Null, Value::Null, Value::Null),
            entry("invalidation.above", Value::Null, json!(90000), Value::Null, Value::Null),
        ]),
    );
    assert_eq!(again.report, first.report);
}

#[test]
fn a_reply_that_cannot_be_read_corrects_nothing() {
    let first = wrong_cite();
    let data = sample::ohlcv();
    let evidence = Evidence { ohlcv: &data, parent: None, tools: &[] };
    for reply in ["", "sorry", "{}", "[]", r#"{"repairs":[{"path":3}]}"#] {
        assert_eq!(apply(&first, reply, &evidence), first);
    }
}

#[test]
fn odds_bias_prices_and_levels_are_corrected_in_their_own_fields() {
    let first = first(|answer| {
        answer["scenarios"]["p_up"] = json!(52);
        answer["levels"][1] = json!("levels[R9]");
        answer["invalidation"]["above"] = json!(70000);
        answer["usable"] = json!("full");
    });
    assert_eq!(first.trust, Trust::Low);
    let null = || Value::Null;
    let again = repaired(
        &first,
        json!([
            entry("scenarios.p_up", null(), json!(42), null(), null()),
            entry("levels[1]", null(), null(), json!("levels[R1]"), null()),
            entry("invalidation.above", null(), json!(89256.69), null(), null()),
            entry("usable", json!("partial"), null(), null(), null()),
        ]),
    );
    assert_eq!(again.trust, Trust::Ok);
    assert_eq!(again.problems, []);
    for (path, was) in [
        ("scenarios", "52 + 32 + 26"),
        ("levels[1]", "levels[R9]"),
        ("invalidation.above", "70000"),
        ("usable", "full"),
    ] {
        let item = item(&again, path);
        assert_eq!((item.status, item.was.as_deref()), (CheckStatus::Repaired, Some(was)), "{path}");
    }
    assert_eq!(counts(&again), (27, 27, 4, 0));
}

#[test]
fn a_price_can_be_taken_away() {
    let first = first(|answer| {
        answer["bias"] = json!("bullish");
    });
    assert_eq!(item(&first, "invalidation.above").status, CheckStatus::Unverified);
    let again = repaired(
        &first,
        json!([entry("invalidation.above", Value::Null, Value::Null, json!(""), Value::Null)]),
    );
    assert_eq!(again.report.invalidation.above, None);
    assert_eq!(again.trust, Trust::Ok);
}

#[test]
fn no_reply_makes_it_panic() {
    let first = wrong_cite();
    let data = sample::ohlcv();
    let evidence = Evidence { ohlcv: &data, parent: None, tools: &[] };
    let good = json!({ "repairs": [entry(
        "observations[2].cites[0]",
        json!("RSI14 rose from 38.0 to 47.3."),
        json!(47.3),
        json!("indicators[2026-04-20].rsi14"),
        json!("neutral"),
    )] });
    let good = good.to_string();
    bolero::check!().for_each(|bytes: &[u8]| {
        let [high, low, length, with @ ..] = bytes else { return };
        let at = usize::from(u16::from_be_bytes([*high, *low])) % good.len();
        let end = good.len().min(at + usize::from(*length));
        let spliced = [&good.as_bytes()[..at], with, &good.as_bytes()[end..]].concat();
        let text = String::from_utf8_lossy(with);
        let _ = apply(&first, &text, &evidence);
        let _ = apply(&first, &String::from_utf8_lossy(&spliced), &evidence);
        let again = repaired(
            &first,
            json!([entry("observations[2].cites[0]", json!(text), json!(at), json!(text), json!(text))]),
        );
        assert_eq!(again.report.summary, first.report.summary);
    });
}
