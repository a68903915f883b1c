//! Texts of vendors and models that would write a line of their own into a log or a terminal, or command it.

use serde_json::{Value, json};
use sim::{Fault, Rule, Service};
use tests::figure;

use super::bench::{RUN, collected_in, finish, run, runs, under_timeout, world};

/// A line of its own, an escape sequence, a bidirectional override, a zero-width space, another end of line.
const FORGED: &str =
    "nothing\r\nerror: forged\u{1b}[2J\u{1b}]0;x\u{7}\u{202e}\u{200b}\u{2028}error: forged\u{85}";

/// Says what in a text a terminal would obey or take for a line of the program's own.
fn obeyed(text: &str) -> Vec<String> {
    let bad = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    // a carriage return before the end of a line is one too
    let lines = text.split('\n');
    let found = lines.filter(|line| line.chars().any(bad) || line.trim_start().starts_with("error: forged"));
    found.map(|line| line.escape_debug().to_string()).collect()
}

fn said(status: u16, body: &Value) -> Fault {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    Fault::Answer { status, headers, body: body.to_string().into_bytes() }
}

#[test]
fn the_search_finds_what_is_forged() {
    assert_eq!(obeyed(FORGED).len(), 2);
    assert_eq!(obeyed("error: x\n  where  nothing error: forged\n"), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_of_a_vendor_is_one_line() {
    let world = world().await;
    let mut seen = 0;
    let exchange = said(400, &json!({ "code": -1100, "msg": FORGED }));
    let model = said(400, &json!({ "error": { "message": FORGED, "code": FORGED, "type": FORGED } }));
    let messenger = said(400, &json!({ "ok": false, "error_code": 400, "description": FORGED }));
    let chart = said(422, &json!({ "message": FORGED }));
    for (service, path, fault) in [
        (Service::Binance, "/klines", exchange.clone()),
        (Service::Binance, "/exchangeInfo", exchange),
        (Service::OpenAi, "", model),
        (Service::Telegram, "", messenger),
        (Service::ChartImg, "", chart),
    ] {
        for page in [false, true] {
            let html = Fault::Answer {
                status: 403,
                headers: vec![("content-type".to_owned(), "text/html".to_owned())],
                body: format!("<html><b>{FORGED}</b>").into_bytes(),
            };
            let fault = if page { html } else { fault.clone() };
            let topdown = collected_in(&world)
                .with("RUST_LOG", "trace")
                .with("TOPDOWN_TELEGRAM_URL", &world.telegram_url())
                .with("TELEGRAM_BOT_TOKEN", "1:token-of-a-test")
                .with("TELEGRAM_CHAT_ID", "1")
                .with("TOPDOWN_CHART_IMG_URL", &world.chart_img_url())
                .with("CHART_IMG_API_KEY", "key-of-a-test");
            world.faults().inject(Rule::next(service, fault).on(path).forever());
            // only a live run has its charts drawn elsewhere
            let live: Vec<&str> = RUN
                .iter()
                .filter(|part| !part.contains("as-of") && !part.contains(":00Z"))
                .copied()
                .collect();
            let arguments = if service == Service::ChartImg { &live[..] } else { RUN };
            let finished =
                tokio::task::block_in_place(|| finish(&mut under_timeout(&topdown.command(arguments))));
            world.faults().clear();
            for text in [&finished.stderr, &finished.stdout] {
                assert_eq!(obeyed(text), Vec::<String>::new(), "{service:?} {page}");
                seen += text.matches("forged").count();
            }
        }
    }
    assert!(seen > 10, "what they said is there, {seen} times");
    figure("outside", &json!({ "forged_lines": { "cases": 10, "through": 0 } }));
}

/// The model's own words, in a good answer.
#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_shown_in_lines_of_the_programs_own() {
    let world = world().await;
    let topdown = collected_in(&world);
    assert_eq!(run(&topdown).code, 0);
    let good = tokio::task::block_in_place(|| {
        let week = runs(&topdown)[0]["steps"]
            .as_array()
            .unwrap()
            .iter()
            .find(|step| step["step_id"] == "1w-report")
            .cloned();
        let answers = week.unwrap()["call_refs"].as_array().unwrap().last().cloned();
        topdown.cat_json(answers.unwrap().as_str().unwrap())
    });
    // a kept answer is the vendor's body as it came
    let mut body: Value = serde_json::from_str(good["body"].as_str().unwrap()).unwrap();
    let content = body["choices"][0]["message"]["content"].as_str().unwrap();
    let mut report: Value = serde_json::from_str(content).unwrap();
    for text in [FORGED, "nothing\nerror: forged", "nothing\r\terror: forged"] {
        report["summary"] = json!(text);
        report["observations"][0]["says"] = json!(text);
        report["invalidation"]["reason"] = json!(text);
        body["choices"][0]["message"]["content"] = json!(report.to_string());
        body["model"] = json!(FORGED);
        let topdown = collected_in(&world);
        world.faults().inject(Rule::next(Service::OpenAi, said(200, &body)).after(1).forever());
        let plain: Vec<&str> = RUN.iter().filter(|part| **part != "--json").copied().collect();
        let told = tokio::task::block_in_place(|| {
            let finished = finish(&mut under_timeout(&topdown.command(&plain)));
            let id = runs(&topdown).pop().unwrap()["run_id"].as_str().unwrap().to_owned();
            let shown = topdown.run(&["show", &id]);
            [finished.stdout, finished.stderr, shown.stdout, shown.stderr]
        });
        world.faults().clear();
        for text in &told {
            assert_eq!(obeyed(text), Vec::<String>::new());
        }
        // shown as text, or refused for what cannot be seen
        assert!(
            told[2].contains("nothing error: forged") || told[2].contains("invisible characters"),
            "{}",
            told[2]
        );
    }
}
