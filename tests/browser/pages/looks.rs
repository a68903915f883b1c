//! Every page on every screen, in both themes: what fits, what can be read, tapped and told.

use serde_json::json;

use super::axe;
use super::stage::on_pages;
use crate::browser::screen::{DESK, NARROW, PHONE, Theme};
use crate::browser::{contrast, overflow, structure, touch};

#[test]
fn every_page_can_be_read_on_every_screen() {
    let name = "every_page_can_be_read_on_every_screen";
    let axe = axe::source(name);
    on_pages(name, async |browser, stage| {
        browser.choose("#flow", "3").await;
        browser.click("form button").await;
        browser.until("h1", "Done: ").await;
        let run = browser.address().await;
        let pages = ["/", "/runs", "/reports", "/recommendations", "/runs?symbol=SOLUSDT", "/runs/r-none"]
            .map(|path| stage.page(path))
            .into_iter()
            .chain([run.clone(), format!("{run}/audit/4h-report"), format!("{run}/recommendation")]);
        let mut faults = Vec::new();
        for page in pages {
            browser.on(DESK).await;
            browser.go(&page).await;
            let place = page.trim_start_matches(&stage.page("")).to_owned();
            let told = browser.texts(structure::LOOK, Vec::new()).await;
            faults.extend(told.into_iter().map(|fault| format!("{place}: {fault}")));
            for screen in [NARROW, PHONE, DESK] {
                browser.unrolled(screen.width).await;
                let place = format!("{place} {} px", screen.width);
                let wide = browser.texts(overflow::LOOK, vec![json!(screen.width)]).await;
                faults.extend(wide.into_iter().map(|fault| format!("{place}: {fault}")));
                if screen.width < DESK.width {
                    let (_, small) = touch::look(browser).await;
                    faults.extend(small.into_iter().map(|fault| format!("{place}: {fault}")));
                }
                for theme in Theme::BOTH {
                    browser.in_theme(theme).await;
                    let faint = contrast::look(browser).await;
                    let faint = faint.iter().filter_map(contrast::fault);
                    faults.extend(faint.map(|fault| format!("{place} {}: {fault}", theme.word())));
                    if let Some(axe) = &axe {
                        let found = axe::look(browser, axe).await;
                        faults.extend(
                            found.into_iter().map(|fault| format!("{place} {}: {fault}", theme.word())),
                        );
                    }
                }
            }
        }
        assert!(faults.is_empty(), "{}\n{}", faults.len(), faults.join("\n"));
    });
}
