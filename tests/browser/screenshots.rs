use std::fs;
use std::path::Path;

use super::launch::in_browser;
use super::reports::reports;
use super::screen::{DESK, PHONE, Theme};

const PICTURED: [&str; 5] = ["simulated", "unverified", "recorded", "planned", "invalid plan"];

/// For a person to look at: whole pages, folds closed, in `screenshots` beside the build.
#[test]
fn pictures_of_the_pages_are_kept() {
    in_browser("pictures_of_the_pages_are_kept", async |browser| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("screenshots");
        fs::create_dir_all(&folder).unwrap();
        for report in reports().iter().filter(|report| PICTURED.contains(&report.what)) {
            browser.open(report).await;
            for screen in [DESK, PHONE] {
                let height = browser.whole(screen.width).await;
                for theme in Theme::BOTH {
                    browser.in_theme(theme).await;
                    let png = browser.screenshot().await;
                    assert_eq!(size(&png), (screen.width, height), "{}", report.what);
                    let name =
                        format!("{}-{}-{}.png", report.what.replace(' ', "-"), screen.width, theme.word());
                    fs::write(folder.join(name), png).unwrap();
                }
            }
        }
    });
}

/// Width and height in the IHDR chunk, which is the first (PNG, third edition, 11.2.1).
fn size(png: &[u8]) -> (u32, u32) {
    assert_eq!(png[..8], *b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}
