//! The parts of this program that `./bench` measures one by one. It starts this, tells each part on stdin how often
//! to repeat, and reads the processor's clock from outside, as it does of the peers.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a measurement reports by panicking"
)]

mod chart;
mod columns;
mod exchange;
mod indicators;
mod latency;
mod limit;
mod rounds;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["indicators", columns] => indicators::repeat(columns),
        ["values", columns, out] => indicators::write(columns, out),
        ["chart", series, out] => chart::repeat(series, out),
        ["read", url, symbols @ ..] => exchange::repeat(url, symbols),
        ["latency", rounds] => latency::measure(rounds.parse().expect("a number of rounds")),
        ["limit", minutes] => limit::measure(minutes.parse().expect("a number of minutes")),
        _ => panic!("{words:?}: started by ./bench only"),
    }
}
