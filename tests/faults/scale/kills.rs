//! A kill before and after each arrow of the paid step's protocol, at each step that passes it.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::{Value, json};
use sim::{Service, World};
use tests::{Topdown, figure, seeds};

use crate::faults::bench::{KILLED, RUN, copy, killed, program_in, run, runs, world_of};
use crate::faults::invariants;

/// An arrow, the places around it, and whether a kill there loses an answer that was paid for. A step that pays for
/// nothing passes some of them too, while another step's call is under way: then nobody can tell beforehand.
const ARROWS: [(&str, &[(&str, Loses)]); 7] = [
    ("CLAIM", &[("claim.before", Loses::Perhaps), ("claim.after", Loses::Perhaps)]),
    ("PIN", &[("pin.before", Loses::Nothing), ("pin.after", Loses::Nothing)]),
    ("ADOPT", &[("adopt.before", Loses::Nothing), ("adopt.after", Loses::Nothing)]),
    ("INTENT", &[("intent.before", Loses::Nothing), ("intent.after", Loses::Nothing)]),
    ("CALL", &[("call.answered", Loses::Surely), ("call.kept", Loses::Nothing)]),
    (
        "COMMIT",
        &[
            ("reports.append", Loses::Nothing),
            ("reports.appended", Loses::Nothing),
            ("commit.before", Loses::Perhaps),
            ("commit.after", Loses::Perhaps),
        ],
    ),
    ("DISPATCH", &[("dispatch.before", Loses::Perhaps), ("dispatch.after", Loses::Perhaps)]),
];

#[derive(Clone, Copy)]
enum Loses {
    Nothing,
    Perhaps,
    Surely,
}

/// Calls of an undisturbed run, and of the one that the second command makes for itself: its month is the same bytes.
const CALLS: u64 = 2 + 1;

/// What the kills of a seed came to.
#[derive(Default)]
struct Count {
    kills: u64,
    ended: u64,
    calls: u64,
    expected: u64,
    broken: Vec<String>,
    differing: Vec<String>,
}

/// A market, what is collected of it, and what an undisturbed run makes of that.
struct Seed {
    world: World,
    seed: u64,
    collected: Topdown,
    undisturbed: BTreeMap<String, Value>,
}

impl Seed {
    async fn new(seed: u64) -> Self {
        let world = world_of(seed).await;
        let collected = program_in(&world);
        tokio::task::block_in_place(|| {
            assert_eq!(killed(&collected, RUN, "artifact.begin=return").code, KILLED);
        });
        let mut new = Self { world, seed, collected, undisturbed: BTreeMap::new() };
        let topdown = new.fresh();
        assert_eq!(run(&topdown).code, 0);
        new.undisturbed = tokio::task::block_in_place(|| made(&topdown, 0));
        new
    }

    /// A folder with the candles and no run.
    fn fresh(&self) -> Topdown {
        let topdown = program_in(&self.world);
        copy(&self.collected.data(), &topdown.data());
        self.world.forget_requests();
        topdown
    }

    /// Kills at the place's n-th passage and lets a second command end it. False if it was not passed so often.
    fn survives(&self, place: &str, passage: u32, loses: Loses, count: &mut Count) -> bool {
        let case = format!("seed {}, {place} {passage}", self.seed);
        let topdown = self.fresh();
        let points = format!("{place}={}*off->return", passage - 1);
        if place == "adopt.after" {
            // an answer must be kept by one that died
            let kept = killed(&topdown, RUN, &format!("call.kept={}*off->return", passage - 1));
            if kept.code != KILLED {
                return false;
            }
            assert_eq!(killed(&topdown, RUN, "adopt.after=return").code, KILLED, "{case}");
        } else if killed(&topdown, RUN, &points).code != KILLED {
            return false;
        }
        let before = invariants::steps(&topdown.data());
        // what the vendor has answered, or will, and nobody has kept
        let lost = self.world.count(Service::OpenAi) - invariants::kept_answers(&topdown.data());
        let told = match loses {
            Loses::Nothing => lost == 0,
            Loses::Perhaps => lost <= 1,
            Loses::Surely => lost == 1,
        };
        if !told {
            count.broken.push(format!("{case}: {lost} answers lost"));
        }
        let finished = run(&topdown);
        let calls = self.world.count(Service::OpenAi);
        let all = runs(&topdown);
        count.kills += 1;
        count.ended += u64::from(finished.code == 0 && all.iter().all(|run| run["status"] == "done"));
        (count.calls, count.expected) = (count.calls + calls, count.expected + CALLS + lost);
        let broken = invariants::broken(&topdown, &before, calls, lost);
        count.broken.extend(broken.into_iter().map(|text| format!("{case}: {text}")));
        if calls != CALLS + lost {
            count.broken.push(format!("{case}: {calls} calls"));
        }
        if made(&topdown, 0) != self.undisturbed {
            count.differing.push(case);
        }
        true
    }
}

/// What a run of the folder made, by step: charts and candles by their hash, reports by what they say.
fn made(topdown: &Topdown, number: usize) -> BTreeMap<String, Value> {
    let all = runs(topdown);
    let steps = all[number]["steps"].as_array().unwrap().iter();
    let made = steps.filter(|step| step["kind"] != "notification").map(|step| {
        let id = step["step_id"].as_str().unwrap().to_owned();
        if step["kind"] != "report" {
            return (id, step["sha256"].clone());
        }
        let report = step["gcs_uri"].as_str().map_or(Value::Null, |uri| topdown.cat_json(uri));
        (id, json!([report["report"], report["checks"], report["trust"]]))
    });
    made.collect()
}

#[test]
#[ignore = "an hour: ./test --figures"]
fn every_arrow_at_every_step_of_every_seed() {
    let open = Mutex::new(seeds());
    let total = Mutex::new(Count::default());
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let Some(seed) = open.lock().unwrap().pop() else { return };
                    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
                    let count = runtime.block_on(async { of_seed(&Seed::new(seed).await) });
                    let mut total = total.lock().unwrap();
                    total.kills += count.kills;
                    total.ended += count.ended;
                    total.calls += count.calls;
                    total.expected += count.expected;
                    total.broken.extend(count.broken);
                    total.differing.extend(count.differing);
                }
            });
        }
    });
    let total = total.into_inner().unwrap();
    figure(
        "kills",
        &json!({ "kills": total.kills, "ended": total.ended, "differing": total.differing.len() }),
    );
    figure("paid", &json!({ "got": total.calls, "expected": total.expected, "broken": total.broken.len() }));
    assert_eq!(total.broken, Vec::<String>::new());
    assert_eq!(total.differing, Vec::<String>::new());
    assert!(total.kills > 0 && total.ended == total.kills, "{} of {} ended", total.ended, total.kills);
}

fn of_seed(seed: &Seed) -> Count {
    let mut count = Count::default();
    tokio::task::block_in_place(|| {
        for (arrow, places) in ARROWS {
            for (place, loses) in places {
                let passed = (1..).take_while(|n| seed.survives(place, *n, *loses, &mut count)).count();
                assert!(passed > 0, "seed {}: {arrow} has no {place}", seed.seed);
            }
        }
    });
    count
}
