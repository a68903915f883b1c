use super::*;

/// An object can be replaced under its name: the page says which one it was made from.
#[test]
fn a_source_is_named_with_the_number_of_its_object() {
    let html = page(&Case::of(sample::weekly()), None);
    assert!(html.contains("gs://topdown/1w.png#1776000000000000"), "{html}");
    // one that was written before objects were numbered, or where nobody numbers them
    assert!(html.contains("gs://topdown/1w.json\""), "{html}");
}

#[test]
fn the_page_says_what_the_report_says() {
    let (own, parent) = (Case::of(sample::weekly()), Case::of(sample::monthly()));
    let html = page(&own, Some(&parent));
    let text = text(&html);
    for said in [
        "BTCUSDT · Binance spot · 1w, with its 1M parent",
        "Rebound in a decline, under EMA50",
        "75,928.10",
        "\u{2212}3.47\u{a0}%",
        "3\u{a0}d 4\u{a0}h of 7\u{a0}d",
        "+6.58\u{a0}%",
        "20 Apr to 26 Apr",
        "26 of 26\u{a0}✓",
        "Written by the built-in rule-based analyst. No language model took part.",
        "parent, bar of March 2026 · trend down",
        "Neutral to its parent",
        "Odds of 87,977 before 63,879 within 8 weeks. Confidence that the report still stands then: 77 of 100.",
        "fewer than 30 of its reports have resolved",
        "A weekly close over 89,256.69 (verified) (R1, top) or under 53,485.93 (verified) (S2, foot) ends this report.",
        "The month behind it",
        "bar of March 2026 closed 29\u{a0}d 4\u{a0}h ago",
        "last 8 of 454 closed weekly bars · no gaps, no flags",
        "26 checked · 26 verified · 0 repaired · 0 unverified",
        // 26 items less the 9 cites that their claims say
        "Show the other 9",
        "A number in a claim and the cite behind it are two checks in one row.",
        "Confidence is the analyst's own odds that no close ends the report within that time; it says nothing of the direction.",
        "weekly-report, version 3",
        "run r-7f3k9q2c · 0.9\u{a0}s · 2 calls to the built-in analyst · $0.0000",
        "Prices in USDT, times in UTC.",
    ] {
        assert!(text.contains(said), "{said:?} is missing in {text}");
    }
    assert_eq!(html.matches("<h1").count(), 1);
    assert!(html.contains("<time datetime=\"2026-04-30T04:00:00Z\">Thu 30 Apr 2026, 04:00 UTC</time>"));
}

#[test]
fn the_parent_is_told_in_three_short_paragraphs() {
    let (own, parent) = (Case::of(sample::weekly()), Case::of(sample::monthly()));
    let html = page(&own, Some(&parent));
    let section =
        html.split("id=\"behind\"").nth(1).and_then(|rest| rest.split("</section>").next()).unwrap();
    let beside = section.split("<div class=\"reading\">").nth(1).unwrap();
    let paragraphs: Vec<String> =
        beside.split("<p").skip(1).map(|p| text(&format!("<body><p{p}")).trim().to_owned()).collect();
    assert_eq!(
        paragraphs,
        [
            "Closed below a falling EMA 20; the low of 65,000.00 (verified) held.",
            "April, forming, is at +11.19\u{a0}% (verified).",
            "The bar of April 2026 is not closed. It is read as news, never as a closed bar.",
        ]
    );
    // marks lead to the parent's own rows, its claims are one link away
    assert!(beside.contains("href=\"#p0\">65,000.00") && !html.contains("March closed at"));
    // what the report says of its parent stands in its own reading
    let reading = html.split("id=\"reading-title\"").nth(1).and_then(|rest| rest.split("</section>").next());
    assert!(reading.unwrap().contains("<h3>Neutral to its parent</h3>"));
}

#[test]
fn a_missing_parent_keeps_its_place() {
    let own = Case::of(sample::weekly());
    let parent = Parent::Missing { timeframe: domain::Timeframe::Month, reason: "model refused <b>" };
    let text = text(&render(&input(&own, parent)).unwrap());
    assert!(text.contains("1M is missing: model refused <b>. This report was written without it."), "{text}");
    assert!(text.contains("1w, its 1M parent is missing"));
    assert!(text.contains("The month behind it"));
}

#[test]
fn an_abstained_report_is_never_neutral() {
    let mut own = Case::of(sample::weekly());
    let report = &mut own.document.report;
    report.outcome = Outcome::InsufficientHistory;
    report.bias = Bias::None;
    report.summary = String::new();
    report.observations.clear();
    (report.scenarios.p_up, report.scenarios.p_down, report.scenarios.p_neither) = (0, 0, 0);
    (report.invalidation.above, report.invalidation.below) = (None, None);
    report.parent_relation = domain::report::ParentRelation::NoParent;
    own.document.checks.items.clear();
    (own.document.checks.checked, own.document.checks.verified) = (0, 0);
    own.document.barriers = None;
    let html = page(&own, None);
    let text = text(&html);
    assert!(html.contains("<h1>No view: too little history</h1>"));
    assert!(text.contains("No odds: the analyst abstained."));
    assert!(text.contains("nothing to check") && text.contains("There is no number to check."));
    assert!(!text.contains("Neutral") && !html.contains("class=\"odds\""));
}

#[test]
fn a_page_without_candles_says_so() {
    let mut own = Case::of(sample::weekly());
    own.series.bars.clear();
    own.series.forming = None;
    own.ohlcv.forming = None;
    let text = text(&page(&own, None));
    assert!(text.contains("no data") && text.contains("no bar in progress"));
}

#[test]
fn a_page_speaks_russian() {
    let (mut own, mut parent) = (Case::of(sample::doubted()), Case::of(sample::monthly()));
    own.document.language = "ru".into();
    parent.document.language = "ru".into();
    own.document.report.summary = "Отскок остановился у средней. RSI 44.8.".into();
    let html = page(&own, Some(&parent));
    assert!(html.contains("<html lang=\"ru\">"));
    assert!(html.contains("<span class=\"why\" lang=\"en\">; wrong after the repair</span>"));
    let text = text(&html);
    for said in [
        "чт 30 апр 2026, 04:00 UTC",
        "Отскок остановился у средней",
        "Неделя формируется",
        "3\u{a0}д 4\u{a0}ч из 7\u{a0}д",
        "Одно число не подтверждено данными. Зачёркнуто, рядом значение из данных.",
        "Месяц за спиной",
        "свеча марта 2026 закрыта 29\u{a0}д 4\u{a0}ч назад",
        "Что отменит прогноз",
        "Topdown читает рынок и никогда не ставит ордера.",
    ] {
        assert!(text.contains(said), "{said:?} is missing in {text}");
    }
}

#[test]
fn a_run_without_its_recommendation_says_why() {
    let own = Case::of(sample::weekly());
    let reason = Some("the model <refused>");
    let html = render(&PageInput { no_recommendation: reason, ..input(&own, Parent::None) }).unwrap();
    let said = "There is no recommendation: the model <refused>. This is the last report of the run.";
    assert!(text(&html).contains(said), "{}", text(&html));
    assert!(!text(&page(&own, None)).contains("recommendation"));
}
