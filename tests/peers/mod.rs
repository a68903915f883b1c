//! Clients that others wrote work against `topdown sim`: ccxt, OpenAI's own, python-telegram-bot. Only their base
//! URLs are changed. Google's own read what was written on Google Cloud.

mod google;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use sim::{Fault, Rule, Service, SimClock, World, WorldConfig};
use tests::{Topdown, left_out, repository};

/// Interpreter with the clients, installed at first use; `None`, and one line, where that cannot be.
fn python(test: &str) -> Option<&'static Path> {
    static MADE: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let own = std::env::current_exe().map_err(|error| error.to_string())?;
        // target/PROFILE/deps/all
        let folder = own.ancestors().nth(3).expect("a target folder").join("peers");
        let script = repository().join("tests/peers/setup.sh");
        let output =
            Command::new("bash").arg(script).arg(folder).output().map_err(|error| error.to_string())?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        if output.status.success() { Ok(text(&output.stdout).into()) } else { Err(text(&output.stderr)) }
    });
    match made {
        Ok(python) => Some(python),
        Err(why) => {
            left_out(test, why);
            None
        }
    }
}

/// Runs a script of this folder to its end; it fails with a traceback.
fn run(python: &Path, script: &str, arguments: &[&str]) -> String {
    let mut command = Command::new("timeout");
    command.args(["--kill-after=5", "60"]).arg(python).arg(repository().join("tests/peers").join(script));
    // nothing of the caller's: a proxy would be asked for 127.0.0.1, a key be sent
    let output = command
        .args(arguments)
        .env_clear()
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONUTF8", "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}: {}\n{said}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

/// `topdown sim`, ended when dropped.
struct Sim {
    child: Child,
    urls: Vec<(String, String)>,
}

impl Sim {
    /// Starts it and reads a `name URL` line for each service.
    fn start() -> Self {
        let mut command = Topdown::new().command(&["sim", "--as-of", "2026-04-30T04:00:00Z"]);
        // the folder is gone by then, and `sim` writes none
        let mut child = command.current_dir("/").stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().take(8);
        let pair = |line: std::io::Result<String>| {
            let line = line.unwrap();
            let (name, url) = line.split_once(' ').unwrap();
            (name.to_owned(), url.to_owned())
        };
        let urls = lines.map(pair).collect();
        Self { child, urls }
    }

    fn url(&self, name: &str) -> &str {
        &self.urls.iter().find(|(of, _)| of == name).unwrap_or_else(|| panic!("no line for {name}")).1
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn ccxt_reads_the_exchange() {
    let Some(python) = python("ccxt_reads_the_exchange") else { return };
    let sim = Sim::start();
    run(python, "exchange.py", &[sim.url("binance")]);
}

#[test]
fn ccxt_reads_the_second_exchange() {
    let Some(python) = python("ccxt_reads_the_second_exchange") else { return };
    let sim = Sim::start();
    run(python, "bybit.py", &[sim.url("bybit")]);
}

/// A demo's weekly candles and one of its charts, as files.
fn of_a_demo(topdown: &Topdown) -> (PathBuf, PathBuf) {
    let demo = topdown.json(&["demo", "--json"]);
    let steps = demo["steps"].as_array().unwrap();
    let write = |step: &str, name: &str| {
        let uri = steps.iter().find(|found| found["step_id"] == step).unwrap()["gcs_uri"].as_str().unwrap();
        let path = topdown.path(name);
        std::fs::write(&path, topdown.cat(uri)).unwrap();
        path
    };
    (write("1w-ohlcv", "ohlcv.json"), write("1w-chart-trend", "chart.png"))
}

#[test]
fn openais_client_is_given_a_report() {
    let Some(python) = python("openais_client_is_given_a_report") else { return };
    let (sim, topdown) = (Sim::start(), Topdown::new());
    let (ohlcv, chart) = of_a_demo(&topdown);
    let schema = repository().join("shared/llm/schemas/report.json");
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let arguments = [sim.url("openai").to_owned(), text(&ohlcv), text(&schema), text(&chart)];
    let report = run(python, "model.py", &arguments.each_ref().map(String::as_str));
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let schema = serde_json::from_slice(&std::fs::read(schema).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<_> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
}

#[test]
fn python_telegram_bot_sends_messages() {
    let Some(python) = python("python_telegram_bot_sends_messages") else { return };
    let (sim, topdown) = (Sim::start(), Topdown::new());
    let (_, chart) = of_a_demo(&topdown);
    run(python, "messenger.py", &[sim.url("telegram"), chart.to_str().unwrap()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_are_known_for_what_they_are() {
    let Some(python) = python("faults_are_known_for_what_they_are") else { return };
    let clock = SimClock::fixed("2026-04-30T04:00:00Z".parse().unwrap());
    let world = World::start(WorldConfig::seeded(7, clock)).await.unwrap();
    let exchange =
        [Fault::Banned { retry_after_s: 120 }, Fault::Restricted, Fault::Firewall, Fault::ServerError(500)];
    for fault in exchange {
        world.faults().inject(Rule::next(Service::Binance, fault));
    }
    world.faults().inject(Rule::next(Service::OpenAi, Fault::TooManyRequests { retry_after_s: 1 }));
    world
        .faults()
        .inject(Rule::next(Service::Telegram, Fault::TooManyRequests { retry_after_s: 7 }).on("sendMessage"));
    let urls = [world.binance_url(), world.openai_url(), world.telegram_url()];
    tokio::task::block_in_place(|| run(python, "faults.py", &urls.each_ref().map(String::as_str)));
    assert_eq!(world.faults().pending(), 0);
    // asked once, refused, asked again
    assert_eq!(world.count(Service::OpenAi), 2);
}
