use std::fs::OpenOptions;
use std::io::Write;

use serde_json::{Value, json};

/// Where `./test --figures` collects what tests have counted: a file of JSON objects, one a line.
const COLLECTED: &str = "TOPDOWN_FIGURES";
/// What `./test --seed` sets.
const SEED: &str = "TOPDOWN_TEST_SEED";
/// How many seeds `./test --figures --seeds` asks for.
const SEEDS: &str = "TOPDOWN_TEST_SEEDS";

#[expect(clippy::disallowed_methods, reason = "tests read the environment themselves")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn number(name: &str) -> Option<u64> {
    variable(name).map(|text| text.parse().unwrap_or_else(|_| panic!("{name}={text} is no number")))
}

/// Adds what a test counted to the figures, if they are asked for. Counts of the same name are summed.
pub fn figure(name: &str, counted: &Value) {
    let Some(path) = variable(COLLECTED) else { return };
    let mut file = OpenOptions::new().append(true).create(true).open(path).expect("a file for figures");
    let line = format!("{}\n", json!({ "figure": name, "counted": counted }));
    file.write_all(line.as_bytes()).expect("figures are written");
}

/// Whether figures are asked for: then as many cases are tried as their goals name.
pub fn at_scale() -> bool {
    variable(COLLECTED).is_some()
}

/// The number that random choices of this process begin with: the one asked for, or one that changes. A failure is
/// looked for again by it, so it is shown.
pub fn seed() -> u64 {
    let seed = number(SEED).unwrap_or_else(|| u64::from(std::process::id()));
    eprintln!("seed {seed}: ./test --seed {seed} chooses the same again");
    seed
}

/// So many seeds, from the one asked for on.
pub fn seeds() -> Vec<u64> {
    let first = seed();
    (0..number(SEEDS).unwrap_or(20)).map(|more| first.wrapping_add(more)).collect()
}
