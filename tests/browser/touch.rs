use super::launch::in_browser;
use super::reports::reports;
use super::screen::{NARROW, PHONE};
use super::session::Browser;

/// What is tapped, but the numbers in running text: WCAG 2.2, 2.5.8 exempts targets in a sentence.
pub(super) const LOOK: &str = concat!(
    include_str!("visible.js"),
    "const targets = [...document.querySelectorAll('a[href], summary, button, input, select')]
       .filter(element => shown(element) && !element.matches('a.n'));
     const faults = [];
     for (const target of targets) {
       const box = target.getBoundingClientRect();
       if (box.height < 44) faults.push(`${path(target)} \"${target.textContent.trim()}\" is ${box.height.toFixed(1)} px high`);
       const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
       if (!target.contains(hit)) faults.push(`${path(target)} \"${target.textContent.trim()}\" is covered by ${hit && path(hit)}`);
     }
     return [String(targets.length), ...faults]"
);

#[test]
fn what_is_tapped_is_44_px_high_on_a_phone() {
    in_browser("what_is_tapped_is_44_px_high_on_a_phone", async |browser| {
        let mut faults = Vec::new();
        for report in reports() {
            browser.open(report).await;
            for screen in [PHONE, NARROW] {
                browser.unrolled(screen.width).await;
                let (count, found) = look(browser).await;
                assert!(count > 3, "{}: only {count} targets", report.what);
                faults.extend(
                    found.into_iter().map(|fault| format!("{} {} px: {fault}", report.what, screen.width)),
                );
            }
        }
        assert!(faults.is_empty(), "{}\n{}", faults.len(), faults.join("\n"));
    });
}

/// The same look finds what was planted for it.
#[test]
fn small_targets_are_found() {
    in_browser("small_targets_are_found", async |browser| {
        let page = "<!doctype html><meta name=viewport content='width=device-width'>\
            <a id=small href=x>small</a><p><a id=big href=x style='display: inline-block; height: 44px'>big</a></p>\
            <p style='position: relative'><a id=under href=x style='display: inline-block; height: 44px'>under</a>\
            <i style='position: absolute; inset: 0'></i></p>";
        browser.site.publish("small", page, None);
        browser.visit("small").await;
        browser.unrolled(PHONE.width).await;
        let (count, faults) = look(browser).await;
        assert_eq!(count, 3);
        assert_eq!(faults.len(), 2, "{faults:?}");
        assert!(faults[0].starts_with("a#small") && faults[1].starts_with("a#under"), "{faults:?}");
    });
}

pub(super) async fn look(browser: &Browser) -> (usize, Vec<String>) {
    let mut found = browser.texts(LOOK, Vec::new()).await;
    let faults = found.split_off(1);
    (found[0].parse().unwrap(), faults)
}
