//! What a function's server bears: callers that are slow, long, elsewhere or in a browser, and being asked to stop.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};

use serde_json::Value;

use super::process::{Function, PATIENCE};

/// A function whose storage is nowhere.
fn start(name: &str, more: &[(&str, &str)]) -> Function {
    let base = [
        ("GOOGLE_CLOUD_PROJECT", "demo"),
        ("AUTH", "local"),
        ("PORT", "0"),
        ("ARTIFACTS_BUCKET", "artifacts"),
        ("ACCOUNT_FILES_BUCKET", "account-files"),
        ("CATALOG_BUCKET", "catalog"),
        ("STAGING_BUCKET", "staging"),
        ("BIGQUERY_LOCATION", "EU"),
        ("FIRESTORE_EMULATOR_HOST", "127.0.0.1:9"),
        ("PUBSUB_EMULATOR_HOST", "127.0.0.1:9"),
        ("STORAGE_EMULATOR_HOST", "http://127.0.0.1:9"),
        ("BIGQUERY_EMULATOR_HOST", "http://127.0.0.1:9"),
        ("BIGQUERY_STORAGE_EMULATOR_HOST", "127.0.0.1:9"),
    ];
    let variables: Vec<_> = base.iter().chain(more).copied().collect();
    Function::start(name, &variables)
}

/// Everything the function answers to these bytes, until it hangs up.
fn answer(address: &str, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    // it may hang up before it has heard all
    let _ = stream.write_all(bytes);
    until_it_hangs_up(stream)
}

fn until_it_hangs_up(mut stream: TcpStream) -> String {
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut answer = Vec::new();
    let in_vain = stream.read_to_end(&mut answer).is_err_and(|error| error.kind() == ErrorKind::WouldBlock);
    assert!(!in_vain, "it neither answers nor hangs up");
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn every_answer_stays_with_whoever_asked_and_names_nothing() {
    let function = start("ohlcv-collector", &[]);
    let address = function.address();
    assert!(
        address.starts_with("127.0.0.1:"),
        "where no token is asked for nobody else reaches it: {address}"
    );
    for (request, status) in [
        ("GET / HTTP/1.1", "200"),
        ("GET /push HTTP/1.1", "405"),
        ("GET /secret?key=canary HTTP/1.1", "404"),
        ("POST /push HTTP/1.1\r\nContent-Length: 2\r\nOrigin: https://page.example", "403"),
        ("POST /tick HTTP/1.1\r\nContent-Length: 0\r\nSec-Fetch-Site: cross-site", "403"),
        ("POST /tick HTTP/1.1\r\nAuthorization: Bearer a.b.SIGNATURE_REMOVED_BY_GOOGLE", "401"),
    ] {
        let answer =
            answer(&address, format!("{request}\r\nHost: x\r\n\r\n{{}}").as_bytes()).to_ascii_lowercase();
        assert!(answer.starts_with(&format!("http/1.1 {status} ")), "{request}: {answer}");
        for header in [
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
            "cache-control: private, no-store",
            "cross-origin-resource-policy: same-origin",
            "connection: close",
        ] {
            assert!(answer.contains(header), "{request} without {header}: {answer}");
        }
    }
    let log = function.log().join("\n");
    assert!(log.contains("GET elsewhere 404") && !log.contains("canary"), "{log}");
}

#[test]
fn a_request_is_bounded_in_size_and_time() {
    let function = start("ohlcv-collector", &[]);
    let address = function.address();
    let long = format!("GET / HTTP/1.1\r\nHost: x\r\nX-Long: {}\r\n\r\n", "a".repeat(17 * 1024));
    assert!(answer(&address, long.as_bytes()).starts_with("HTTP/1.1 431 "));
    // one that fits is answered
    let fits = format!("GET / HTTP/1.1\r\nHost: x\r\nX-Long: {}\r\n\r\n", "a".repeat(12 * 1024));
    assert!(answer(&address, fits.as_bytes()).starts_with("HTTP/1.1 200 "));
    // a body longer than any message is acknowledged unread, so that it does not come again, however it is declared
    let declared = "POST /push HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n";
    assert!(answer(&address, declared.as_bytes()).starts_with("HTTP/1.1 204 "), "{declared}");
    let chunks = format!("{:x}\r\n{}\r\n", 30_000, "a".repeat(30_000)).repeat(3);
    let chunked =
        format!("POST /push HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}0\r\n\r\n");
    let answered = answer(&address, chunked.as_bytes());
    assert!(answered.starts_with("HTTP/1.1 204 ") || answered.is_empty(), "{answered}");
    function.waits_for("longer than 64 KiB");

    // headers that do not come to an end, beside a caller that is not kept waiting
    let mut slow = TcpStream::connect(&address).unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\nX-Slow: ").unwrap();
    assert!(answer(&address, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 200 "));
    assert_eq!(until_it_hangs_up(slow), "");
}

/// A bucket that keeps its caller waiting: `true` once it has been asked, and the answer when it is told to.
fn slow_bucket() -> (String, std::sync::mpsc::Receiver<TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (asked, asks) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
            if asked.send(stream).is_err() {
                break;
            }
        }
    });
    (url, asks)
}

#[test]
fn asked_to_stop_it_ends_what_is_in_work_and_takes_nothing_more() {
    let (url, asks) = slow_bucket();
    let function = start("coordinator", &[("STORAGE_EMULATOR_HOST", &url)]);
    let address = function.address();
    let caller = std::thread::spawn({
        let address = address.clone();
        move || answer(&address, b"POST /tick HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
    });
    // the tick reads the watchlist, and waits
    let mut bucket = asks.recv_timeout(PATIENCE).unwrap();
    let stopped = std::thread::spawn(move || function.terminate());
    while TcpStream::connect(&address).is_ok() {
        std::thread::yield_now();
    }
    assert!(!stopped.is_finished(), "there is something in work");
    write!(bucket, "HTTP/1.1 404 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
    drop(bucket);
    assert!(caller.join().unwrap().starts_with("HTTP/1.1 204 "), "it was answered");
    assert_eq!(stopped.join().unwrap(), Some(0));
}

#[test]
fn a_caller_that_hangs_up_does_not_end_the_work() {
    let (url, asks) = slow_bucket();
    let function = start("coordinator", &[("STORAGE_EMULATOR_HOST", &url)]);
    let mut caller = TcpStream::connect(function.address()).unwrap();
    caller.write_all(b"POST /tick HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n").unwrap();
    let mut bucket = asks.recv_timeout(PATIENCE).unwrap();
    drop(caller);
    write!(bucket, "HTTP/1.1 404 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
    drop(bucket);
    function.waits_for("no watchlist.toml");
}

/// Storage out of reach is the one thing that is asked for again, after it was waited for.
#[test]
fn storage_out_of_reach_is_said_and_asked_for_again() {
    let function = start("coordinator", &[]);
    let trace = "105445aa7843bc8bf206b12000100000";
    let request = format!(
        "POST /sweep HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nX-Cloud-Trace-Context: {trace}/1;o=1\r\n\r\n"
    );
    assert!(answer(&function.address(), request.as_bytes()).starts_with("HTTP/1.1 503 "));
    function.waits_for("storage is out of reach: waiting");
    let line: Value = serde_json::from_str(&function.waits_for("POST /sweep 503")).unwrap();
    assert_eq!(line["logging.googleapis.com/trace"], format!("projects/demo/traces/{trace}"));
    assert_eq!(line["logging.googleapis.com/spanId"], "0000000000000001");
    assert_eq!((&line["severity"], &line["httpRequest"]["status"]), (&"ERROR".into(), &503.into()));
}

#[test]
fn what_contradicts_itself_does_not_start() {
    let refused: [(&[(&str, &str)], &str); 8] = [
        (&[("AUTH", "none")], "one of cloud-run, oidc and local"),
        (&[("AUTH", "oidc")], "AUDIENCE"),
        (&[("AUTH", "local"), ("K_SERVICE", "coordinator")], "_EMULATOR_HOST is set on Cloud Run"),
        (&[("AUTH", "local"), ("OIDC_JWKS_URL", "https://keys.example")], "OIDC_JWKS_URL"),
        (&[("AUTH", "oidc"), ("AUDIENCE", "x"), ("OIDC_JWKS_URL", "http://keys.example")], "https"),
        (&[("PORT", "http")], "PORT"),
        (&[("TOPDOWN_FLOW", "99")], "TOPDOWN_FLOW"),
        (&[("TOPDOWN_BINANCE_URL", "binance")], "TOPDOWN_BINANCE_URL"),
    ];
    for (change, said) in refused {
        let mut function = start("coordinator", change);
        assert_eq!(function.ends(), Some(2), "{change:?}: {:?}", function.log());
        function.waits_for(said);
    }
}
