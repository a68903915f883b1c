//! A page is written in its reader's language: no label of it is left in another.

use serde_json::json;
use sim::{Fault, Rule, Service};

use super::stage::on_pages;
use crate::browser::session::Browser;

const LOOK: &str = include_str!("untranslated.js");

/// Names: of this program, of what it reads, of its files, prompts and models; units; the languages by themselves.
const NAMES: &[&str] = &[
    "Topdown",
    "USDT",
    "BTC",
    "ETH",
    "UTC",
    "Binance",
    "seed",
    "en",
    "ru",
    "id",
    "ATR",
    "ATR14",
    "EMA",
    "RSI",
    "MACD",
    "ADX",
    "1M",
    "1w",
    "1d",
    "4h",
    "trend",
    "momentum",
    "levels",
    "topdown",
    "cat",
    "gs",
    "R",
    "POC",
    "DI",
    "EMA20",
    "EMA50",
    "RSI14",
    "ADX14",
    "rule-analyst",
    "recommendation",
];

/// What is left in another language on the page that the browser sees.
async fn look(browser: &Browser) -> (String, Vec<String>) {
    let mut found = browser.texts(LOOK, vec![json!(NAMES)]).await;
    let language = found.remove(0);
    (language, found)
}

async fn is_russian(browser: &Browser, page: &str) -> Vec<String> {
    browser.go(page).await;
    let (language, found) = look(browser).await;
    let wrong = (language != "ru").then(|| format!("{page}: lang={language}"));
    wrong.into_iter().chain(found.into_iter().map(|word| format!("{page}: {word}"))).collect()
}

#[test]
fn a_russian_page_has_no_word_of_another_language() {
    on_pages("a_russian_page_has_no_word_of_another_language", async |browser, stage| {
        browser.go(&stage.page("/?lang=ru")).await;
        assert_eq!(browser.says("nav a").await, "Наблюдение");
        browser.choose("#flow", "3").await;
        browser.click("form button").await;
        browser.until("h1", "Готово: ").await;
        let run = browser.address().await;
        assert!(run.contains("lang=ru"), "the choice is kept by a form: {run}");
        let run = run.split('?').next().unwrap().to_owned();
        let mut left = Vec::new();
        for page in ["/", "/runs", "/reports", "/recommendations", "/?part=2", "/runs/r-none"] {
            left.extend(is_russian(browser, &stage.page(&format!("{page}{}lang=ru", joint(page)))).await);
        }
        for page in ["/runs", "/reports", "/recommendations"] {
            left.extend(is_russian(browser, &stage.page(&format!("{page}?symbol=SOLUSDT&lang=ru"))).await);
        }
        for page in
            ["", "/recommendation", "/audit/recommendation", "/audit/4h-report", "/page/9z", "/audit/account"]
        {
            left.extend(is_russian(browser, &format!("{run}{page}?lang=ru")).await);
        }
        assert!(left.is_empty(), "{}\n{}", left.len(), left.join("\n"));

        // the search finds what is left: the same pages in English
        for page in ["/", "/runs", "/recommendations", "/runs/r-none"] {
            browser.go(&stage.page(page)).await;
            let (language, found) = look(browser).await;
            assert_eq!(language, "en", "{page}");
            assert!(found.len() > 10, "{page}: {found:?}");
        }
        // a link leads on in the language, and to the other one
        browser.go(&stage.page("/runs?lang=ru")).await;
        browser.click(".listed tbody a").await;
        browser.until_at("lang=ru").await;
        browser.click("a.tongue").await;
        browser.until_at("lang=en").await;
        browser.until("nav a", "Watchlist").await;
    });
}

fn joint(page: &str) -> char {
    if page.contains('?') { '&' } else { '?' }
}

#[test]
fn a_failed_run_is_told_in_russian() {
    on_pages("a_failed_run_is_told_in_russian", async |browser, stage| {
        stage.world.faults().inject(Rule::next(Service::OpenAi, Fault::ServerError(500)).times(2));
        browser.go(&stage.page("/?lang=ru")).await;
        browser.click("form button").await;
        browser.until("h1", "Сбой на шаге: 1M отчёт").await;
        let run = browser.address().await;
        let run = run.split('?').next().unwrap().to_owned();
        let mut left = Vec::new();
        for page in
            [format!("{run}?lang=ru"), format!("{run}/audit/1M-report?lang=ru"), stage.page("/?lang=ru")]
        {
            left.extend(is_russian(browser, &page).await);
        }
        assert!(left.is_empty(), "{}\n{}", left.len(), left.join("\n"));
        // why it failed stands there as it was recorded, marked as English
        browser.go(&format!("{run}?lang=ru")).await;
        let told = browser.says(".notice.error [lang=en]").await;
        assert!(told.contains("answered 500"), "{told}");
    });
}

/// Without a choice it is what the browser would rather have; the door says so too.
#[test]
fn the_browsers_language_is_taken() {
    on_pages("the_browsers_language_is_taken", async |_, stage| {
        let address = stage.server.address.to_string();
        let ask = |path: &str, language: &str| {
            let (status, body) = tests::request(&address, "GET", path, &[("Accept-Language", language)], b"");
            assert_eq!(status, 401);
            String::from_utf8(body).unwrap()
        };
        for (language, title) in
            [("ru-RU,ru;q=0.9,en;q=0.8", "Неизвестно, кто спрашивает"), ("de", "The caller is not known")]
        {
            let page = ask("/", language);
            assert!(page.contains(title), "{language}: {page}");
        }
        assert!(ask("/?lang=en", "ru").contains("The caller is not known"), "a choice goes first");
        assert!(ask("/?lang=xx", "ru").contains("Неизвестно"), "of what there is none it is no choice");
    });
}
