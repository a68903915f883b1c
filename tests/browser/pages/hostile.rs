//! What an analyst, a venue or a vendor could write into what a run keeps, on every page that shows it.

use domain::recommendation::RecommendationDocument;
use domain::report::ReportDocument;
use platform_local::{Access, FolderArtifacts, Local};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::stage::on_pages;
use crate::api::Stage;
use crate::browser::hostile::{PAYLOAD, infected};
use crate::browser::session::Browser;

/// What a script left behind, and whatever asks for more than this server has.
const LOOK: &str = "return [document.documentElement.id === '' ? '' : 'a script ran',
    ...[...document.querySelectorAll('[onerror], [onload], [onclick], [src*=invalid], [href*=invalid], \
    [href^=javascript], iframe, object')].map(element => element.outerHTML)]";

/// Every text of the document at `uri` that may be any text gets a payload behind it.
fn infect<T: DeserializeOwned + Serialize>(
    local: &Local,
    database: &rusqlite::Connection,
    uri: &str,
) -> usize {
    let key = FolderArtifacts::key(uri).unwrap();
    let file = local.artifacts.path(&key);
    let document: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    let mut fields = 0;
    let hostile: T = infected(&document, &mut fields, |value| serde_json::from_value(value).ok());
    let bytes = serde_json::to_vec(&hostile).unwrap();
    std::fs::remove_file(&file).unwrap();
    std::fs::write(&file, &bytes).unwrap();
    let sha256 = domain::Sha256Hex::of(&bytes);
    let sql = "UPDATE artifacts SET sha256 = ?1 WHERE key = ?2";
    assert_eq!(database.execute(sql, [sha256.as_str(), key.as_str()]).unwrap(), 1);
    fields
}

/// A run of flow 3 whose every report, recommendation and step says what its author likes; how many texts do.
fn infected_run(stage: &mut Stage) -> (String, usize) {
    let run = stage.start(&json!({"flow": 3, "symbol": "BTCUSDT", "language": "en"}));
    stage.until(&run, "done");
    let run_id = run.rsplit('/').next().unwrap().to_owned();
    let data = stage.topdown.data();
    let local = Local::open(&data, Access::Read, "http://127.0.0.1:8377").unwrap();
    let database = rusqlite::Connection::open(data.join("topdown.sqlite")).unwrap();
    let mut fields = 0;
    let steps: Vec<String> = {
        let mut kept = database.prepare("SELECT document FROM steps WHERE run_id = ?1").unwrap();
        kept.query_map([&run_id], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    for step in steps {
        let step: Value = serde_json::from_str(&step).unwrap();
        let uri = step["gcs_uri"].as_str().unwrap_or_default();
        fields += match step["kind"].as_str().unwrap() {
            "report" => infect::<ReportDocument>(&local, &database, uri),
            "recommendation" => infect::<RecommendationDocument>(&local, &database, uri),
            _ => 0,
        };
    }
    for field in ["reason", "chart_provider", "llm_model"] {
        let sql = format!(
            "UPDATE steps SET sum = NULL, document = json_set(document, '$.{field}', ?1) WHERE run_id = ?2"
        );
        fields += database.execute(&sql, [PAYLOAD, run_id.as_str()]).unwrap();
    }
    (format!("/runs/{run_id}"), fields)
}

async fn is_only_text(browser: &Browser, page: &str) -> String {
    browser.go(page).await;
    assert_eq!(browser.texts(LOOK, Vec::new()).await, [""], "{page}");
    let text = "return document.documentElement.textContent";
    browser.script(text, Vec::new()).await.as_str().unwrap().to_owned()
}

#[test]
fn hostile_texts_of_what_a_run_keeps_stay_text() {
    on_pages("hostile_texts_of_what_a_run_keeps_stay_text", async |browser, stage| {
        let (run, fields) = infected_run(stage);
        assert!(fields > 150, "only {fields} fields take a text");
        browser.site.requests();
        let mut shown = 0;
        for language in ["en", "ru"] {
            let below =
                ["", "/recommendation", "/audit/recommendation", "/audit/1M-report", "/audit/4h-report"];
            let own = below.map(|page| format!("{run}{page}"));
            let lists = ["/", "/runs", "/reports", "/recommendations"].map(str::to_owned);
            for page in own.into_iter().chain(lists) {
                let text = is_only_text(browser, &stage.page(&format!("{page}?lang={language}"))).await;
                shown += text.matches("<script>").count();
            }
        }
        assert!(shown > 60, "the pages show only {shown} of the texts");
        let asked = browser.site.requests();
        let foreign: Vec<_> = asked.iter().filter(|request| request.contains("example.invalid")).collect();
        assert!(foreign.is_empty(), "{foreign:?}");

        // the search finds a text that is markup
        browser.site.publish("control", &format!("<!doctype html><title>x</title>{PAYLOAD}"), None);
        browser.visit("control").await;
        let found = browser.texts(LOOK, Vec::new()).await;
        assert!(found.len() > 3 && found[0] == "a script ran", "{found:?}");
    });
}
