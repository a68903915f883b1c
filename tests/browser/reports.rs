use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use serde_json::Value;
use tests::{Topdown, candles, left_out};

/// A report page as the program wrote it.
#[derive(Debug)]
pub(super) struct Report {
    /// Which, for messages.
    pub(super) what: &'static str,
    /// Name of its file.
    pub(super) file: String,
    pub(super) html: String,
    /// The language that was asked for.
    pub(super) language: &'static str,
}

/// What a page is made from: a report, and the candles it reads.
#[derive(Debug)]
pub(super) struct Material {
    pub(super) document: Value,
    pub(super) ohlcv: Value,
    pub(super) series: Value,
}

struct Made {
    reports: Vec<Report>,
    own: Material,
    parent: Material,
}

/// Pages of all states a number can be in, both languages, and the page of a report without a parent; of recorded
/// candles too, two recommendations among them, where they lie beside the repository. Made once; nothing is left in the file system.
pub(super) fn reports() -> &'static [Report] {
    &made().reports
}

/// The report of the built-in world, and its parent's.
pub(super) fn with_parent() -> (&'static Report, &'static Report) {
    (named("simulated"), named("parent of simulated"))
}

/// The page with the fewest marks and the one with the most, in another language: enough for slow looks.
pub(super) fn extremes() -> [&'static Report; 2] {
    [named("simulated"), named("unverified")]
}

fn named(what: &str) -> &'static Report {
    reports().iter().find(|report| report.what == what).expect("it was made")
}

/// What these two were made from.
pub(super) fn material() -> (&'static Material, &'static Material) {
    (&made().own, &made().parent)
}

fn made() -> &'static Made {
    static MADE: OnceLock<Made> = OnceLock::new();
    MADE.get_or_init(|| {
        let recorded = std::thread::spawn(recorded);
        let mut made = simulated();
        made.reports.extend(recorded.join().expect("the demo of recorded candles"));
        made
    })
}

fn simulated() -> Made {
    let program = Topdown::new();
    let verified = program.json(&["demo", "--json"]);
    let mut reports = vec![page(&program, &verified, "simulated", "en"), parent(&program, &verified)];
    let (own, parent) = (read_material(&program, &verified, "1w"), read_material(&program, &verified, "1M"));
    // the candles are there already: these runs are quick
    let repaired = program.json(&["demo", "--json", "--model", "rule-analyst:invent_price"]);
    reports.push(page(&program, &repaired, "repaired", "en"));
    let unverified = ["demo", "--json", "--model", "rule-analyst:stubborn", "--lang", "ru"];
    reports.push(page(&program, &program.json(&unverified), "unverified", "ru"));
    Made { reports, own, parent }
}

fn read_material(program: &Topdown, finished: &Value, timeframe: &str) -> Material {
    let run = finished["run_id"].as_str().expect("a run has an id");
    let artifact = |name: &str| program.cat_json(&format!("gs://local/runs/{run}/{timeframe}-{name}.json"));
    Material { document: artifact("report"), ohlcv: artifact("ohlcv"), series: artifact("series") }
}

fn recorded() -> Vec<Report> {
    let Some(candles) = candles() else {
        left_out("the pages of recorded candles", "they need the data folder beside the repository");
        return Vec::new();
    };
    let program = Topdown::new();
    let folder = candles.to_str().expect("a path in UTF-8");
    let finished = program.json(&["demo", "--json", "--candles", folder, "--symbol", "BTCUSDT"]);
    let mut reports = vec![page(&program, &finished, "recorded", "en")];
    // a week that carries a plan by the rules, and one that its costs make invalid
    let mut decided = vec!["demo", "--json", "--flow", "3", "--candles", folder, "--symbol", "SOLUSDT"];
    decided.extend(["--as-of", "2025-05-15T04:00:00Z"]);
    reports.push(page(&program, &program.json(&decided), "planned", "en"));
    decided.extend(["--model", "rule-analyst:poor_rr", "--lang", "ru"]);
    reports.push(page(&program, &program.json(&decided), "invalid plan", "ru"));
    reports
}

fn page(program: &Topdown, finished: &Value, what: &'static str, language: &'static str) -> Report {
    let path = finished["page"].as_str().expect("the run wrote a page");
    read(&program.path(path), what, language)
}

/// The page of the parent stands beside its child's, with the timeframe in its name.
fn parent(program: &Topdown, finished: &Value) -> Report {
    let path = finished["page"].as_str().expect("the run wrote a page");
    let path = path.replace(".html", "-1M.html");
    read(&program.path(path), "parent of simulated", "en")
}

fn read(path: &Path, what: &'static str, language: &'static str) -> Report {
    let html = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let file = path.file_name().and_then(|name| name.to_str()).expect("a name in UTF-8").to_owned();
    Report { what, file, html, language }
}
