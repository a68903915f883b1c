use serde_json::json;

use super::*;

#[test]
fn an_answer_far_over_the_rules_is_not_checked_for_minutes() {
    let refused = |change: fn(&mut serde_json::Value)| {
        let mut answer: serde_json::Value = serde_json::from_str(sample::ANSWER).unwrap();
        change(&mut answer);
        check(&answer.to_string(), &Evidence { ohlcv: &sample::ohlcv(), parent: None, tools: &[] }).is_err()
    };
    assert!(refused(|answer| {
        let cite = answer["observations"][0]["cites"][0].clone();
        answer["observations"][0]["cites"] = json!(vec![cite; 1000]);
    }));
    assert!(refused(|answer| answer["summary"] = json!("1 ".repeat(3000))));
}

#[test]
fn reordered_keys_are_recorded_and_nothing_else() {
    let data = sample::ohlcv();
    let evidence = Evidence { ohlcv: &data, parent: None, tools: &[] };
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
    let evidence = Evidence { ohlcv: &data, parent: None, tools: &[] };
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
fn no_bytes_make_it_panic() {
    let data = sample::ohlcv();
    let parent = neutral_parent();
    let evidence = Evidence { ohlcv: &data, parent: Some(&parent), tools: &[] };
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

#[test]
fn a_repair_is_told_no_more_than_it_can_use() {
    let long = "x".repeat(5000);
    let checked = checked(|answer| {
        answer["levels"][0] = json!(long);
        answer["summary"] = json!("Next is 91,234.");
    });
    let problem = |path: &str| checked.problems.iter().find(|problem| problem.path == path).unwrap();
    let level = problem("levels[0]");
    assert_eq!((level.got.chars().count(), level.reference.chars().count()), (202, 202));
    // 9 cites, 8 zone edges, 8 barriers, 2 prices, 3 odds
    let data = &problem("summary").data;
    assert_eq!(data.matches(" = ").count(), 12, "{data}");
    assert!(data.ends_with("; and 18 more"), "{data}");
}
