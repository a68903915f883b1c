use super::*;

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
        (chart.artifact.gcs_uri, chart.chart_provider, chart.chart_template_id) =
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
        include_str!("../../../templates/frame.html"),
        include_str!("../../../templates/report.html"),
        include_str!("../../../templates/recommendation.html"),
        include_str!("../../../templates/notices.html"),
        include_str!("../../../templates/plan.html"),
        include_str!("../../../templates/why.html"),
        include_str!("../../../templates/sources.html"),
        include_str!("../../../templates/marks.html"),
        include_str!("../../../templates/chain.html"),
        include_str!("../../../templates/ladder.html"),
        include_str!("../../../templates/behind.html"),
        include_str!("../../../templates/candles.html"),
        include_str!("../../../templates/evidence.html"),
        include_str!("../../../templates/made.html"),
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

/// The same in a message and in a terminal, which take no page's time: spans that point anywhere, no tag but the
/// message's own, no line but its own.
#[test]
fn any_text_is_told_as_text() {
    bolero::check!().for_each(|bytes: &[u8]| {
        let [from, length, rest @ ..] = bytes else { return };
        let text = String::from_utf8_lossy(rest);
        let mut document = sample::weekly();
        document.report.summary = text.to_string();
        document.report.scenarios.up = text.to_string();
        document.report.invalidation.reason = text.to_string();
        document.llm_model = text.to_string();
        for item in &mut document.checks.items {
            item.span = Some((u32::from(*from), u32::from(*length)));
            item.got = text.to_string();
            item.expected = text.to_string();
        }
        let message = crate::message::report_message(&document, crate::message::Markup::HTML).unwrap();
        let tag = |rest: &str| {
            ["b>", "/b>", "i>", "/i>", "s>", "/s>", "code>", "/code>", "a "]
                .iter()
                .any(|t| rest.starts_with(t))
        };
        assert!(message.split('<').skip(1).all(tag), "{message}");
        let message = crate::message::report_message(&document, crate::message::Markup::SLACK).unwrap();
        let is_own = |c| message.matches(c).count() % 2 == 0;
        assert!(!message.contains(['<', '>']) && "*_~`".chars().all(is_own), "{message}");
        assert_eq!(message.matches(['*', '_']).count(), 4, "{message}");
        for line in crate::console::report_lines(&document).unwrap() {
            assert!(!line.chars().any(|c| c.is_control() || domain::text::is_hidden(c)), "{line:?}");
        }
    });
}
