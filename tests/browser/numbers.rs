use super::launch::in_browser;
use super::reports::{extremes, reports, with_parent};
use super::screen::{DESK, PHONE};

const VISIBLE: &str = include_str!("visible.js");
const WALK: &str = concat!(include_str!("visible.js"), include_str!("numbers.js"));

#[test]
fn every_link_within_the_page_leads_into_sight() {
    in_browser("every_link_within_the_page_leads_into_sight", async |browser| {
        let mut faults = Vec::new();
        for report in extremes() {
            // without the sandbox of the header, which gives the walk no frames to wait for
            browser.site.publish(&report.file, &report.html, None);
            for screen in [DESK, PHONE] {
                browser.on(screen).await;
                browser.visit(&report.file).await;
                let found = browser.texts(WALK, Vec::new()).await;
                faults.extend(
                    found.iter().map(|fault| format!("{} {} px: {fault}", report.what, screen.width)),
                );
            }
        }
        assert!(faults.is_empty(), "{}\n{}", faults.len(), faults.join("\n"));
    });
}

/// The row that a number leads to holds that number, so the digits are the same, but for the zeros of the tick that
/// a price in prose keeps.
#[test]
fn every_number_leads_to_its_own_row() {
    in_browser("every_number_leads_to_its_own_row", async |browser| {
        for report in reports() {
            browser.open(report).await;
            let look = "const digits = element => {
                  const copy = element.cloneNode(true);
                  for (const word of copy.querySelectorAll('.sr')) word.remove();
                  return copy.textContent.replace(/[^0-9.]/g, '').replace(/\\.$/, '').replace(/(\\.\\d*?)0+$/, '$1')
                    .replace(/\\.$/, '');
                };
                return [...document.querySelectorAll('a.n')].map(link => {
                  const row = document.getElementById(link.hash.slice(1));
                  return [digits(link), row ? digits(row.querySelector('th')) : 'no row'].join(' ');
                })";
            let pairs = browser.texts(look, Vec::new()).await;
            assert!(pairs.len() > 20, "{}: only {} numbers", report.what, pairs.len());
            let apart: Vec<_> =
                pairs.iter().filter(|pair| pair.split(' ').next() != pair.split(' ').nth(1)).collect();
            assert!(apart.is_empty(), "{}: {apart:?}", report.what);
        }
    });
}

/// By a person's own click: from a number in the text to its row in the fold, from the row to its bar.
#[test]
fn a_click_goes_from_a_number_to_its_row_to_its_bar() {
    in_browser("a_click_goes_from_a_number_to_its_row_to_its_bar", async |browser| {
        browser.on(DESK).await;
        browser.open(with_parent().0).await;
        let find = "for (const row of document.querySelectorAll('#evidence details tr[id]')) {
              const number = document.querySelector(`.reading a[href=\"#${row.id}\"]`);
              const bar = row.querySelector('a[href^=\"#bar-\"]');
              if (number && bar) return [`#${row.id}`, bar.hash];
            }
            return []";
        let [row, bar] =
            browser.texts(find, Vec::new()).await.try_into().expect("a folded row that leads to a bar");
        let sight = format!(
            "{VISIBLE} const target = document.querySelector(':target'), box = target.getBoundingClientRect();
            return [location.hash, String(shown(target)), String(box.top > -1 && box.bottom <= innerHeight),
              String(getComputedStyle(target).backgroundColor !== getComputedStyle(document.body).backgroundColor)]"
        );
        browser.click(&format!(".reading a[href='{row}']")).await;
        assert_eq!(browser.texts(&sight, Vec::new()).await, [&row, "true", "true", "true"]);
        browser.click(&format!("{row} a")).await;
        assert_eq!(browser.texts(&sight, Vec::new()).await, [&bar, "true", "true", "true"]);
    });
}

#[test]
fn the_page_of_the_parent_opens_and_comes_back() {
    in_browser("the_page_of_the_parent_opens_and_comes_back", async |browser| {
        let (own, parent) = with_parent();
        browser.publish(parent);
        browser.open(own).await;
        browser.click("#behind a[href$='.html']").await;
        assert_eq!(browser.address().await, browser.site.url(&parent.file));
        let crumbs = "return [document.querySelector('.crumbs').textContent.trim(), document.title]";
        let [crumbs, title] = browser.texts(crumbs, Vec::new()).await.try_into().unwrap();
        assert!(crumbs.contains("BTCUSDT") && crumbs.contains("1M"), "{crumbs}");
        assert!(title.contains("1M"), "{title}");
    });
}
