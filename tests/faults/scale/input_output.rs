//! The n-th call of the system fails, for growing n until none is hit.

use std::panic::catch_unwind;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::json;
use tests::figure;

use crate::faults::disk::fails;

/// Calls that write, and how they fail.
const CALLS: [(&str, &str); 8] = [
    ("fsync", "EIO"),
    ("fdatasync", "EIO"),
    ("linkat", "EIO"),
    ("linkat", "ENOSPC"),
    ("mkdir", "EROFS"),
    ("ftruncate", "EIO"),
    ("pwrite64", "EIO"),
    ("pwrite64", "ENOSPC"),
];

#[test]
#[ignore = "an hour: ./test --figures"]
fn every_nth_call_that_writes_fails_once() {
    let test = "every_nth_call_that_writes_fails_once";
    let (hit, lost) = (AtomicU32::new(0), Mutex::new(Vec::new()));
    for (call, error) in CALLS {
        let (next, over) = (AtomicU32::new(1), AtomicU32::new(u32::MAX));
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        std::thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(|| {
                    loop {
                        let nth = next.fetch_add(1, Ordering::Relaxed);
                        if nth > over.load(Ordering::Relaxed) {
                            return;
                        }
                        match catch_unwind(|| fails(test, call, error, nth)) {
                            Ok(Some(true)) => {
                                hit.fetch_add(1, Ordering::Relaxed);
                            }
                            // none came so far, or none may be looked at
                            Ok(_) => {
                                over.fetch_min(nth, Ordering::Relaxed);
                            }
                            Err(_) => lost.lock().unwrap().push(format!("{call} number {nth} with {error}")),
                        }
                    }
                });
            }
        });
    }
    let lost = lost.into_inner().unwrap();
    figure("input_output", &json!({ "faults": hit.load(Ordering::Relaxed), "lost": lost.len() }));
    assert_eq!(lost, Vec::<String>::new());
}
