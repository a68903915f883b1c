//! Answers that would grow in memory: bombs, depth, numbers, pictures, endless ones. The program needs no more than
//! 64 MiB over what it needs undisturbed, and says what was wrong.

use std::time::Duration;

use serde_json::json;
use sim::{Fault, Rule, Service, World};
use tests::{Topdown, figure};
use tokio::time::Instant;

use super::bench::{RUN, collected_in, finish, under_timeout, world};

/// What an answer may cost.
const MOST: u64 = 64 << 10;

/// Levels of JSON.
const DEPTH: usize = 100_000;

fn answer(kind: &str, body: Vec<u8>) -> Fault {
    Fault::Answer { status: 200, headers: vec![("content-type".to_owned(), kind.to_owned())], body }
}

/// What each vendor might be made to answer.
fn bombs() -> Vec<(&'static str, Fault)> {
    let number = |digits: &str| {
        format!("[[{digits},\"{digits}\",\"1\",\"1\",\"1\",\"1\",1,\"1\",1,\"1\",\"1\",\"0\"]]")
    };
    let open = "[".repeat(DEPTH).into_bytes();
    let nested = format!("{}{}", "{\"choices\":".repeat(DEPTH), "}".repeat(DEPTH)).into_bytes();
    vec![
        ("a gigabyte in a megabyte of gzip", gzip_bomb()),
        ("depth without end", answer("application/json", open)),
        ("depth", answer("application/json", nested)),
        ("a number of a billion digits", answer("application/json", number("1e999999999").into_bytes())),
        (
            "a number of a million digits",
            answer("application/json", number(&"9".repeat(1 << 20)).into_bytes()),
        ),
        ("a picture of 60000x60000", answer("image/png", picture(60_000))),
    ]
}

/// A gigabyte of zeros in a megabyte of gzip.
pub(super) fn gzip_bomb() -> Fault {
    Fault::Answer {
        status: 200,
        headers: vec![
            ("content-type".to_owned(), "application/json".to_owned()),
            ("content-encoding".to_owned(), "gzip".to_owned()),
        ],
        body: bomb(1 << 30),
    }
}

/// A PNG of so many pixels each way and a chunk of data: a gigabyte and more, unpacked.
fn picture(side: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8], data: &[u8]| {
        let body = [kind, data].concat();
        bytes.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
        bytes.extend(&body);
        let mut sum = flate2::Crc::new();
        sum.update(&body);
        bytes.extend(sum.sum().to_be_bytes());
    };
    let size = [side.to_be_bytes(), side.to_be_bytes()].concat();
    chunk(b"IHDR", &[&size[..], &[8, 2, 0, 0, 0]].concat());
    chunk(b"IDAT", &bomb(1 << 30)[10..]);
    chunk(b"IEND", b"");
    bytes
}

fn program(world: &World) -> Topdown {
    collected_in(world)
        .with("TOPDOWN_TELEGRAM_URL", &world.telegram_url())
        .with("TELEGRAM_BOT_TOKEN", "1:token-of-a-test")
        .with("TELEGRAM_CHAT_ID", "1")
        .with("TOPDOWN_CHART_IMG_URL", &world.chart_img_url())
        .with("CHART_IMG_API_KEY", "key-of-a-test")
}

/// A run of the present, whose charts are drawn elsewhere.
fn live() -> Vec<&'static str> {
    let past = RUN.iter().position(|part| *part == "--as-of").unwrap();
    [&RUN[..past], &RUN[past + 2..]].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_grows_in_memory() {
    let world = world().await;
    let (usual, code, said) = peak(&program(&world), &live());
    assert_eq!(code, 0, "{said}");
    assert!(usual > 16 << 10, "{usual} kB: the measure does not see the program");
    let (mut cases, mut most) = (0, 0);
    for (name, fault) in bombs() {
        // without its charts or its messenger a run is done all the same
        for (services, ends) in [
            (&[Service::Binance][..], 1),
            (&[Service::OpenAi], 1),
            (&[Service::ChartImg, Service::Telegram], 0),
        ] {
            let topdown = program(&world);
            for service in services {
                let path = if *service == Service::Binance { "/klines" } else { "" };
                world.faults().inject(Rule::next(*service, fault.clone()).on(path).forever());
            }
            let (armed, code, said) = peak(&topdown, &live());
            world.faults().clear();
            let case = format!("{name} from {services:?}");
            assert!(services.iter().all(|service| world.count(*service) > 0), "{case}");
            assert!(armed < usual + MOST, "{case}: {armed} kB, undisturbed {usual} kB");
            assert_eq!(code, ends, "{case}: {said}");
            assert!(!said.contains("panicked") && !said.contains("fault of its own"), "{case}: {said}");
            (cases, most) = (cases + services.len(), most.max(armed.saturating_sub(usual)));
        }
    }
    figure("memory", &json!({ "cases": cases, "peak_mib": most >> 10 }));
}

/// A body that never ends but always goes on: the deadline is for all of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_trickle_is_given_up_in_time() {
    let world = world().await;
    let topdown = collected_in(&world);
    let models = topdown.path("catalog/prompts/models.toml");
    let text = std::fs::read_to_string(&models).unwrap();
    std::fs::write(&models, text.replace("timeout_s = 300", "timeout_s = 3")).unwrap();
    let trickle = Fault::Trickle { every: Duration::from_millis(500) };
    world.faults().inject(Rule::next(Service::OpenAi, trickle).forever());
    let begun = Instant::now();
    let finished = super::bench::run(&topdown);
    assert_eq!(finished.code, 1, "{}", finished.stderr);
    // two attempts of three seconds, and the rest of a run
    assert!((6..30).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
}

/// Largest resident size of the program during a command, kB, its exit code and what it said.
fn peak(topdown: &Topdown, arguments: &[&str]) -> (u64, i32, String) {
    let inner = topdown.command(arguments);
    let mut command = std::process::Command::new("bash");
    // bash's own `times` knows no memory; the status of the process does, until it ends
    let script = "\"$@\" >out 2>&1 & pid=$!; peak=0; while read -r name kb _ < <(grep VmHWM /proc/$pid/status 2>/dev/null); do \
                  peak=$kb; sleep 0.002; done; wait $pid; code=$?; echo $peak; exit $code";
    command.args(["-c", script, "peak"]).arg(inner.get_program()).args(inner.get_args());
    command.current_dir(topdown.path("")).env_clear();
    command.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.env("PATH", "/usr/bin:/bin");
    let finished = tokio::task::block_in_place(|| finish(&mut under_timeout(&command)));
    let said = std::fs::read_to_string(topdown.path("out")).unwrap_or_default();
    let peak = finished.stdout.trim().parse().unwrap_or_else(|e| panic!("{e}: {}", finished.stderr));
    (peak, finished.code, said)
}

/// A gzip stream that unpacks to so many zeros: one deflated block again and again.
fn bomb(unpacked: usize) -> Vec<u8> {
    const BLOCK: usize = 1 << 20;
    let mut packer = flate2::Compress::new(flate2::Compression::best(), false);
    let mut block = Vec::with_capacity(BLOCK);
    packer.compress_vec(&vec![b'0'; BLOCK], &mut block, flate2::FlushCompress::Full).unwrap();
    assert_eq!(packer.total_in(), BLOCK as u64);
    // no name, no time; the end of the stream is never reached
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    for _ in 0..unpacked / BLOCK {
        bytes.extend_from_slice(&block);
    }
    bytes
}
