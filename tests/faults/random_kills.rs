//! `kill -9` at moments that nobody chose, from the first candle on.

use serde_json::Value;
use tests::Topdown;

use super::bench::{DEMO, KILLED, finish, left, program, undisturbed};
use super::random::Random;

const KILLS: u32 = 20;

/// Starts the demo and kills it after a while; answers the run if it was faster.
fn start(topdown: &Topdown, ms: u64) -> Option<Value> {
    let inner = topdown.command(DEMO);
    let mut command = std::process::Command::new("timeout");
    command.args(["--signal=KILL", &format!("{}.{:03}", ms / 1000, ms % 1000)]);
    command.arg(inner.get_program()).args(inner.get_args());
    command.current_dir(topdown.path("")).stdin(std::process::Stdio::null()).env_clear();
    let finished = finish(&mut command);
    if finished.code == KILLED {
        return None;
    }
    assert_eq!(finished.code, 0, "{}", finished.stderr);
    Some(serde_json::from_str(&finished.stdout).unwrap())
}

#[test]
fn twenty_random_kills_lose_nothing() {
    let seed = tests::seed();
    let (mut random, mut kills, mut runs) = (Random::new(seed), 0, 0);
    while kills < KILLS || runs == 0 {
        // a folder of its own for each run that ends, with no candle in it
        let topdown = program();
        let run = loop {
            let patience = if kills < KILLS { 40 + random.below(1_200) } else { 60_000 };
            match start(&topdown, patience) {
                Some(run) => break run,
                None => kills += 1,
            }
        };
        let found = left(&topdown, &run);
        assert!(
            found == *undisturbed(),
            "seed {seed}, {kills} kills: the run differs from an undisturbed one"
        );
        runs += 1;
    }
}
