//! Pages for browsers: sessions, forms, headers, streams.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;
use tests::{Server, Topdown};

use super::client::{Answer, ask};
use super::{Stage, unread};

/// A page's policy, as it is agreed.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; form-action 'self'; object-src 'none'; base-uri 'none'; \
                      frame-ancestors 'none'; require-trusted-types-for 'script'";

impl Stage {
    /// Comes in by the printed address; answers the cookie.
    pub(super) fn enter(&self) -> String {
        let path = self.server.entrance.split_once(&self.server.address.to_string()).unwrap().1;
        let answer = ask(self.server.address, "GET", path, &[], None);
        assert_eq!((answer.status, answer.header("location")), (303, Some("/")), "{answer:?}");
        let cookie = answer.header("set-cookie").unwrap();
        let (pair, attributes) = cookie.split_once("; ").unwrap();
        assert!(pair.starts_with(&format!("topdown_{}=", self.server.address.port())), "{cookie}");
        assert_eq!(attributes, "Path=/; Max-Age=43200; HttpOnly; SameSite=Strict");
        pair.to_owned()
    }

    pub(super) fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        ask(self.server.address, "GET", path, headers, None)
    }

    fn post(&self, path: &str, headers: &[(&str, &str)], form: &str) -> Answer {
        let form_type = ("Content-Type", "application/x-www-form-urlencoded");
        ask(self.server.address, "POST", path, &[&[form_type], headers].concat(), Some(form))
    }

    fn count(&self) -> usize {
        self.ask("GET", "/v1/runs", None).body["runs"].as_array().unwrap().len()
    }
}

fn hidden(page: &Value, name: &str) -> String {
    let page = page.as_str().unwrap();
    let field = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("{page}")).1;
    field.split('"').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_comes_in_by_the_code_and_by_nothing_else() {
    let stage = Stage::new().await;
    tokio::task::block_in_place(|| {
        let cookie = stage.enter();
        let own = [("Cookie", cookie.as_str())];
        let (name, value) = cookie.split_once('=').unwrap();
        let longer = format!("{cookie}0");
        let others = format!("topdown_1={value}; {name}x={value}");
        let among = format!("theme=dark; {cookie}; x=1");
        let bearer = format!("Bearer {}", stage.token);
        for path in ["/", "/runs", "/reports", "/recommendations", "/runs/r-none", "/runs/r-none/events"] {
            for wrong in [
                &[][..],
                &[("Cookie", longer.as_str())],
                &[("Cookie", others.as_str())],
                &[("Authorization", bearer.as_str())],
            ] {
                let answer = stage.get(path, wrong);
                assert_eq!(answer.status, 401, "{path} {wrong:?}");
                assert!(answer.body.as_str().unwrap().contains("topdown serve"), "{path}: {}", answer.body);
                assert_eq!(answer.header("www-authenticate"), None, "a browser would ask for a password");
            }
            let found = stage.get(path, &own).status;
            assert_eq!(found, if path.contains("none") { 404 } else { 200 }, "{path}");
        }
        assert_eq!(stage.get("/", &[("Cookie", &among)]).status, 200);
        for code in ["", "?code=", "?code=x", &format!("?code={}", stage.token)] {
            let answer = stage.get(&format!("/enter{code}"), &[]);
            assert_eq!((answer.status, answer.header("set-cookie")), (403, None), "{code}");
        }
        // a cookie is no key to the API
        assert_eq!(stage.get("/v1/runs", &own).status, 401);
        assert_ne!(stage.enter(), cookie, "each browser has its own");

        let answer = stage.get("/", &own);
        assert_eq!(answer.header("content-security-policy"), Some(POLICY));
        for (name, value) in [
            ("cross-origin-opener-policy", "same-origin"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cache-control", "private, no-store"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{name}");
        }
        let page = answer.body.as_str().unwrap();
        for planted in [" style=", "<script>", "onclick=", "http://", "https://"] {
            assert!(!page.contains(planted), "{planted}");
        }
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_is_its_visitors_own() {
    let stage = Stage::new().await;
    tokio::task::block_in_place(|| {
        let (cookie, other) = (stage.enter(), stage.enter());
        let own = [("Cookie", cookie.as_str())];
        let page = stage.get("/", &own).body;
        let (token, once) = (hidden(&page, "token"), hidden(&page, "once"));
        let others = hidden(&stage.get("/", &[("Cookie", &other)]).body, "token");
        let form = |token: &str| format!("token={token}&once={once}&symbol=BTCUSDT&flow=1&language=ru");
        let good = form(&token);
        let elsewhere = "http://topdown.example";
        for (headers, body, status) in [
            (vec![], good.clone(), 401),
            (vec![("Authorization", "Bearer x")], good.clone(), 401),
            (vec![own[0]], form(&others), 403),
            (vec![own[0]], form(""), 403),
            (vec![own[0]], "symbol=BTCUSDT&flow=1&language=ru".to_owned(), 422),
            (vec![own[0], ("Origin", elsewhere)], good.clone(), 403),
            (vec![own[0], ("Origin", "null")], good.clone(), 403),
            (vec![own[0], ("Sec-Fetch-Site", "cross-site")], good.clone(), 403),
            (
                vec![own[0], ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate")],
                good.clone(),
                403,
            ),
            (vec![own[0], ("Host", "topdown.example")], good.clone(), 421),
            (vec![own[0]], form(&token).replace("BTCUSDT", "SOLUSDT"), 422),
            (vec![own[0]], form(&token).replace("flow=1", "flow=9"), 422),
        ] {
            let answer = stage.post("/runs", &headers, &body);
            assert_eq!(answer.status, status, "{headers:?} {body}: {}", answer.body);
        }
        assert_eq!(stage.count(), 2, "nothing was started");
        let started = stage.post("/runs", &own, &good);
        assert_eq!(started.status, 303, "{}", started.body);
        let run = started.header("location").unwrap().to_owned();
        // sent twice it is one run
        assert_eq!(stage.post("/runs", &own, &good).header("location"), Some(run.as_str()));
        assert_eq!(stage.count(), 3);
        for call in ["cancel", "resume"] {
            let forged = stage.post(&format!("{run}/{call}"), &own, &format!("token={others}"));
            assert_eq!(forged.status, 403, "{call}");
        }
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_pages_are_kept_up_to_date_at_once() {
    let stage = Stage::new().await;
    stage.world.faults().inject(sim::Rule::next(sim::Service::OpenAi, sim::Fault::Hang).forever());
    tokio::task::block_in_place(|| {
        let cookie = stage.enter();
        let run = stage.start(&unread("BTCUSDT")).replace("/v1", "");
        let open = || {
            let mut stream = TcpStream::connect(stage.server.address).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
            let host = stage.server.address;
            write!(stream, "GET {run}/events HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n").unwrap();
            let mut bytes = [0; 4096];
            let read = stream.read(&mut bytes).unwrap();
            (stream, String::from_utf8_lossy(&bytes[..read]).into_owned())
        };
        let streams: Vec<_> = (0..8).map(|_| open()).collect();
        for (_, answer) in &streams {
            assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("text/event-stream"), "{answer}");
        }
        assert!(open().1.starts_with("HTTP/1.1 429"));
        assert_eq!(stage.get(&run, &[("Cookie", &cookie)]).status, 200, "and other pages are shown");
        drop(streams);
        // the server sees that they are gone when it next has something to say, or to keep alive
        let mut server = stage.server;
        let address = server.address;
        server.until("a place that is free again", || {
            let answer = ask_stream(address, &run, &cookie);
            answer.starts_with("HTTP/1.1 200").then_some(())
        });
    });
}

fn ask_stream(address: std::net::SocketAddr, run: &str, cookie: &str) -> String {
    std::thread::sleep(Duration::from_millis(600));
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {run}/events HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\n\r\n").unwrap();
    let mut bytes = [0; 64];
    let read = stream.read(&mut bytes).unwrap();
    String::from_utf8_lossy(&bytes[..read]).into_owned()
}

/// A simulated market needs no key, no network and no watchlist; its pages are at the printed address.
#[test]
fn a_simulated_market_is_shown_with_nothing_but_the_binary() {
    let topdown = Topdown::new();
    let mut server = Server::start_with(&topdown, 1024, &["--sim"]);
    let address = server.address;
    let path = server.entrance.split_once(&address.to_string()).unwrap().1.to_owned();
    let cookie = ask(address, "GET", &path, &[], None).header("set-cookie").unwrap().to_owned();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let data = topdown.data();
    server.until("four weeks' runs", || {
        let database = rusqlite::Connection::open(data.join("topdown.sqlite")).ok()?;
        let sql = "SELECT count(*) FROM runs WHERE status <> 'running'";
        let ended: i64 = database.query_row(sql, [], |row| row.get(0)).ok()?;
        (ended >= 3).then_some(())
    });
    let page = ask(address, "GET", "/", &[("Cookie", &cookie)], None);
    let page = page.body.as_str().unwrap();
    for part in ["BTCUSDT", "ETHUSDT", "SOLUSDT", "LUNAUSDT", "Halted on the exchange", "Start the run"] {
        assert!(page.contains(part), "{part}: {page}");
    }
}
