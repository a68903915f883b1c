use super::launch::in_browser;
use super::reports::reports;
use super::session::Browser;
use super::site::BROWSERS_OWN;

/// Ways to make a browser fetch something without script, each from an address of its own.
const FETCHES: [(&str, &str); 16] = [
    ("img", "<img src='http://example.invalid/img'>"),
    ("https", "<img src='https://example.invalid/https'>"),
    ("srcset", "<img srcset='http://example.invalid/srcset 1x'>"),
    ("picture", "<picture><source srcset='http://example.invalid/picture'><img></picture>"),
    ("poster", "<video poster='http://example.invalid/poster'></video>"),
    ("audio", "<audio src='http://example.invalid/audio' preload=auto></audio>"),
    ("frame", "<iframe src='http://example.invalid/frame'></iframe>"),
    ("object", "<object data='http://example.invalid/object'></object>"),
    ("embed", "<embed src='http://example.invalid/embed'>"),
    ("sheet", "<link rel=stylesheet href='http://example.invalid/sheet'>"),
    ("import", "<style>@import 'http://example.invalid/import'</style>"),
    ("attribute", "<p style='background: url(http://example.invalid/attribute)'>x</p>"),
    (
        "font",
        "<style>@font-face { font-family: f; src: url(http://example.invalid/font) } p { font-family: f }</style><p>x</p>",
    ),
    ("preload", "<link rel=preload as=image href='http://example.invalid/preload'>"),
    ("drawing", "<svg><image href='http://example.invalid/drawing'/></svg>"),
    ("input", "<input type=image src='http://example.invalid/input'>"),
];

#[test]
fn the_page_asks_for_nothing_but_itself() {
    in_browser("the_page_asks_for_nothing_but_itself", async |browser| {
        for report in reports() {
            assert!(!report.html.contains(BROWSERS_OWN), "{}", report.what);
            // as its server sends it, and as a file that somebody was sent
            for policy in [Some(notify::page::policy_header(&report.html)), None] {
                browser.site.publish(&report.file, &report.html, policy.as_deref());
                let asked = asked_by(browser, &report.file).await;
                let foreign: Vec<_> =
                    asked.iter().filter(|request| !is_of(browser, request, &report.file)).collect();
                assert!(foreign.is_empty(), "{}: {foreign:?}", report.what);
                assert_eq!(asked.len(), 1, "{}: {asked:?}", report.what);
            }
        }
    });
}

/// The recorder sees each way to fetch, so that it would see one of the page's; the page's policies stop each.
#[test]
fn planted_fetches_are_seen_and_the_policies_stop_them() {
    in_browser("planted_fetches_are_seen_and_the_policies_stop_them", async |browser| {
        let report = &reports()[0];
        let header = notify::page::policy_header(&report.html);
        let planted: String = FETCHES.iter().map(|(_, html)| *html).collect();
        let bare = format!("<!doctype html><title>bare</title>{planted}");
        browser.site.publish("bare", &bare, None);
        let asked = asked_by(browser, "bare").await;
        for (name, _) in FETCHES {
            let url = format!("GET http://example.invalid/{name}");
            let secure = name == "https" && asked.contains(&"CONNECT example.invalid:443".to_owned());
            assert!(secure || asked.contains(&url), "the recorder missed {name}: {asked:?}");
        }

        browser.site.publish("header", &bare, Some(&header));
        let asked = asked_by(browser, "header").await;
        assert_eq!(
            asked,
            [format!("GET {}", browser.site.url("header"))],
            "the header let something through"
        );

        let meta = report.html.replacen("<main", &format!("{planted}<main"), 1);
        assert_ne!(meta, report.html);
        browser.site.publish("meta", &meta, None);
        let asked = asked_by(browser, "meta").await;
        assert_eq!(asked, [format!("GET {}", browser.site.url("meta"))], "the meta let something through");
    });
}

/// What is asked for until the page was read to its end: folds open, every part of it in sight once.
async fn asked_by(browser: &Browser, name: &str) -> Vec<String> {
    browser.visit(name).await;
    let read = "for (const fold of document.querySelectorAll('details')) fold.open = true;
        for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight) {
          scrollTo(0, y);
          document.documentElement.getBoundingClientRect();
        }";
    browser.script(read, Vec::new()).await;
    // the next page is loaded after all that this one asked for
    browser.site.publish("end", "<!doctype html><link rel=icon href='data:,'><title>end</title>", None);
    browser.visit("end").await;
    let mut asked = browser.site.requests();
    let end = format!("GET {}", browser.site.url("end"));
    let last = asked.iter().position(|request| *request == end).expect("the end was asked for");
    asked.truncate(last);
    asked
}

fn is_of(browser: &Browser, request: &str, name: &str) -> bool {
    *request == format!("GET {}", browser.site.url(name))
}
