use std::collections::BTreeMap;

use serde_json::Value;

use super::launch::in_browser;
use super::reports::{extremes, reports};
use super::screen::{DESK, PHONE};

pub(super) const LOOK: &str = concat!(include_str!("visible.js"), include_str!("structure.js"));

#[test]
fn the_page_has_the_parts_that_reading_it_aloud_needs() {
    in_browser("the_page_has_the_parts_that_reading_it_aloud_needs", async |browser| {
        let mut faults = Vec::new();
        for report in reports() {
            browser.open(report).await;
            let found = browser.texts(LOOK, Vec::new()).await;
            faults.extend(found.into_iter().map(|fault| format!("{}: {fault}", report.what)));
            let language = browser.texts("return [document.documentElement.lang]", Vec::new()).await;
            assert_eq!(language, [report.language], "{}", report.what);
        }
        assert!(faults.is_empty(), "{}\n{}", faults.len(), faults.join("\n"));
    });
}

/// The same look finds what was planted for it.
#[test]
fn missing_parts_are_found() {
    in_browser("missing_parts_are_found", async |browser| {
        let page = "<!doctype html><h1>One</h1><h1>Two</h1><h3 id=a></h3><p id=a></p><img><svg></svg><a href=x></a>\
            <time datetime=never>x</time><table><tr><th>x</th><td>; y</td></tr></table>";
        browser.site.publish("bare", page, None);
        browser.visit("bare").await;
        let found = browser.texts(LOOK, Vec::new()).await.join("\n");
        for planted in [
            "not one h1",
            "not one main",
            "not one body header",
            "skips a level",
            "h3#a is empty",
            "two elements are #a",
            "img has no alt",
            "svg has neither",
            "has no caption",
            "has no scope",
            "names no columns",
            "a has no text",
            "begins with a separator",
            "time has no time",
        ] {
            assert!(found.contains(planted), "{planted} of {found}");
        }
    });
}

/// As assistive technology is told it, on a desk and on a phone, where rows are laid out as cards.
#[test]
fn landmarks_pictures_and_tables_are_told_by_name() {
    in_browser("landmarks_pictures_and_tables_are_told_by_name", async |browser| {
        for report in extremes() {
            let mut rows = Vec::new();
            for screen in [DESK, PHONE] {
                browser.open(report).await;
                browser.unrolled(screen.width).await;
                let tree = browser.accessibility().await;
                let place = format!("{} {} px", report.what, screen.width);
                let of = |role: &str| names(&tree, role);
                for landmark in ["banner", "main", "contentinfo"] {
                    assert_eq!(of(landmark).len(), 1, "{place}: {landmark}");
                }
                let tables = of("table");
                assert!(tables.len() >= 3, "{place}: {tables:?}");
                for role in ["image", "table", "link", "heading", "region"] {
                    let unnamed = of(role).iter().filter(|name| name.is_empty()).count();
                    assert_eq!(unnamed, 0, "{place}: {role} without a name");
                }
                assert!(!of("image").is_empty(), "{place}");
                let counts = |role: &str| of(role).len();
                rows.push(BTreeMap::from(
                    ["table", "row", "rowheader", "image"].map(|role| (role, counts(role))),
                ));
            }
            assert_eq!(rows[0], rows[1], "{}: a phone is told less", report.what);
        }
    });
}

fn names(tree: &[Value], role: &str) -> Vec<String> {
    let of_role = tree.iter().filter(|node| node["role"]["value"] == role);
    of_role.map(|node| node["name"]["value"].as_str().unwrap_or_default().trim().to_owned()).collect()
}
