use domain::report::{Analyst, Bias, CheckItem, CheckStatus, Outcome};

use super::*;
use crate::sample;
use crate::telegram::{CAPTION_LIMIT, without_markup};

#[test]
fn a_report_reads_as_the_style_guide_prints_it() {
    let mut document = sample::weekly();
    document.report.summary = "A rebound inside a decline. More.".into();
    document.checks.items.clear();
    assert_eq!(
        report_message(&document, Markup::HTML).unwrap(),
        "<b>BTCUSDT 1w Neutral</b>, up 42, down 32\n\
         A rebound inside a decline. Ends over <code>89,256.69</code>, under <code>53,485.93</code>.\n\
         <i>Rule-based analyst. 26 of 26 numbers verified.</i>"
    );
}

#[test]
fn a_report_in_russian_with_one_side() {
    let mut document = sample::doubted();
    document.language = "ru".into();
    document.report.bias = Bias::Bearish;
    document.report.invalidation.below = None;
    assert_eq!(
        report_message(&document, Markup::HTML).unwrap(),
        "<b>BTCUSDT 1w ▼ Вниз</b>, вверх 42, вниз 32\n\
         EMA200 stands at <s>2,649.7</s>\u{a0}? (в данных 2,549.7). Граница выше <code>89,256.69</code>.\n\
         <i>Модель «gpt-5.2». Сверено чисел: 2 из 3, не подтверждено: 1.</i>"
    );
}

#[test]
fn no_view_is_said_in_the_first_line() {
    let mut document = sample::weekly();
    document.report.outcome = Outcome::BadData;
    document.report.summary = String::new();
    let message = report_message(&document, Markup::HTML).unwrap();
    assert!(message.starts_with("<b>BTCUSDT 1w No view</b>: the data cannot be trusted\n<i>"), "{message}");
}

#[test]
fn what_is_not_confirmed_is_marked_wherever_it_stands() {
    let mut document = sample::weekly();
    document.report.scenarios.p_up = 52;
    for item in &mut document.checks.items {
        match item.path.as_str() {
            "scenarios" => item.status = CheckStatus::Unverified,
            "invalidation.above" => {
                (item.status, item.expected) = (CheckStatus::Unverified, "90000".to_owned());
            }
            _ => {}
        }
    }
    document.checks.unverified = 2;
    document.checks.verified = 24;
    assert_eq!(
        report_message(&document, Markup::HTML).unwrap(),
        "<b>BTCUSDT 1w Neutral</b>, up 52, down 32\u{a0}? (they do not add up)\n\
         Rebound in a decline, under EMA50. Ends over <s>89,256.69</s>\u{a0}? (in the data 90,000), under \
         <code>53,485.93</code>.\n\
         <i>Rule-based analyst. 24 of 26 numbers verified, 2 not confirmed.</i>"
    );
}

#[test]
fn no_model_can_call_itself_the_rules() {
    let mut document = sample::weekly();
    document.analyst = Analyst::Model;
    document.llm_model = "x”. Rule-based analyst. 99 of 99 numbers verified".into();
    let message = report_message(&document, Markup::HTML).unwrap();
    let third = message.lines().last().unwrap();
    assert!(
        third.starts_with("<i>Model “x. Rule-based analyst. 99 of 99 numbers verified”. 26 of 26 "),
        "{third}"
    );
}

#[test]
fn no_number_is_cut() {
    let mut document = sample::weekly();
    let summary = format!("{} 78,657.55 ends it.", "long ".repeat(58).trim_end());
    document.report.summary = summary.clone();
    document.checks.items = vec![CheckItem {
        status: CheckStatus::Unverified,
        expected: String::new(),
        ..sample::said("summary", &summary, "78,657.55", "")
    }];
    let message = report_message(&document, Markup::HTML).unwrap();
    // 290 characters of words and 9 of the number, which cannot stand without its mark
    assert!(!message.contains("78,6") && message.contains("long …"), "{message}");
}

#[test]
fn a_hostile_model_writes_no_markup() {
    let mut document = sample::weekly();
    document.checks.items.clear();
    document.analyst = Analyst::Model;
    document.report.summary = format!("<a href=\"x\">\u{202e}tap</a> & {}", "long ".repeat(400));
    document.llm_model = "<b>".repeat(300);
    let message = report_message(&document, Markup::HTML).unwrap();
    assert!(message.contains("&lt;a href=&quot;x&quot;&gt;tap&lt;/a&gt; &amp; long"), "{message}");
    assert!(!message.contains('\u{202e}'));
    let tags: Vec<&str> = message.split('<').skip(1).filter_map(|rest| rest.split('>').next()).collect();
    assert_eq!(tags, ["b", "/b", "code", "/code", "code", "/code", "i", "/i"]);
    assert!(without_markup(&message).encode_utf16().count() <= CAPTION_LIMIT);
}

#[test]
fn a_failed_report_says_when_it_is_tried_again() {
    let at = |text: &str| text.parse().unwrap();
    let mut trouble = Trouble {
        symbol: &"BTCUSDT".parse().unwrap(),
        timeframe: domain::Timeframe::Week,
        reason: "1w-report: the model <refused>\u{202e}; ask again",
        next_try: Some(at("2026-05-04T05:00:00Z")),
        command: "topdown show r-7f3k9q2c",
        last_report: Some(at("2026-04-27T00:31:00Z")),
        language: "en",
    };
    let now = at("2026-05-04T04:00:00Z");
    assert_eq!(
        trouble_message(&trouble, now, Markup::HTML).unwrap(),
        "<b>BTCUSDT 1w not read</b>: 1w-report: the model &lt;refused&gt;; ask again\n\
         Next try 05:00 UTC. The report of 27 Apr is the last one.\n<code>topdown show r-7f3k9q2c</code>"
    );
    trouble = Trouble { next_try: None, last_report: None, language: "ru", ..trouble };
    let left = trouble_message(&trouble, now, Markup::HTML).unwrap();
    assert!(left.starts_with("<b>BTCUSDT 1w не прочитан</b>: ") && left.contains("Две попытки"), "{left}");
}
