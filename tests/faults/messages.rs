//! Messages that come three times, in any order, or not at all: the effects are those of one delivery in order.

use std::collections::BTreeMap;

use domain::Sha256Hex;
use runtime::Clock;
use serde_json::Value;
use sim::Service;
use storage::{Journal, Status, StepDocument};

use super::bench::{collected, count, database, world};
use super::desk::Desk;
use super::office::{Fate, IN_ORDER, Office, catalog, request};
use super::random::Random;

/// What a run came to, free of what may differ: fences and the order of documents.
#[derive(Debug, PartialEq)]
pub(super) struct Effects {
    status: Status,
    steps: BTreeMap<String, Value>,
    rows: Vec<(String, String)>,
    files: BTreeMap<String, Sha256Hex>,
    calls: u64,
    /// Requests to each channel.
    notices: [u64; 4],
}

pub(super) async fn effects(fate: Fate, seed: u64) -> Effects {
    let world = world().await;
    let topdown = tokio::task::block_in_place(collected);
    let office = Office::new(Desk::open(&topdown.data()), &world);
    let now = office.desk.clock.now();
    let request = request(now);
    let catalog = catalog(&topdown.path("catalog"));
    // whoever asks three times gets one run
    let mut ids = Vec::new();
    for _ in 0..fate.copies {
        ids.push(office.coordinator.start(&request, &catalog).await.unwrap());
    }
    assert!(ids.iter().all(|id| *id == ids[0]));
    let run = office.desk.local.journal.run(&ids[0]).await.unwrap().unwrap();
    let ended = office.work(&run, fate, &mut Random::new(seed)).await;
    let steps = office.desk.local.journal.steps(&run.run_id).await.unwrap();
    let database = database(&topdown);
    assert_eq!(count(&database, "SELECT count(*) FROM messages"), 0);
    let mut statement =
        database.prepare("SELECT report_id, document FROM reports ORDER BY report_id").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    Effects {
        status: ended.status,
        steps: steps.iter().map(|step| (step.step_id.to_string(), shown(step))).collect(),
        rows: rows.map(Result::unwrap).collect(),
        files: files(&topdown.data(), &["runs", "pages", "paid"]),
        calls: world.count(Service::OpenAi),
        notices: [Service::Telegram, Service::Webhook, Service::Slack, Service::Mail]
            .map(|service| world.count(service)),
    }
}

/// The step without its fence, which counts deliveries.
fn shown(step: &StepDocument) -> Value {
    let mut shown = serde_json::to_value(step).unwrap();
    shown.as_object_mut().unwrap().remove("fence");
    shown
}

/// Every file below these folders by its hash; the model's answers by their content, for it numbers them.
fn files(data: &std::path::Path, folders: &[&str]) -> BTreeMap<String, Sha256Hex> {
    let mut found = BTreeMap::new();
    let mut open: Vec<_> = folders.iter().map(|folder| data.join(folder)).collect();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(data).unwrap().to_string_lossy().into_owned();
                found.insert(name, Sha256Hex::of(&std::fs::read(&path).unwrap()));
            }
        }
    }
    found
}

async fn same_as_in_order(fates: &[(Fate, u64)]) {
    let wanted = effects(IN_ORDER, 0).await;
    assert_eq!((wanted.status, wanted.calls, wanted.notices), (Status::Done, 2, [1; 4]));
    assert_eq!(wanted.rows.len(), 2);
    for (fate, seed) in fates {
        let found = effects(*fate, *seed).await;
        assert_eq!(found, wanted, "seed {seed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn three_copies_of_each_message_do_what_one_does() {
    same_as_in_order(&[(Fate { copies: 3, ..IN_ORDER }, 0)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_in_any_order_do_what_ordered_ones_do() {
    let shuffled = |copies| Fate { copies, lost: 0, shuffled: true };
    same_as_in_order(&[(shuffled(1), 1), (shuffled(1), 2), (shuffled(3), 3), (shuffled(3), 4)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_messages_are_found_by_the_sweep() {
    let lossy = |lost| Fate { copies: 1, lost, shuffled: true };
    same_as_in_order(&[(lossy(2), 5), (lossy(3), 6), (Fate { copies: 3, ..lossy(2) }, 7)]).await;
}
