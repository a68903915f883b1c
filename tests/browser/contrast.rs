use serde_json::Value;

use super::launch::in_browser;
use super::reports::reports;
use super::screen::{DESK, NARROW, PHONE, Theme};
use super::session::Browser;
use super::wcag::{Colour, contrast, required};

pub(super) const LOOK: &str = concat!(include_str!("visible.js"), include_str!("contrast.js"));

#[test]
fn every_text_can_be_read_in_both_themes() {
    in_browser("every_text_can_be_read_in_both_themes", async |browser| {
        let mut faults = Vec::new();
        for report in reports() {
            browser.open(report).await;
            for screen in [DESK, PHONE, NARROW] {
                browser.unrolled(screen.width).await;
                for theme in Theme::BOTH {
                    browser.in_theme(theme).await;
                    let found = look(browser).await;
                    assert!(found.len() > 100, "only {} texts on {}", found.len(), report.what);
                    let place = format!("{} {} px {}", report.what, screen.width, theme.word());
                    faults.extend(found.iter().filter_map(fault).map(|fault| format!("{place}: {fault}")));
                }
            }
        }
        assert!(faults.is_empty(), "{} texts\n{}", faults.len(), faults.join("\n"));
    });
}

/// The same look finds what was planted for it.
#[test]
fn faint_texts_are_found() {
    in_browser("faint_texts_are_found", async |browser| {
        let page = "<!doctype html><body style='background: #fff; color: #000'>\
            <p id=good>black</p> <p id=faint style='color: #aaa'>grey</p> \
            <p id=veiled style='opacity: 0.4'>faded</p> \
            <div style='background: #123'><span id=inside>on a dark box</span></div> \
            <svg width=200 height=50><rect width=200 height=50 fill='#222'/><text id=drawn y=30 x=9>drawn</text></svg>\
            <p id=covered style='position: relative'>under<b style='position: absolute; inset: 0; background: #fff'></b></p>\
            <p id=large style='color: #949494; font-size: 24px'>3.03 is enough for large text</p>";
        browser.site.publish("faint", page, None);
        browser.visit("faint").await;
        let found = look(browser).await;
        let faults: Vec<String> = found.iter().filter_map(fault).collect();
        let of = |id: &str| faults.iter().any(|fault| fault.contains(&format!("#{id} ")));
        for id in ["faint", "veiled", "inside", "drawn", "covered"] {
            assert!(of(id), "{id}: {faults:?}");
        }
        assert_eq!(faults.len(), 5, "{faults:?}");
    });
}

pub(super) async fn look(browser: &Browser) -> Vec<Value> {
    browser.script(LOOK, Vec::new()).await.as_array().unwrap().clone()
}

/// Why a text cannot be read, if it cannot.
pub(super) fn fault(text: &Value) -> Option<String> {
    let colour = Colour::computed(text["colour"].as_str().unwrap()).faded(text["opacity"].as_f64().unwrap());
    let (size, weight) = (text["size"].as_f64().unwrap(), text["weight"].as_f64().unwrap());
    let what = format!("{} {}", text["path"].as_str().unwrap(), text["text"]);
    for layers in text["grounds"].as_array().unwrap() {
        let Some(layers) = layers.as_array() else {
            return Some(format!("{what} is covered"));
        };
        let ground = ground(layers);
        let (found, needed) = (contrast(colour.over(ground), ground), required(size, weight));
        if found < needed {
            return Some(format!("{what} has {found:.2} of {needed} at {size:.1} px: {layers:?}"));
        }
    }
    None
}

/// What the layers look like together; the canvas under all of them is white.
fn ground(layers: &[Value]) -> Colour {
    let painted: Vec<Colour> = layers
        .iter()
        .map(|layer| Colour::computed(layer[0].as_str().unwrap()).faded(layer[1].as_f64().unwrap()))
        .collect();
    let top = painted.iter().position(|colour| colour.is_opaque()).map_or(painted.len(), |index| index + 1);
    painted[..top].iter().rev().fold(Colour::written("#FFFFFF"), |below, above| above.over(below))
}
