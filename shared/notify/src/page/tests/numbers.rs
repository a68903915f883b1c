use super::*;

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
fn a_number_and_the_cite_behind_it_are_one_row() {
    let rows = |own: &Case| {
        let html = page(own, None);
        let evidence =
            html.split("id=\"evidence\"").nth(1).unwrap().split("</section>").next().unwrap().to_owned();
        evidence.matches("<tr id=\"n").count()
    };
    let mut own = Case::of(sample::weekly());
    let items = own.document.checks.items.len();
    assert_eq!((items, rows(&own)), (26, 17));
    // a wrong cite has a row of its own, and so has one whose number no claim says
    let cite =
        own.document.checks.items.iter().position(|item| item.path == "observations[0].cites[0]").unwrap();
    own.document.checks.items[cite].status = CheckStatus::Unverified;
    assert_eq!(rows(&own), 18);
    own.document.checks.items[cite].status = CheckStatus::Verified;
    own.document.checks.items[cite].reference = "stats.close".into();
    assert_eq!(rows(&own), 18);
    // another claim's number is another number
    let said = own.document.checks.items.iter().position(|item| item.path == "observations[3].says").unwrap();
    own.document.checks.items[said].path = "observations[2].says".into();
    assert_eq!(rows(&own), 19);
}

#[test]
fn rows_stand_in_the_order_they_are_read() {
    let html = page(&Case::of(sample::weekly()), None);
    let places = html.split("class=\"place\">").skip(1).filter_map(|rest| rest.split('<').next());
    let mut places: Vec<&str> = places.collect();
    places.dedup();
    assert_eq!(
        places,
        [
            "Structure",
            "Trend",
            "Momentum",
            "Context",
            "If it goes up",
            "If it goes down",
            "Ends above",
            "Ends below",
            "Odds",
            "Levels"
        ]
    );
}
