use domain::Timeframe;
use notify::page::{ChartSvgs, InputRow, PageInput, Parent, Picture, Reading, RunFacts};
use notify::{About, Link, Notice};
use serde_json::Value;

use super::launch::in_browser;
use super::reports::{Material, material};
use super::session::Browser;

/// What an analyst or a venue could write to reach the reader: `N` is the number of the field.
pub(super) const PAYLOAD: &str = " \"'><img src=http://example.invalid/N onerror=\"document.documentElement.id='N'\">\
    <script>document.documentElement.id='N'</script><svg onload=\"document.documentElement.id='N'\"></svg>\
    </style></title><link rel=stylesheet href=http://example.invalid/N>\
    ![x](http://example.invalid/N) [x](javascript:alert(N)) \u{202e}{{N}}";

/// Escaping alone holds: the page is shown without its policy.
#[test]
fn hostile_text_in_every_field_stays_text() {
    in_browser("hostile_text_in_every_field_stays_text", async |browser| {
        let (own, above) = material();
        let mut fields = 0;
        let (own, above) = (Hostile::of(own, &mut fields), Hostile::of(above, &mut fields));
        // of the report alone: five texts and two of each observation
        assert!(fields > 100, "only {fields} fields take a text");
        let parent = Parent::Report { reading: above.reading(), page: Some("x\" onclick=\"alert(1).html") };
        shows_only_text(browser, "with a parent", &own.page(parent)).await;
        let reason = PAYLOAD.replace('N', "0");
        let missing = Parent::Missing { timeframe: Timeframe::Month, reason: &reason };
        shows_only_text(browser, "without a parent", &own.page(missing)).await;
        tests::figure("outside", &serde_json::json!({ "xss": { "cases": fields, "through": 0 } }));
    });
}

/// A letter, as a mail program without any guard of its own shows it.
#[test]
fn hostile_text_in_a_letter_stays_text() {
    in_browser("hostile_text_in_a_letter_stays_text", async |browser| {
        let mut fields = 0;
        let mut own = Hostile::of(material().0, &mut fields);
        // of a report the letter has the first sentence alone
        own.document.report.summary = PAYLOAD.replace('N', "1");
        let (run_id, link) = ("r-1".parse().unwrap(), PAYLOAD.replace('N', "2"));
        let link = Link { url: &format!("https://{link}"), opens_until: own.document.as_of };
        let page = notify::Page { file_name: "x.html", html: "", link: Some(link) };
        let about = About::Report(&own.document);
        let notice = Notice { key: "k", run_id: &run_id, flow: 1, about, page: Some(page) };
        let letter = notify::mail::html(&notice).unwrap();
        // its one link is an address that nobody made
        let (start, rest) = letter.split_once("<a href=\"").expect("the letter has a link");
        let (_, rest) = rest.split_once("\" rel=\"noopener noreferrer\">").unwrap();
        stays_text(browser, "a letter", &format!("{start}<a>{rest}"), 1).await;
        let trouble = notify::message::Trouble {
            symbol: &own.document.symbol,
            timeframe: Timeframe::Week,
            reason: PAYLOAD,
            next_try: None,
            command: PAYLOAD,
            last_report: None,
            language: "ru",
        };
        let about = About::Trouble(&trouble, own.document.as_of);
        let letter = notify::mail::html(&Notice { about, page: None, ..notice }).unwrap();
        stays_text(browser, "a letter of trouble", &letter, 2).await;
    });
}

async fn shows_only_text(browser: &Browser, what: &str, html: &str) {
    let start = html.find("<meta http-equiv=\"Content-Security-Policy\"").expect("the page has a policy");
    let bare = format!("{}{}", &html[..start], html[start..].split_once('>').unwrap().1);
    stays_text(browser, what, &bare, 21).await;
}

/// At least so many payloads are shown, and none does anything.
async fn stays_text(browser: &Browser, what: &str, html: &str, shown: u32) {
    browser.site.requests();
    browser.site.publish("hostile", html, None);
    browser.visit("hostile").await;
    let look = "const foreign = [...document.querySelectorAll(`[src], link, script, iframe, object, [onerror], [onload],
          [onclick], a[href]`)].filter(element => !/^(data:image\\/png|#)/.test(
            element.getAttribute('src') ?? element.getAttribute('href') ?? ''));
        return [document.documentElement.id, String(document.documentElement.textContent.split('<script>').length - 1),
          ...foreign.map(element => element.outerHTML)]";
    let found = browser.texts(look, Vec::new()).await;
    assert_eq!(found[0], "", "{what}: a script ran");
    assert!(
        found[1].parse::<u32>().unwrap() >= shown,
        "{what}: the page shows only {} of the texts",
        found[1]
    );
    assert!(found[2..].is_empty(), "{what}: {:?}", &found[2..]);
    let asked = browser.site.requests();
    let foreign: Vec<_> = asked.iter().filter(|request| request.contains("example.invalid")).collect();
    assert!(foreign.is_empty(), "{what}: {foreign:?}");
}

/// A report with the payload at the end of every text that may be any text.
struct Hostile {
    document: domain::report::ReportDocument,
    ohlcv: domain::ohlcv::Ohlcv,
    series: domain::series::SeriesDocument,
    charts: ChartSvgs,
}

impl Hostile {
    fn of(material: &Material, fields: &mut usize) -> Self {
        Self {
            document: infected(&material.document, fields, |value| serde_json::from_value(value).ok()),
            ohlcv: infected(&material.ohlcv, fields, |value| serde_json::from_value(value).ok()),
            series: infected(&material.series, fields, |value| serde_json::from_value(value).ok()),
            charts: ChartSvgs { wide: "<svg></svg>".to_owned(), narrow: "<svg></svg>".to_owned() },
        }
    }

    fn reading(&self) -> Reading<'_> {
        Reading { document: &self.document, ohlcv: &self.ohlcv, series: &self.series, charts: &self.charts }
    }

    fn page(&self, parent: Parent<'_>) -> String {
        let hostile = PAYLOAD.replace('N', "1");
        let inputs = [InputRow { label: &hostile, description: &hostile, id: &hostile }];
        let pictures = [Picture { name: &hostile, png: b"no picture" }];
        let run = RunFacts { wall_ms: 1, calls: 1, cost_usd: Default::default() };
        let (reading, chart_css) = (self.reading(), "");
        let input = PageInput {
            reading,
            parent,
            chart_css,
            pictures: &pictures,
            inputs: &inputs,
            prompt_version: None,
            run,
            no_recommendation: Some(&hostile),
        };
        notify::page::render(&input).unwrap()
    }
}

/// Texts that choose what is shown, and show nothing themselves.
const KEPT: [&str; 2] = ["/language", "/schema"];

/// Each text that `parse` takes with the payload behind it gets it.
pub(super) fn infected<T>(document: &Value, fields: &mut usize, parse: impl Fn(Value) -> Option<T>) -> T {
    let mut infected = document.clone();
    for pointer in texts_of(document).iter().filter(|pointer| !KEPT.contains(&pointer.as_str())) {
        let place = infected.pointer_mut(pointer).unwrap();
        let text = place.as_str().unwrap().to_owned();
        *place = Value::from(format!("{text}{}", PAYLOAD.replace('N', &fields.to_string())));
        if parse(infected.clone()).is_some() {
            *fields += 1;
        } else {
            *infected.pointer_mut(pointer).unwrap() = Value::from(text);
        }
    }
    parse(infected).unwrap()
}

/// JSON pointers (RFC 6901) of all texts; rows of bars and of their indicators are left, they are numbers and dates.
fn texts_of(value: &Value) -> Vec<String> {
    let deeper = |key: &str, value: &Value| {
        let key = key.replace('~', "~0").replace('/', "~1");
        texts_of(value).into_iter().map(|rest| format!("/{key}{rest}")).collect::<Vec<_>>()
    };
    match value {
        Value::String(_) => vec![String::new()],
        Value::Object(map) => map
            .iter()
            .filter(|(key, _)| !["bars", "indicators"].contains(&key.as_str()))
            .flat_map(|(key, value)| deeper(key, value))
            .collect(),
        Value::Array(list) => {
            list.iter().enumerate().flat_map(|(index, value)| deeper(&index.to_string(), value)).collect()
        }
        _ => Vec::new(),
    }
}
