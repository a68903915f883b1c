use super::launch::in_browser;
use super::reports::reports;
use super::screen::DESK;

const LOOK: &str = concat!(
    include_str!("visible.js"),
    "const at = document.activeElement, box = at.getBoundingClientRect(), style = getComputedStyle(at);
    const place = [...document.querySelectorAll('a[href], summary')].filter(shown).indexOf(at);
    return {
      path: path(at), place, shown: shown(at),
      sighted: box.bottom > 0 && box.top < innerHeight,
      ring: style.outlineStyle === 'solid' ? parseFloat(style.outlineWidth) : 0,
    }"
);

/// The Tab key reaches everything that can be clicked, in the order of the page, each with a ring of 2 px.
#[test]
fn tab_goes_through_the_page_in_its_order() {
    in_browser("tab_goes_through_the_page_in_its_order", async |browser| {
        for report in reports() {
            browser.on(DESK).await;
            browser.open(report).await;
            let count = format!(
                "{} return [...document.querySelectorAll('a[href], summary')].filter(shown).length",
                include_str!("visible.js")
            );
            let others = browser.script(&count, Vec::new()).await.as_i64().unwrap();
            assert!(others > 20, "{}: only {others} places to go", report.what);
            // hidden until it has the focus, so not among the others yet
            for step in 0..=others {
                browser.press("Tab", 9).await;
                let at = browser.script(LOOK, Vec::new()).await;
                let what = format!("{} step {step}: {at}", report.what);
                assert_eq!(at["path"] == "a.skip", step == 0, "{what}");
                assert_eq!(at["place"], if step == 0 { 0 } else { step - 1 }, "{what}");
                assert_eq!(at["shown"], true, "{what}");
                assert_eq!(at["sighted"], true, "{what}");
                assert!(at["ring"].as_f64().unwrap() >= 2.0, "{what}");
            }
        }
    });
}

#[test]
fn the_skip_link_leads_to_the_report() {
    in_browser("the_skip_link_leads_to_the_report", async |browser| {
        let report = &reports()[0];
        browser.on(DESK).await;
        browser.open(report).await;
        browser.press("Tab", 9).await;
        browser.press("Enter", 13).await;
        let at = "return [location.hash, document.activeElement.localName]";
        assert_eq!(browser.texts(at, Vec::new()).await, ["#report", "main"]);
    });
}
