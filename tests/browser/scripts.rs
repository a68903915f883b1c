use super::launch::in_browser;
use super::reports::{Report, with_parent};
use super::session::Browser;

/// Ways to run a script, each leaving its name in the title. `data:,` is no picture: its error comes at once.
const WAYS: [(&str, &str); 6] = [
    ("element", "<script>document.title += ' element'</script>"),
    ("onerror", "<img src='data:,' onerror=\"document.title += ' onerror'\">"),
    ("onload", "<svg onload=\"document.title += ' onload'\"></svg>"),
    ("ontoggle", "<details open ontoggle=\"document.title += ' ontoggle'\"><summary>x</summary></details>"),
    ("imported", "<script src=\"data:text/javascript,document.title += ' imported'\"></script>"),
    ("frame", "<iframe srcdoc=\"<script>parent.document.title += ' frame'</script>\"></iframe>"),
];
const LINK: &str = "<a id=planted href=\"javascript:void(document.title += ' link')\">planted</a>";

#[test]
fn no_planted_script_runs_under_the_policies_of_the_page() {
    in_browser("no_planted_script_runs_under_the_policies_of_the_page", async |browser| {
        let report = with_parent().0;
        let planted: String = WAYS.iter().map(|(_, html)| *html).collect();
        let infected = report.html.replacen("<main", &format!("{planted}{LINK}<main"), 1);
        assert_ne!(infected, report.html);
        let header = notify::page::policy_header(&report.html);
        let bare = without_meta(report, &infected);

        let title = title_of(browser, "bare", &bare, None).await;
        for name in WAYS.iter().map(|(name, _)| *name).chain(["link"]) {
            assert!(title.contains(name), "without a policy {name} should run: {title}");
        }
        browser.open(report).await;
        let untouched = browser.title().await;
        assert!(!untouched.is_empty());
        assert_eq!(title_of(browser, "meta", &infected, None).await, untouched);
        assert_eq!(title_of(browser, "header", &bare, Some(&header)).await, untouched);
    });
}

#[test]
fn the_page_has_no_script_and_no_handler_of_its_own() {
    in_browser("the_page_has_no_script_and_no_handler_of_its_own", async |browser| {
        for report in super::reports::reports() {
            browser.open(report).await;
            let look = "return [...document.querySelectorAll('*')].filter(element => element.localName === 'script'
                || element.getAttributeNames().some(name => name.startsWith('on') || name === 'style')
                || /^\\s*javascript:/i.test(element.getAttribute('href') ?? '')).map(element => element.outerHTML)";
            let found = browser.texts(look, Vec::new()).await;
            assert!(found.is_empty(), "{}: {found:?}", report.what);
        }
    });
}

/// In the sandbox of its header a page is a stranger to the server it came from, so to any session there.
#[test]
fn the_header_gives_the_page_an_origin_of_its_own() {
    in_browser("the_header_gives_the_page_an_origin_of_its_own", async |browser| {
        let report = with_parent().0;
        let origin = "return [self.origin]";
        browser.site.publish(&report.file, &report.html, None);
        browser.visit(&report.file).await;
        assert_eq!(browser.texts(origin, Vec::new()).await, [browser.site.url("").trim_end_matches('/')]);
        browser.open(report).await;
        assert_eq!(browser.texts(origin, Vec::new()).await, ["null"]);
    });
}

/// The page without its own policy.
fn without_meta(report: &Report, html: &str) -> String {
    let start = html.find("<meta http-equiv=\"Content-Security-Policy\"").expect("the page has a policy");
    let end = start + html[start..].find('>').unwrap() + 1;
    let bare = format!("{}{}", &html[..start], &html[end..]);
    assert!(!bare.contains("Content-Security-Policy"), "{}", report.what);
    bare
}

/// The title after everything had its chance to run. A link's script is a task of its own: it is waited for over
/// round trips to the browser, until it shows or for many more than it needs without a policy.
async fn title_of(browser: &Browser, name: &str, html: &str, policy: Option<&str>) -> String {
    browser.site.publish(name, html, policy);
    browser.visit(name).await;
    browser.click("#planted").await;
    let mut title = browser.title().await;
    for _ in 0..300 {
        if title.contains("link") {
            break;
        }
        title = browser.title().await;
    }
    title
}
