//! The API for runs on request, through HTTP, on a server of its own.

mod callers;
mod cancelled;
mod client;
mod commands;
mod document;
mod generated;
mod keys;
mod listed;
mod sessions;
mod started;

use serde_json::{Value, json};
use sim::{SimClock, World, WorldConfig};
use tests::{Server, Topdown};

use crate::faults::bench::program_in;
use client::{Answer, ask};

/// A server that watches two symbols of a simulated world, and the first week's runs behind it.
pub(crate) struct Stage {
    pub(crate) world: World,
    pub(crate) topdown: Topdown,
    pub(crate) server: Server,
    pub(crate) token: String,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        #[expect(clippy::disallowed_methods, reason = "the server lives by this machine's clock")]
        let now = jiff::Timestamp::now();
        let world = World::start(WorldConfig::seeded(1, SimClock::running_from(now))).await.unwrap();
        let topdown = program_in(&world);
        std::fs::create_dir_all(topdown.data()).unwrap();
        let symbols = "[\"BTCUSDT\", { symbol = \"ETHUSDT\", market = \"perp\" }]";
        let list = format!("symbols = {symbols}\n[bars]\n1h = 1000\n4h = 400\n1d = 400\n");
        std::fs::write(topdown.data().join("watchlist.toml"), list).unwrap();
        tokio::task::block_in_place(|| {
            let server = Server::start(&topdown, 1024);
            let token = std::fs::read_to_string(topdown.data().join("api.token")).unwrap();
            let mut stage = Self { world, topdown, server, token: token.trim().to_owned() };
            stage.counts("the week's runs", "SELECT count(*) FROM runs WHERE status = 'done'", &[], 2);
            stage
        })
    }

    /// Asks with the folder's token.
    pub(crate) fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        self.ask_with(method, path, &[], body)
    }

    pub(crate) fn ask_with(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let headers = [&[("Authorization", bearer.as_str())], headers].concat();
        let text = body.map(ToString::to_string);
        ask(self.server.address, method, path, &headers, text.as_deref())
    }

    /// Starts a run that is to be accepted; answers its address.
    pub(crate) fn start(&self, body: &Value) -> String {
        let answer = self.ask("POST", "/v1/runs", Some(body));
        assert_eq!(answer.status, 202, "{}", answer.body);
        answer.header("location").unwrap().to_owned()
    }

    /// Waits until the run stands there, without asking the server, which counts questions; then reads it.
    pub(crate) fn until(&mut self, run: &str, state: &str) -> Value {
        let id = run.trim_start_matches("/v1/runs/").to_owned();
        let sql = "SELECT count(*) FROM runs WHERE run_id = ?1 AND status = ?2";
        self.counts(&format!("{run} {state}"), sql, &[&id, state], 1);
        self.ask("GET", run, None).body
    }

    /// Waits until that statement counts so many.
    pub(crate) fn counts(&mut self, what: &str, sql: &str, values: &[&str], count: i64) {
        let data = self.topdown.data();
        self.server.until(what, || {
            let database = rusqlite::Connection::open(data.join("topdown.sqlite")).ok()?;
            let values = rusqlite::params_from_iter(values);
            let found: i64 = database.query_row(sql, values, |row| row.get(0)).ok()?;
            (found == count).then_some(())
        });
    }
}

/// A run of the week that the analyst is asked for: the schedule's is in another language, and what was paid for is
/// taken from there.
pub(crate) fn unread(symbol: &str) -> Value {
    json!({"flow": 1, "symbol": symbol, "language": "ru"})
}

/// A run of the week on that symbol.
pub(crate) fn week(symbol: &str) -> Value {
    json!({"flow": 1, "symbol": symbol})
}
