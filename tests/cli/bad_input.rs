//! Bad input gets a clear error, exit code 2, and no panic.

use std::io::Write;

use sim::{Service, SimClock, World, WorldConfig};
use tests::{Topdown, candles, left_out};

/// The command fails as a usage error whose message holds `says`; nothing panicked and no run was left.
fn refused(arguments: &[&str], says: &str) {
    let topdown = Topdown::new();
    let finished = topdown.run(arguments);
    assert_eq!(finished.code, 2, "{arguments:?}: {}", finished.stderr);
    assert!(finished.stderr.contains(says), "{arguments:?}: {}", finished.stderr);
    assert!(finished.stderr.contains("error: "), "{arguments:?}: {}", finished.stderr);
    assert!(!finished.stderr.contains("panicked"), "{arguments:?}: {}", finished.stderr);
    assert!(finished.stdout.is_empty(), "{arguments:?}: {}", finished.stdout);
    if topdown.data().join("topdown.sqlite").exists() {
        let runs = topdown.json(&["runs", "--json"]);
        assert_eq!(runs["runs"].as_array().map(Vec::len), Some(0), "{arguments:?} left a run");
    }
}

#[test]
fn an_unknown_symbol() {
    refused(&["demo", "--symbol", "NOPEUSDT"], "does not list NOPEUSDT");
}

#[test]
fn a_symbol_that_a_path_would_obey() {
    for symbol in ["../../etc/passwd", "%2e%2e%2f", "BTC\u{202e}USDT", "", "A\u{1b}[31m"] {
        refused(&["demo", "--symbol", symbol], "a symbol cannot");
    }
    refused(&["demo", "--symbol", &"A".repeat(33)], "at most 32 characters");
}

#[test]
fn an_unknown_flow() {
    for flow in ["9", "0", "-1", "one", "1.0", "99999999999999999999"] {
        refused(&["demo", &format!("--flow={flow}")], "there is no flow");
    }
}

#[test]
fn an_instant_in_the_future_or_none() {
    refused(&["demo", "--as-of", "2126-01-01T00:00:00Z"], "in the future");
    for text in [
        "yesterday",
        "2026-04-31T00:00:00Z",
        "2026-04-30",
        "2026-04-30T04:00:00",
        "9999999999999",
        // no leap second is known of that day, and no candle could hold it
        "2026-04-30T23:59:60Z",
        "2026-04-30T23:59:61Z",
        "2026-04-30T24:00:00Z",
    ] {
        refused(&["demo", "--as-of", text], "is no instant");
    }
}

#[test]
fn an_instant_before_the_first_candle() {
    refused(&["demo", "--as-of", "2015-01-01T00:00:00Z"], "before the first candle");
    let Some(folder) = candles() else {
        return left_out("an_instant_before_the_first_candle", "needs ../shared/data");
    };
    let folder = folder.to_string_lossy().into_owned();
    refused(
        &["demo", "--candles", &folder, "--symbol", "SOLUSDT", "--as-of", "2019-01-01T00:00:00Z"],
        "before the first candle",
    );
}

#[test]
fn candles_that_are_not_there() {
    refused(&["demo", "--candles", "nowhere"], "nowhere");
}

#[test]
fn a_catalog_with_an_unknown_field() {
    for (folder, name, text, says) in [
        ("chart_templates", "trend.toml", "title = \"x\"\nmystery = 1\n", "mystery"),
        ("prompts", "models.toml", "default = \"rule-analyst\"\nmystery = 1\n", "mystery"),
        ("prompts", "weekly-report.prompt", "+++\ntask = \"weekly-report\"\nmystery = 1\n+++\n", "mystery"),
    ] {
        let topdown = Topdown::new();
        let folder = topdown.path("catalog").join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(name), text).unwrap();
        let finished = topdown.run(&["demo", "--catalog", "catalog"]);
        assert_eq!(finished.code, 2, "{name}: {}", finished.stderr);
        assert!(finished.stderr.contains(says) && finished.stderr.contains(name), "{}", finished.stderr);
    }
    refused(&["demo", "--catalog", "nowhere"], "nowhere");
}

#[test]
fn an_unknown_model() {
    let topdown = Topdown::new();
    let finished = topdown.run(&["demo", "--model", "oracle"]);
    assert_eq!(finished.code, 2, "{}", finished.stderr);
    assert!(finished.stderr.contains("no model profile `oracle`"), "{}", finished.stderr);
    assert!(finished.stderr.contains("rule-analyst"), "it lists those there are: {}", finished.stderr);
}

/// Key and address of a model are looked at before the exchange hears of anything.
#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_cannot_be_asked() {
    let clock = SimClock::fixed("2026-04-30T04:00:00Z".parse().unwrap());
    let world = World::start(WorldConfig::seeded(1, clock)).await.unwrap();
    let run = ["run", "1", "BTCUSDT", "--as-of", "2026-04-30T04:00:00Z"];
    let keyed = [run.as_slice(), &["--model", "openai"]].concat();
    for (variables, arguments, says) in [
        (&[][..], &keyed[..], "set it in the environment"),
        (&[], &["serve", "--port", "0", "--model", "openai"], "profile `openai` needs OPENAI_API_KEY"),
        (&[("OPENAI_API_KEY", "x"), ("OPENAI_BASE_URL", "ftp://127.0.0.1/v1")], &run, "mend OPENAI_BASE_URL"),
        (
            &[("OPENAI_API_KEY", "x"), ("OPENAI_BASE_URL", "http://192.0.2.1/v1")],
            &run,
            "must be reached by https",
        ),
        (
            &[("OPENAI_API_KEY", "x"), ("OPENAI_BASE_URL", "127.0.0.1:8000")],
            &["serve"],
            "mend OPENAI_BASE_URL",
        ),
        (&[("OPENAI_API_KEY", "x"), ("TOPDOWN_MAX_OUTPUT_USD", "0.5")], &run, "over the limit of 0.5"),
    ] {
        let mut topdown = Topdown::new().with("TOPDOWN_BINANCE_URL", &world.binance_url());
        for (name, value) in variables {
            topdown = topdown.with(name, value);
        }
        if arguments[0] == "serve" {
            std::fs::create_dir_all(topdown.data()).unwrap();
            std::fs::write(topdown.data().join("watchlist.toml"), "symbols = [\"BTCUSDT\"]").unwrap();
        }
        let finished = tokio::task::block_in_place(|| topdown.run(arguments));
        assert_eq!(finished.code, 2, "{arguments:?}: {}", finished.stderr);
        assert!(finished.stderr.contains(says), "{arguments:?}: {}", finished.stderr);
        assert!(!topdown.data().join("topdown.sqlite").exists(), "{arguments:?}");
    }
    assert_eq!(world.count(Service::Binance), 0);
}

#[test]
fn candles_that_unpack_without_end() {
    let topdown = Topdown::new();
    let folder = topdown.path("recorded");
    std::fs::create_dir_all(&folder).unwrap();
    let header =
        b"open_time_ms,open,high,low,close,volume,close_time_ms,quote_volume,trades,taker_base,taker_quote\n";
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(header).unwrap();
    // good lines, almost all of them zeros: 40 MiB
    for open in 1..100_000 {
        writeln!(packed, "{open:0>400},1,1,1,1,1,{open},1,1,1,1").unwrap();
    }
    let packed = packed.finish().unwrap();
    assert!(packed.len() < 4 << 20);
    std::fs::write(folder.join("BTCUSDT-1h.csv.gz"), packed).unwrap();
    let finished = topdown.run(&["demo", "--candles", "recorded"]);
    assert_eq!(finished.code, 2, "{}", finished.stderr);
    let says = finished.stderr.contains("BTCUSDT-1h.csv.gz")
        && finished.stderr.contains("holds over 33554432 bytes");
    assert!(says, "{}", finished.stderr);
}

/// A mistake in any file of the symbol is named before anything is asked, and what is no file is not waited for.
#[test]
fn candles_with_a_mistake() {
    let header =
        "open_time_ms,open,high,low,close,volume,close_time_ms,quote_volume,trades,taker_base,taker_quote\n";
    let packed = |rows: &str| {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(header.as_bytes()).unwrap();
        packed.write_all(rows.as_bytes()).unwrap();
        packed.finish().unwrap()
    };
    let good = "1499040000000,1,1,1,1,1,1499043599999,1,1,1,1\n";
    for (hours, says) in [
        (format!("{good}{good}"), "line 3: not later than the line before"),
        (
            "1499040000000,1,1,1,1,1,1499043599999,1,9223372036854775807,1,1\n".to_owned(),
            "line 2: not eleven numbers, or one out of range",
        ),
        ("1499040000000,1,1,1,1e5,1,1499043599999,1,1,1,1\n".to_owned(), "line 2: not eleven numbers"),
    ] {
        let topdown = Topdown::new();
        let folder = topdown.path("recorded");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(
            folder.join("BTCUSDT-1M.csv.gz"),
            packed("1498867200000,1,1,1,1,1,1501545599999,1,1,1,1\n"),
        )
        .unwrap();
        std::fs::write(folder.join("BTCUSDT-1h.csv.gz"), packed(&hours)).unwrap();
        let finished = topdown.run(&["demo", "--candles", "recorded"]);
        assert_eq!(finished.code, 2, "{says}: {}", finished.stderr);
        assert!(
            finished.stderr.contains("BTCUSDT-1h.csv.gz") && finished.stderr.contains(says),
            "{says}: {}",
            finished.stderr
        );
    }
    let topdown = Topdown::new();
    let folder = topdown.path("recorded");
    std::fs::create_dir_all(&folder).unwrap();
    let made = std::process::Command::new("mkfifo").arg(folder.join("BTCUSDT-1h.csv.gz")).status().unwrap();
    assert!(made.success());
    let finished = topdown.run(&["demo", "--candles", "recorded"]);
    assert_eq!(finished.code, 2, "{}", finished.stderr);
    assert!(finished.stderr.contains("is no file"), "{}", finished.stderr);
}

#[test]
fn a_run_or_an_artifact_that_is_not_there() {
    let topdown = Topdown::new();
    topdown.json(&["demo", "--json"]);
    for arguments in [
        ["show", "r-00000000"],
        ["show", "../../x"],
        ["open", "r-00000000"],
        ["cat", "gs://local/runs/r-00000000/x.json"],
        ["cat", "gs://local/../../etc/passwd"],
        ["cat", "/etc/passwd"],
        ["cat", "gs://local/topdown.sqlite"],
        ["cat", "gs://local/signing.key"],
    ] {
        let finished = topdown.run(&arguments);
        assert_eq!(finished.code, 2, "{arguments:?}: {}", finished.stderr);
        assert!(finished.stderr.starts_with("error: "), "{arguments:?}: {}", finished.stderr);
        assert!(finished.stdout.is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_folder_without_data() {
    let topdown = Topdown::new();
    for arguments in [&["runs"][..], &["show", "r-00000000"], &["cat", "gs://local/a/b"]] {
        let finished = topdown.run(arguments);
        assert_eq!(finished.code, 2, "{arguments:?}: {}", finished.stderr);
        assert!(finished.stderr.contains("--data DIR"), "{}", finished.stderr);
        assert!(!topdown.data().exists(), "a reader creates nothing");
    }
}

#[test]
fn a_server_without_a_watchlist() {
    let topdown = Topdown::new();
    let finished = topdown.run(&["serve"]);
    assert_eq!(finished.code, 2, "{}", finished.stderr);
    assert!(finished.stderr.contains("watchlist.toml"), "{}", finished.stderr);
    std::fs::create_dir_all(topdown.data()).unwrap();
    std::fs::write(topdown.data().join("watchlist.toml"), "symbols = []").unwrap();
    let finished = topdown.run(&["serve"]);
    assert_eq!(finished.code, 2, "{}", finished.stderr);
    assert!(finished.stderr.contains("names no symbol"), "{}", finished.stderr);
}

#[test]
fn a_delay_that_is_none() {
    refused(&["sim", "--delay", "binance"], "--delay");
    refused(&["sim", "--delay", "binance=soon"], "--delay");
    refused(&["sim", "--delay", "weather=50"], "`weather` is no simulated service");
}
