use serde_json::json;

use super::launch::in_browser;
use super::reports::reports;
use super::screen::{DESK, NARROW, PHONE, Screen, TABLET, Theme};
use super::session::Browser;

pub(super) const LOOK: &str = concat!(include_str!("visible.js"), include_str!("overflow.js"));

#[test]
fn nothing_passes_the_edge_of_the_screen() {
    in_browser("nothing_passes_the_edge_of_the_screen", async |browser| {
        let mut faults = Vec::new();
        for report in reports() {
            browser.open(report).await;
            for theme in Theme::BOTH {
                browser.in_theme(theme).await;
                for screen in [NARROW, PHONE, TABLET, DESK] {
                    let place = format!("{} {} px {}", report.what, screen.width, theme.word());
                    let found = look(browser, screen).await;
                    faults.extend(found.into_iter().map(|fault| format!("{place}: {fault}")));
                }
            }
        }
        assert!(faults.is_empty(), "{}\n{}", faults.len(), faults.join("\n"));
    });
}

/// The same look finds what was planted for it.
#[test]
fn what_passes_the_edge_is_found() {
    in_browser("what_passes_the_edge_is_found", async |browser| {
        let page = "<!doctype html><meta name=viewport content='width=device-width'><body style='margin: 0'>\
            <p id=wide style='width: 400px'>wide</p>\
            <p id=long style='width: 100px; white-space: nowrap'>a text that has no room in its own element, and none on the screen either</p>\
            <p id=left style='position: relative; left: -9px'>left</p>\
            <div style='overflow: auto; width: 100px'><div id=within style='width: 400px'>cut</div></div>\
            <svg width=100 height=20><text id=drawn x=70 y=15>a label that is cut</text></svg>";
        browser.site.publish("wide", page, None);
        browser.visit("wide").await;
        let faults = look(browser, NARROW).await.join("\n");
        for planted in ["p#wide: 0.00 to 400.00", "in p#long", "p#left: -9.00", "in text#drawn", "px"] {
            assert!(faults.contains(planted), "{planted} of {faults}");
        }
        assert!(!faults.contains("div#within:"), "{faults}");
    });
}

pub(super) async fn look(browser: &Browser, screen: Screen) -> Vec<String> {
    browser.unrolled(screen.width).await;
    browser.texts(LOOK, vec![json!(screen.width)]).await
}
