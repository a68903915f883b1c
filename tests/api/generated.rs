//! The API under requests that schemathesis makes from its own document: good ones, bad ones, and chains of them.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::Response;
use coordinator::api::{Api, Caller, Desk, Problem, router};
use coordinator::{Coordinator, Followed};
use domain::{Source, Symbol, Watched};
use jiff::Timestamp;
use platform_local::{Access, Local};
use runtime::{Catalog, Services, SystemClock};
use storage::StoreError;
use tests::{Topdown, left_out, repository};
use tokio::net::TcpListener;

const TOKEN: &str = "token-of-a-test";

/// Requests of one caller: below every rate.
const PATIENT: usize = 5;

struct TestDesk;

#[async_trait]
impl Desk for TestDesk {
    async fn watched(&self) -> Result<Vec<Watched>, Problem> {
        let symbol: Symbol = "BTCUSDT".parse().unwrap();
        Ok(vec![symbol.into()])
    }

    async fn catalog(&self) -> Result<Catalog, Problem> {
        Ok(coordinator::catalog::built_in())
    }

    async fn present(&self, _: &Symbol, now: Timestamp) -> Result<Timestamp, StoreError> {
        Ok(now)
    }

    fn how_to_watch(&self, _: &Symbol) -> String {
        "nothing else is watched here".to_owned()
    }
}

/// Lets in who has the token, each few requests as another caller: rates are another test's.
async fn callers(mut request: Request, next: Next) -> Response {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let shown = request.headers().get("authorization").and_then(|value| value.to_str().ok());
    if shown == Some(&format!("Bearer {TOKEN}")) {
        let caller = COUNT.fetch_add(1, Ordering::Relaxed) / PATIENT;
        request.extensions_mut().insert(Caller(format!("caller-{caller}")));
    }
    next.run(request).await
}

/// The API on a data folder with one run in it that is done. Nobody works on those that are started.
async fn serve(topdown: &Topdown) -> (Local, String) {
    let local = Local::open(&topdown.data(), Access::Write, "http://127.0.0.1:8377").unwrap();
    let services = Services {
        artifacts: local.artifacts.clone(),
        journal: local.journal.clone(),
        bus: local.bus.clone(),
        clock: Arc::new(SystemClock),
    };
    let coordinator = Arc::new(Coordinator::new(services.clone()));
    let followed = Followed::on(local.candles.clone());
    let desk = Arc::new(TestDesk);
    let api = Arc::new(Api::new(coordinator, services, desk, followed, Source::Sim(1), None));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let routes = router(api).layer(middleware::from_fn(callers));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (local, url)
}

/// Interpreter with schemathesis, installed at first use.
fn python() -> Result<PathBuf, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    // target/PROFILE/deps/all
    let folder = own.ancestors().nth(3).expect("a target folder").join("schemathesis");
    let script = repository().join("tests/peers/setup.sh");
    let pins = repository().join("tests/api/requirements.txt");
    let output = Command::new("bash").arg(script).arg(folder).arg(pins).output();
    let output = output.map_err(|error| error.to_string())?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() { Ok(text(&output.stdout).into()) } else { Err(text(&output.stderr)) }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_made_from_the_document_get_answers_that_it_has() {
    let name = "requests_made_from_the_document_get_answers_that_it_has";
    let python = match tokio::task::block_in_place(python) {
        Ok(python) => python,
        Err(why) => return left_out(name, &why),
    };
    let topdown = Topdown::new();
    tokio::task::block_in_place(|| assert_eq!(topdown.run(&["demo"]).code, 0));
    let (_local, url) = serve(&topdown).await;
    let reports = tempfile::tempdir().unwrap();
    let output = tokio::task::block_in_place(|| {
        let mut command = Command::new("timeout");
        command.args(["--kill-after=5", if tests::at_scale() { "3600" } else { "180" }]).arg(python).args([
            "-m",
            "schemathesis.cli",
            "run",
        ]);
        command
            .arg(format!("{url}/openapi.json"))
            .args(["--header", &format!("Authorization: Bearer {TOKEN}")]);
        // which symbols are watched is more than a schema can say
        command.args(["--checks", "all", "--exclude-checks", "positive_data_acceptance"]);
        let seed = tests::seed().to_string();
        let examples = if tests::at_scale() { "2000" } else { "50" };
        command.args(["--seed", &seed, "--max-examples", examples, "--continue-on-failure", "--no-color"]);
        command.args(["--report", "json", "--report-dir"]).arg(reports.path());
        command.env_clear().env("PYTHONUTF8", "1").env("PYTHONDONTWRITEBYTECODE", "1");
        command.current_dir(reports.path()).output().unwrap()
    });
    let said = String::from_utf8_lossy(&output.stdout);
    let cases = said.lines().find_map(|line| line.trim().split_once(" generated")?.0.parse::<u64>().ok());
    tests::figure(
        "api",
        &serde_json::json!({ "cases": cases.unwrap_or_default(), "failed": u8::from(!output.status.success()) }),
    );
    assert!(cases.is_some_and(|cases| cases > 300), "{said}");
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
}
