//! `topdown serve` for as long as it lives: what it loses, what fails, who presses on its port.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use runtime::{Clock, SystemClock};
use rusqlite::params;
use serde_json::Value;
use sim::{Fault, Rule, Service, SimClock, World, WorldConfig};
use tests::{Server, Topdown};
use tokio::time::Instant;

use super::bench::{RUN, count, database, failed_demo, killed, program_in};
use super::channels::{taken, with_channels};

/// A world whose clock is the machine's, as `serve` expects of an exchange.
async fn world() -> World {
    let clock = SimClock::running_from(SystemClock.now());
    World::start(WorldConfig::seeded(1, clock)).await.unwrap()
}

/// The program in that world, told to watch one symbol, its history short.
fn watching(world: &World) -> Topdown {
    let topdown = program_in(world);
    std::fs::create_dir_all(topdown.data()).unwrap();
    let list = "symbols = [\"BTCUSDT\"]\n[bars]\n1h = 1000\n4h = 400\n1d = 400\n";
    std::fs::write(topdown.data().join("watchlist.toml"), list).unwrap();
    topdown
}

/// Documents of runs, the oldest first, once there is a data folder.
fn runs(topdown: &Topdown) -> Vec<Value> {
    if !topdown.data().join("topdown.sqlite").exists() {
        return Vec::new();
    }
    let database = database(topdown);
    let Ok(mut statement) = database.prepare("SELECT document FROM runs ORDER BY requested_ms") else {
        return Vec::new();
    };
    let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    rows.map(|text| serde_json::from_str(&text.unwrap()).unwrap()).collect()
}

fn ended(topdown: &Topdown, index: usize) -> Option<Value> {
    runs(topdown).get(index).filter(|run| run["status"] != "running").cloned()
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_without_number_keep_it_from_nothing() {
    let world = world().await;
    let topdown = watching(&world);
    tokio::task::block_in_place(|| {
        let mut server = Server::start(&topdown, 128);
        // more callers than it may have open files; they say nothing, and come back whenever they are sent away
        let address = server.address;
        let mut callers: Vec<TcpStream> = (0..180).map(|_| TcpStream::connect(address).unwrap()).collect();
        let run = server.until("the week's run", || {
            for caller in &mut callers {
                caller.set_nonblocking(true).unwrap();
                if caller.read(&mut [0; 16]).is_ok_and(|read| read == 0) {
                    *caller = TcpStream::connect(address).unwrap();
                }
            }
            ended(&topdown, 0)
        });
        assert_eq!(run["status"], "done", "{run} {}", server.said());
        assert!(!server.said().contains("error"), "{}", server.said());
        drop(callers);
        assert!(server.get().starts_with("HTTP/1.1 401"), "and answers the next");
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_small_and_comes_at_once() {
    let world = world().await;
    let topdown = watching(&world);
    tokio::task::block_in_place(|| {
        let server = Server::start(&topdown, 1024);
        let begun = Instant::now();
        let mut slow = TcpStream::connect(server.address).unwrap();
        slow.write_all(b"GET / HTTP/1.1\r\nHo").unwrap();
        for (bytes, status) in [(8_000, "401"), (20_000, "431")] {
            let mut large = TcpStream::connect(server.address).unwrap();
            let filler = "x".repeat(bytes);
            let host = server.address;
            // the server may hang up before it has read it all
            let _ = write!(large, "GET / HTTP/1.1\r\nHost: {host}\r\nX-Filler: {filler}\r\n\r\n");
            let mut answer = Vec::new();
            let _ = large.read_to_end(&mut answer);
            let answer = String::from_utf8_lossy(&answer).into_owned();
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{bytes}: {answer}");
        }
        slow.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut rest = Vec::new();
        slow.read_to_end(&mut rest).unwrap();
        // ten seconds for a head; a second or two for a busy machine
        let waited = begun.elapsed().as_secs();
        assert!((9..15).contains(&waited), "hung up after {waited} s");
        assert!(server.get().starts_with("HTTP/1.1 401"));
    });
}

/// The exchange's clock is the one that its candles know of, whatever this machine's shows.
#[tokio::test(flavor = "multi_thread")]
async fn the_week_is_the_exchanges() {
    let then = "2026-04-30T04:00:00Z";
    let world = World::start(WorldConfig::seeded(1, SimClock::fixed(then.parse().unwrap()))).await.unwrap();
    let topdown = watching(&world);
    tokio::task::block_in_place(|| {
        let mut server = Server::start(&topdown, 1024);
        let run = server.until("the week's run", || ended(&topdown, 0));
        assert_eq!((&run["status"], &run["as_of"]), (&"done".into(), &then.into()), "{run}");
        drop(server);
        let mut server = Server::start(&topdown, 1024);
        world.forget_requests();
        // each look asks the exchange for its clock: at the third, two are over
        let looks = || world.requests().iter().filter(|request| request.path.ends_with("/time")).count();
        server.until("two looks", || (looks() > 2).then_some(()));
        assert_eq!(runs(&topdown).len(), 1, "the same week, however often it is looked at");
    });
}

/// A run in the folder of a server that is at work, of which every message was lost.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_message_is_found_within_a_tick() {
    let world = world().await;
    let topdown = watching(&world);
    tokio::task::block_in_place(|| {
        assert_eq!(killed(&topdown, RUN, "claim.before=3*off->return").code, super::bench::KILLED);
        let database = database(&topdown);
        database.execute_batch("CREATE TABLE kept_runs AS SELECT * FROM runs; CREATE TABLE kept_steps AS SELECT * FROM steps; DELETE FROM runs; DELETE FROM steps; DELETE FROM messages").unwrap();
        assert!(
            count(&database, "SELECT count(*) FROM kept_steps WHERE document ->> 'status' = 'pending'") > 0
        );
        let mut server = Server::start(&topdown, 1024);
        server.until("the week's run", || ended(&topdown, 0));
        let old = "UPDATE kept_steps SET sum = NULL, document = json_set(document, '$.created_at', '2026-05-01T00:00:00Z', '$.lease_until', '2026-05-01T00:00:00Z')";
        database.execute(old, []).unwrap();
        database.execute_batch("INSERT INTO runs SELECT * FROM kept_runs; INSERT INTO steps (run_id, step_id, document, sum) SELECT run_id, step_id, document, sum FROM kept_steps").unwrap();
        let run = server.until("the run that was lost", || {
            let all = runs(&topdown);
            let run = all.into_iter().find(|run| run["as_of"] == "2026-04-30T04:00:00Z")?;
            (run["status"] != "running").then_some(run)
        });
        assert_eq!(run["status"], "done", "{run}");
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_past_its_deadline_fails() {
    let world = world().await;
    let topdown = watching(&world).with("TOPDOWN_RUN_DEADLINE", "3s");
    world.faults().inject(Rule::next(Service::OpenAi, Fault::Hang).forever());
    tokio::task::block_in_place(|| {
        let mut server = Server::start(&topdown, 1024);
        let run = server.until("the week's run", || ended(&topdown, 0));
        assert_eq!(run["status"], "failed");
        let reason = run["reason"].as_str().unwrap();
        assert!(reason.starts_with("1M-report: not done within 3s"), "{reason}");
    });
}

/// The model does not answer: the person hears of it once, it is tried once more, then left with its command.
#[tokio::test(flavor = "multi_thread")]
async fn a_failed_week_is_told_tried_again_and_left() {
    let world = world().await;
    let topdown = with_channels(watching(&world), &world);
    world.faults().inject(Rule::next(Service::OpenAi, Fault::ServerError(500)).forever());
    // the messenger wants the first notice a second later
    world.faults().inject(Rule::next(Service::Telegram, Fault::TooManyRequests { retry_after_s: 1 }));
    tokio::task::block_in_place(|| {
        let mut server = Server::start(&topdown, 1024);
        server.until_said("BTCUSDT was not read this week: 1M-report: ");
        server.until_said("it is tried again at ");
        server.until("a notice on each channel", || (taken(&world) == [1; 4]).then_some(()));
        let notice = world.messages().remove(0);
        assert!(notice.shown.starts_with("BTCUSDT 1w not read: 1M-report: "), "{}", notice.shown);
        assert!(notice.shown.contains("Next try ") && !notice.silent, "{}", notice.shown);
        let hook = world.hooks().remove(0).body;
        assert_eq!((&hook["kind"], &hook["silent"]), (&"trouble".into(), &false.into()));
        assert_eq!(hook["headline"], notice.shown.lines().next().unwrap());
        // neither another look nor another start repeats the notice
        drop(server);
        let mut server = Server::start(&topdown, 1024);
        server.until_said("it is tried again at ");
        assert_eq!(runs(&topdown).len(), 1, "an hour is not over");
        an_hour_later(&topdown);
        let second = server.until("the second try", || ended(&topdown, 1));
        assert_eq!((&second["status"], &second["resumes"]), (&"failed".into(), &runs(&topdown)[0]["run_id"]));
        let resume = format!("topdown resume {}", second["run_id"].as_str().unwrap());
        server.until_said(&resume);
        server.until("its notice on each channel", || (taken(&world) == [2; 4]).then_some(()));
        let notice = world.messages().remove(1);
        assert!(
            notice.shown.contains("Two tries failed") && notice.shown.contains(&resume),
            "{}",
            notice.shown
        );
        assert_eq!(server.said().matches("it was tried twice").count(), 1, "{}", server.said());
        assert_eq!(runs(&topdown).len(), 2);
    });
}

/// A server reaches the exchange, model and messenger of its own source: a run of another is not taken on.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_of_another_source_is_not_gone_on_with() {
    let world = world().await;
    let topdown = watching(&world);
    tokio::task::block_in_place(|| {
        let failed = failed_demo(&topdown);
        let _server = Server::start(&topdown, 1024);
        let refused = topdown.run(&["resume", &failed]);
        assert_ne!(refused.code, 0, "{}", refused.stdout);
        assert!(
            refused.stderr.contains("reads candles of sim:1, and this server those of host:"),
            "{}",
            refused.stderr
        );
        let going_on = runs(&topdown).into_iter().filter(|run| run["resumes"] == *failed).count();
        assert_eq!(going_on, 0);
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_try_goes_on_where_the_first_failed() {
    let world = world().await;
    let topdown = watching(&world);
    // the month is answered, both intents of the week are lost
    world.faults().inject(Rule::next(Service::OpenAi, Fault::ServerError(500)).after(1).times(2));
    tokio::task::block_in_place(|| {
        let mut server = Server::start(&topdown, 1024);
        server.until_said("BTCUSDT was not read this week: 1w-report: ");
        an_hour_later(&topdown);
        let second = server.until("the second try", || ended(&topdown, 1));
        assert_eq!(second["status"], "done", "{second}");
    });
    assert_eq!(world.count(Service::OpenAi), 4, "one for the month, two lost for the week, one more for it");
}

/// The first run has failed so long ago that it is tried again.
fn an_hour_later(topdown: &Topdown) {
    let ended = SystemClock.now() - jiff::SignedDuration::from_mins(61);
    let sql = "UPDATE runs SET sum = NULL, document = json_set(document, '$.ended_at', ?1)";
    database(topdown).execute(sql, params![ended.to_string()]).unwrap();
}

/// Storage that fails for a while is told, and what was due is done afterwards.
#[tokio::test(flavor = "multi_thread")]
async fn a_fault_of_storage_ends_nothing() {
    let world = world().await;
    let topdown = watching(&world);
    tokio::task::block_in_place(|| {
        // collected, and no run yet
        assert_eq!(killed(&topdown, RUN, "artifact.begin=return").code, super::bench::KILLED);
        let database = database(&topdown);
        let failing = "CREATE TRIGGER failing BEFORE INSERT ON artifacts WHEN new.key LIKE '%1w-ohlcv%' \
                       BEGIN SELECT RAISE(ABORT, 'a fault of this test'); END";
        database.execute_batch(failing).unwrap();
        let mut server = Server::start(&topdown, 1024);
        server.until_said("a fault of this test");
        database.execute_batch("DROP TRIGGER failing").unwrap();
        let run = server.until("the week's run", || ended(&topdown, 0));
        assert_eq!(run["status"], "done", "{run}");
    });
}
