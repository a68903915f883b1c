use domain::report::{Bias, CheckItem, Outcome, Trust};
use rust_decimal::Decimal;

use super::*;
use crate::sample::{self, Case};

const RUN: RunFacts = RunFacts { wall_ms: 940, calls: 2, cost_usd: Decimal::ZERO };

fn input<'a>(own: &'a Case, parent: Parent<'a>) -> PageInput<'a> {
    PageInput {
        reading: own.reading(),
        parent,
        chart_css: ".w{stroke:var(--up)}",
        pictures: &[],
        inputs: &[],
        prompt_version: Some(3),
        run: RUN,
    }
}

fn page(own: &Case, parent: Option<&Case>) -> String {
    let parent = match parent {
        Some(parent) => Parent::Report { reading: parent.reading(), page: Some("rep-1M-c41d09ab.html") },
        None => Parent::None,
    };
    render(&input(own, parent)).unwrap()
}

/// The page's text as a reader meets it: no tags, no style, entities of the template's escaping resolved.
fn text(html: &str) -> String {
    let (_, body) = html.split_once("<body>").unwrap();
    let mut out = String::new();
    let mut within = false;
    for c in body.chars() {
        match c {
            '<' => within = true,
            '>' => within = false,
            '\n' if !within => out.push(' '),
            _ if !within => out.push(c),
            _ => {}
        }
    }
    out.replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#38;", "&")
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
        "Show the other 18",
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
fn every_link_within_the_page_leads_to_one_element() {
    let (own, parent) = (Case::of(sample::weekly()), Case::of(sample::monthly()));
    let html = page(&own, Some(&parent));
    let targets: Vec<&str> =
        html.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(targets.len() > 26, "{}", targets.len());
    for target in targets {
        assert_eq!(html.matches(&format!("id=\"{target}\"")).count(), 1, "{target}");
    }
    // the swing of 2 February is older than the eight rows, and a number was read off it
    assert!(html.contains("<tr id=\"bar-2026-02-02\""));
    assert!(html.contains("<a href=\"#bar-2026-04-20\">1w bars[2026-04-20].c</a>"));
}

#[test]
fn a_source_that_is_not_on_the_page_is_no_link() {
    let mut own = Case::of(sample::weekly());
    own.document.checks.items[0].reference = "parent:scenarios.p_up".into();
    let parent = Case::of(sample::monthly());
    assert!(page(&own, Some(&parent)).contains("<a href=\"#behind\">parent:scenarios.p_up</a>"));
    assert!(page(&own, None).contains("<td role=\"cell\" class=\"source\">parent:scenarios.p_up</td>"));
}

#[test]
fn numbers_carry_their_marks() {
    let html = page(&Case::of(sample::doubted()), None);
    // positions of the items: verified 0, repaired 1, unverified 2
    assert!(
        html.contains("<a class=\"n ok\" href=\"#n0\">2,369.44<span class=\"sr\"> (verified)</span></a>")
    );
    assert!(html.contains(
        "<a class=\"n fix\" href=\"#n1\" title=\"repaired; at first 48.4\">44.8</a><span class=\"redo\" \
         aria-hidden=\"true\">↻</span><span class=\"sr\"> (repaired; at first 48.4)</span>"
    ));
    assert!(html.contains(
        "<a class=\"n bad\" href=\"#n2\"><s>2,649.7</s><span aria-hidden=\"true\">&nbsp;?</span><span class=\"sr\"> (not \
         confirmed by the data)</span></a> <span class=\"data\">in the data 2,549.7</span>"
    ));
    let text = text(&html);
    assert!(text.contains("One number is not confirmed by the data."));
    assert!(text.contains("2 of 3") && !text.contains("2 of 3\u{a0}✓"));
    assert!(text.contains("1 repaired, 1 not confirmed"));
    // problems first: unverified, repaired, then the rest
    let order = ["id=\"n2\"", "id=\"n1\"", "id=\"n0\""].map(|id| html.find(id).unwrap());
    assert!(order.is_sorted(), "{order:?}");
    assert!(!text.contains("rule-based"));
}

#[test]
fn a_note_without_a_source_has_no_separator() {
    let mut own = Case::of(sample::doubted());
    let why = |html: &str| {
        let cell = html.split("class=\"source\">").find(|cell| cell.contains("class=\"why\""));
        cell.and_then(|cell| cell.split("</td>").next()).unwrap().to_owned()
    };
    assert_eq!(
        why(&page(&own, None)),
        "<a href=\"#bar-2026-04-20\">1w indicators[2026-04-20].ema200</a><span class=\"why\">; wrong after the repair</span>"
    );
    // the unverified item is the third
    own.document.checks.items[2].reference = String::new();
    assert_eq!(why(&page(&own, None)), "<span class=\"why\">wrong after the repair</span>");
}

#[test]
fn only_a_number_too_long_for_a_phone_may_break() {
    let mut own = Case::of(sample::doubted());
    let summary = "At 0.000000000075928 and 78,657.55.";
    own.document.report.summary = summary.into();
    own.document.checks.items = vec![
        sample::said("summary", summary, "0.000000000075928", ""),
        sample::said("summary", summary, "78,657.55", ""),
    ];
    let html = page(&own, None);
    assert!(html.contains("<a class=\"n ok long\" href=\"#n0\">0.000000000075928<"));
    assert!(html.contains("<span class=\"ok long\">0.000000000075928<"));
    assert!(html.contains("<a class=\"n ok\" href=\"#n1\">78,657.55<"));
    assert!(html.contains("<span class=\"ok\">78,657.55<"));
}

#[test]
fn low_trust_is_said_on_top() {
    let mut own = Case::of(sample::doubted());
    own.document.trust = Trust::Low;
    let html = page(&own, None);
    assert!(html.find("Low trust.").unwrap() < html.find("class=\"chain\"").unwrap());
}

#[test]
fn the_policy_names_the_style_and_nothing_else() {
    let html = page(&Case::of(sample::weekly()), Some(&Case::of(sample::monthly())));
    let head = html.find("<head>").unwrap();
    let meta = html.find(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-",
    );
    assert_eq!(meta, Some(head + "<head>\n".len()));
    // the header is made of the page's text alone, the meta of what was put into it
    let header = policy_header(&html);
    let own = header.split("; ").find(|part| part.starts_with("style-src")).unwrap();
    assert!(html.contains(&format!(
        "content=\"default-src 'none'; {own}; img-src data:; base-uri 'none'; form-action 'none'\""
    )));
    assert_eq!(html.matches("<style>").count(), 1);
    for forbidden in [
        "style=", "<script", "http:", "https:", " src=\"h", "@import", "url(h", "<link", "<base", "onload",
        "<iframe",
    ] {
        assert!(!html.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn a_picture_stands_within_the_page() {
    let own = Case::of(sample::weekly());
    let pictures = [Picture { name: "trend", png: b"\x89PNG" }];
    let html = render(&PageInput { pictures: &pictures, ..input(&own, Parent::None) }).unwrap();
    // base64 of 89 50 4E 47
    assert!(html.contains("src=\"data:image/png;base64,iVBORw==\""));
    assert!(html.contains("<a href=\"#pictures\">"));
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
    assert!(text.contains("nothing to check") && text.contains("There is no number in this report."));
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

const HOSTILE: &str = "</style></script><script>alert(1)</script><img src=x onerror=alert(2)>\" onload=\"a' \u{202e}\u{200b}\u{1b}[31m{{7*7}}&lt;";

fn hostile_items(items: &mut [CheckItem]) {
    for item in items {
        let hostile = || HOSTILE.to_owned();
        (item.got, item.expected, item.reference) = (hostile(), hostile(), hostile());
        (item.was, item.why) = (Some(hostile()), Some(hostile()));
    }
}

/// Everything a model or a venue can write, written by somebody hostile.
fn hostile(mut case: Case) -> Case {
    let h = || HOSTILE.to_owned();
    let document = &mut case.document;
    let report = &mut document.report;
    (report.summary, report.parent_reason, report.invalidation.reason) = (h() + ". " + HOSTILE, h(), h());
    (report.scenarios.up, report.scenarios.down) = (h(), h());
    (report.invalidation.above_ref, report.invalidation.below_ref) =
        (format!("levels[{HOSTILE}].high"), format!("levels[{HOSTILE}].low"));
    report.issues = vec![h()];
    report.levels = vec![format!("levels[{HOSTILE}]")];
    for observation in &mut report.observations {
        observation.says = h();
        for cite in &mut observation.cites {
            cite.reference = format!("swings[{HOSTILE}].p");
        }
    }
    hostile_items(&mut document.checks.items);
    for item in &mut document.checks.items {
        item.span = item.span.map(|(offset, _)| (offset, 9));
    }
    (document.llm_model, document.venue, document.market, document.price_unit) = (h(), h(), h(), h());
    document.llm_prompt_id = serde_json::from_value(serde_json::Value::String(h())).unwrap();
    document.llm_model_id = document.llm_prompt_id.clone();
    document.ohlcv_ref.gcs_uri = h();
    for chart in &mut document.chart_refs {
        (chart.gcs_uri, chart.chart_provider, chart.chart_template_id) =
            (h(), h(), document.llm_prompt_id.clone());
    }
    document.last_bar = h();
    let ohlcv = &mut case.ohlcv;
    for level in &mut ohlcv.levels {
        level.id = h();
    }
    for swing in &mut ohlcv.swings.list {
        (swing.id, swing.t) = (h(), h());
    }
    for row in &mut ohlcv.indicators.rows {
        *row = row.replace("47.3", HOSTILE);
    }
    (case.series.volume_unit, case.series.venue) = (h(), h());
    case
}

#[test]
fn hostile_texts_stay_texts() {
    let (own, parent) = (hostile(Case::of(sample::weekly())), hostile(Case::of(sample::monthly())));
    let rows = [InputRow { label: HOSTILE, description: HOSTILE, id: HOSTILE }];
    let pictures = [Picture { name: HOSTILE, png: b"" }];
    let parent = Parent::Report { reading: parent.reading(), page: Some("javascript:alert(1)") };
    let html = render(&PageInput { inputs: &rows, pictures: &pictures, ..input(&own, parent) }).unwrap();
    // a control: the texts are there, as texts
    assert!(text(&html).matches("<script>alert(1)</script>").count() > 20);
    for forbidden in [
        "<script",
        "<img src=x",
        "\" onload=\"",
        "javascript:",
        "</style></script>",
        "\u{202e}",
        "\u{200b}",
        "\u{1b}",
    ] {
        assert!(!html.contains(forbidden), "{forbidden:?}");
    }
    let tags = html.split('<').skip(1).filter_map(|rest| rest.split('>').next());
    for tag in tags {
        let quotes = tag.matches('"').count();
        assert!(quotes % 2 == 0, "{tag}");
        assert!(
            !tag.split('"')
                .step_by(2)
                .any(|outside| outside.contains("onload") || outside.contains("onerror")),
            "{tag}"
        );
    }
    let missing = Parent::Missing { timeframe: domain::Timeframe::Month, reason: HOSTILE };
    assert!(!render(&input(&own, missing)).unwrap().contains("<script"));
}

#[test]
fn a_chart_with_a_script_is_refused() {
    let mut own = Case::of(sample::weekly());
    own.charts.narrow = "<svg><rect style=\"fill:red\"/></svg>".into();
    let error = render(&input(&own, Parent::None)).unwrap_err();
    assert!(matches!(error, PageError::Chart { chart: "report's", what: "a style attribute" }), "{error}");
}

#[test]
fn only_the_style_and_the_charts_are_not_escaped() {
    let templates = [
        include_str!("../../templates/report.html"),
        include_str!("../../templates/marks.html"),
        include_str!("../../templates/chain.html"),
        include_str!("../../templates/ladder.html"),
        include_str!("../../templates/behind.html"),
        include_str!("../../templates/candles.html"),
        include_str!("../../templates/evidence.html"),
        include_str!("../../templates/made.html"),
    ]
    .concat();
    let unescaped: Vec<&str> = templates
        .split("{{")
        .skip(1)
        .filter_map(|rest| rest.split("}}").next())
        .filter(|e| e.contains('|'))
        .collect();
    assert_eq!(
        unescaped,
        [
            " css|safe ",
            " chart.wide|safe ",
            " chart.narrow|safe ",
            " chart.wide|safe ",
            " chart.narrow|safe "
        ]
    );
    assert!(!templates.contains("escape"));
}

/// Whatever stands in the texts of a report, the page has no element of its making, and check items that point
/// anywhere do no harm.
#[test]
fn any_text_is_shown_as_text() {
    let of = |text: &str| {
        let mut own = Case::of(sample::weekly());
        let report = &mut own.document.report;
        for place in [&mut report.summary, &mut report.scenarios.up, &mut report.invalidation.reason] {
            text.clone_into(place);
        }
        text.clone_into(&mut report.observations[0].says);
        report.issues = vec![text.to_owned()];
        page(&own, None)
    };
    bolero::check!().for_each(|bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        let harmless = text.replace(['<', '>', '&', '"', '\''], "x");
        assert_eq!(of(&text).matches('<').count(), of(&harmless).matches('<').count(), "{text}");
    });
}
