//! Names that a path would obey, at every door: the command line, the catalog, the watchlist, messages, documents, the
//! server. Nothing outside the data folder is read or written, and no name is another's look-alike.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};

use rusqlite::params;
use serde_json::json;
use tests::{Server, Topdown, figure};

use super::bench::{DEMO, KILLED, collected, database, killed};

/// What lies beside the data folder.
const CANARY: &str = "canary-beside-the-data-folder";

/// Ways out of a folder, as they are written.
const WAYS: [&str; 12] = [
    "..",
    ".",
    "../secret.txt",
    "../../../../../../etc/passwd",
    "/etc/passwd",
    "%2e%2e%2fsecret.txt",
    "..%2fsecret.txt",
    "..\\secret.txt",
    "runs/../../secret.txt",
    "\u{ff0e}\u{ff0e}\u{2215}secret.txt",
    "a\nb",
    "~/secret.txt",
];

/// A program beside a secret, and what lies around its data folder.
struct House {
    topdown: Topdown,
    before: BTreeSet<PathBuf>,
    cases: usize,
}

fn around(folder: &Path) -> BTreeSet<PathBuf> {
    let inside = ["data", "catalog"];
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| !inside.iter().any(|name| path.ends_with(name))).collect()
}

impl House {
    fn new() -> Self {
        let topdown = collected();
        std::fs::write(topdown.path("secret.txt"), CANARY).unwrap();
        let before = around(&topdown.path(""));
        Self { topdown, before, cases: 0 }
    }

    /// The command is refused and shows nothing of what lies outside.
    fn refuses(&mut self, arguments: &[&str]) {
        let finished = self.topdown.run(arguments);
        assert_ne!(finished.code, 0, "{arguments:?}: {}", finished.stdout);
        self.kept(&format!("{arguments:?}"), &format!("{}{}", finished.stdout, finished.stderr));
    }

    fn kept(&mut self, case: &str, said: &str) {
        assert!(!said.contains(CANARY) && !said.contains("root:x:0"), "{case}: {said}");
        assert_eq!(around(&self.topdown.path("")), self.before, "{case}");
        self.cases += 1;
    }
}

fn recorded(house: &House) {
    figure("outside", &json!({ "traversal": { "cases": house.cases, "through": 0 } }));
}

#[test]
fn no_name_on_the_command_line_leaves_the_folder() {
    let mut house = House::new();
    for way in WAYS {
        let uris = ["", "runs/", "runs/r-1/", "artifacts/"].map(|folder| format!("gs://local/{folder}{way}"));
        for command in ["show", "open", "resume"] {
            house.refuses(&[command, way]);
        }
        for uri in &uris {
            house.refuses(&["cat", uri]);
        }
        house.refuses(&["demo", "--symbol", way]);
        house.refuses(&["demo", "--model", way]);
        house.refuses(&["cat", way]);
    }
    // the folder's own files are no artifacts
    for own in ["topdown.sqlite", "signing.key", "lock", "topdown.sqlite-wal"] {
        house.refuses(&["cat", &format!("gs://local/{own}")]);
    }
    // names that look like a listed one are other names: В is Cyrillic, К a Kelvin sign, the last is composed anew
    for alike in ["ВTCUSDT", "BTCUSD\u{0422}", "btcusdt", "BTCUSDT\u{200d}", "BTC\u{ad}USDT", "e\u{301}USDT"]
    {
        house.refuses(&["demo", "--symbol", alike]);
    }
    recorded(&house);
}

#[test]
fn no_name_in_a_catalog_or_a_watchlist_leaves_the_folder() {
    let mut house = House::new();
    let prompts = house.topdown.path("catalog/prompts");
    let prompt = include_str!("../../prompts/weekly-report.prompt");
    let line = prompt.lines().find(|line| line.starts_with("@include ")).unwrap();
    let mine = prompts.join("weekly-report.prompt");
    for way in WAYS {
        for other in [
            format!("@include {way}"),
            format!("{{% include \"{way}\" %}}"),
            format!("{{% extends \"{way}\" %}}"),
            format!("{{% import \"{way}\" as x %}}"),
        ] {
            // a directive stands in the system text, a template's words in the user's
            let text = if other.starts_with('@') {
                prompt.replace(line, &other)
            } else {
                prompt.replace("@data", &format!("{other}\n@data"))
            };
            assert_ne!(text, prompt);
            std::fs::write(&mine, text).unwrap();
            house.refuses(DEMO);
        }
        std::fs::remove_file(&mine).unwrap();
        let watchlist = house.topdown.data().join("watchlist.toml");
        std::fs::write(&watchlist, format!("symbols = [{way:?}]")).unwrap();
        house.refuses(&["serve", "--port", "0"]);
        house.refuses(DEMO);
        std::fs::remove_file(&watchlist).unwrap();
    }
    // a file of the catalog that is somebody else's
    for (folder, name) in
        [("prompts", "_stolen.prompt"), ("prompts", "x.toml"), ("chart_templates", "x.toml")]
    {
        let link = house.topdown.path("catalog").join(folder).join(name);
        std::os::unix::fs::symlink(house.topdown.path("secret.txt"), &link).unwrap();
        house.refuses(DEMO);
        std::fs::remove_file(&link).unwrap();
    }
    assert_eq!(house.topdown.run(DEMO).code, 0, "the catalog itself is good");
    recorded(&house);
}

#[test]
fn no_name_in_a_message_or_a_document_leaves_the_folder() {
    let mut house = House::new();
    assert_eq!(killed(&house.topdown, DEMO, "commit.after=5*off->return").code, KILLED);
    let poisons = {
        let database = database(&house.topdown);
        for way in WAYS {
            for body in [
                json!({ "v": 1, "topic": "llm-analyst", "run_id": way, "steps": ["1w-report"] }),
                json!({ "v": 1, "topic": "chart-export", "run_id": "r-1", "steps": [way] }),
                json!({ "v": 1, "topic": way, "run_id": "r-1", "steps": ["1w-report"] }),
            ] {
                let sql = "INSERT INTO messages (id, body) SELECT min(id) - 1, ?1 FROM messages";
                database.execute(sql, [body.to_string()]).unwrap();
            }
        }
        WAYS.len() * 3
    };
    let finished = house.topdown.run(DEMO);
    assert_eq!(finished.code, 0, "{}", finished.stderr);
    for _ in 0..poisons {
        house.kept("a message", &format!("{}{}", finished.stdout, finished.stderr));
    }

    // a step's document, as somebody without its sum would leave it
    for way in WAYS {
        let topdown = collected();
        std::fs::write(topdown.path("secret.txt"), CANARY).unwrap();
        let mut other = House { before: around(&topdown.path("")), topdown, cases: 0 };
        assert_eq!(killed(&other.topdown, DEMO, "commit.after=1*off->return").code, KILLED);
        {
            let database = database(&other.topdown);
            let sql = "SELECT number, document FROM steps WHERE document ->> 'series_uri' IS NOT NULL";
            let mut statement = database.prepare(sql).unwrap();
            let rows: Vec<(i64, String)> = statement
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
                .unwrap()
                .map(Result::unwrap)
                .collect();
            assert!(!rows.is_empty());
            for (number, document) in rows {
                let mut document: serde_json::Value = serde_json::from_str(&document).unwrap();
                document["series_uri"] = json!(format!("gs://local/{way}"));
                document["gcs_uri"] = json!(format!("gs://local/runs/{way}"));
                let sql = "UPDATE steps SET document = ?2, sum = NULL WHERE number = ?1";
                database.execute(sql, params![number, document.to_string()]).unwrap();
            }
        }
        other.refuses(DEMO);
        house.cases += other.cases;
    }
    recorded(&house);
}

/// The path as it is, which no client would send.
fn get(server: &Server, path: &str) -> String {
    let mut stream = TcpStream::connect(server.address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", server.address).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn no_address_leaves_the_folder() {
    let mut house = House::new();
    let run = house.topdown.json(DEMO);
    let signed = run["steps"][0]["signed_url"].as_str().unwrap();
    let (_, path) = signed.split_once("8377").unwrap();
    let (key, query) = path.split_once('?').unwrap();
    std::fs::write(house.topdown.data().join("watchlist.toml"), "symbols = [\"BTCUSDT\"]").unwrap();
    // nobody answers at that port
    house.topdown = house.topdown.with("TOPDOWN_BINANCE_URL", "http://127.0.0.1:9");
    let server = Server::start(&house.topdown, 1024);
    let own = get(&server, path);
    assert!(own.starts_with("HTTP/1.1 200"), "{own}");
    let encoded = |way: &str| way.bytes().map(|byte| format!("%{byte:02x}")).collect::<String>();
    for way in WAYS {
        for path in [
            format!("/artifacts/{way}?{query}"),
            format!("/artifacts/{}?{query}", encoded(way)),
            format!("/{way}"),
            format!("{key}/{}?{query}", encoded(way)),
            format!("/artifacts/{}%00?{query}", encoded(way)),
        ] {
            let answer = get(&server, &path.replace('\n', "%0a"));
            assert!(
                !answer.starts_with("HTTP/1.1 2") || answer.ends_with("signed addresses.\n"),
                "{path}: {answer}"
            );
            house.kept(&path, &answer);
        }
    }
    for own in ["topdown.sqlite", "signing.key", "lock"] {
        let answer = get(&server, &format!("/artifacts/{own}?{query}"));
        assert!(answer.starts_with("HTTP/1.1 403"), "{own}: {answer}");
        house.kept(own, &answer);
    }
    recorded(&house);
}
