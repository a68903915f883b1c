//! Messages that come three times, in any order, or not at all: the effects are those of one delivery in order.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chart_exporter::ChartExporter;
use coordinator::{Coordinator, RunRequest};
use domain::{Sha256Hex, Source};
use flows::Flow;
use llm_analyst::{Config, LlmAnalyst};
use notifier::Notifier;
use ohlcv_exporter::OhlcvExporter;
use runtime::{Catalog, Clock, Function};
use serde_json::Value;
use sim::{Service, World};
use storage::{Journal, Message, RunDocument, Status, StepDocument};

use super::bench::{collected, count, database, world};
use super::desk::Desk;
use super::random::Random;

/// How messages fare.
#[derive(Clone, Copy)]
struct Fate {
    /// Deliveries of each message, at the same time.
    copies: usize,
    /// One message in so many is lost on its way; 0 for none.
    lost: u64,
    /// Whether the next message is any of those there are.
    shuffled: bool,
}

const IN_ORDER: Fate = Fate { copies: 1, lost: 0, shuffled: false };

/// The functions of a run, driven by hand.
struct Office {
    desk: Desk,
    coordinator: Arc<Coordinator>,
    functions: Vec<Arc<dyn Function>>,
}

/// What a run came to, free of what may differ: fences and the order of documents.
#[derive(Debug, PartialEq)]
struct Effects {
    status: Status,
    steps: BTreeMap<String, Value>,
    rows: Vec<(String, String)>,
    files: BTreeMap<String, Sha256Hex>,
    calls: u64,
    notices: usize,
}

fn config(world: &World) -> Config {
    Config {
        http: runtime::http::client(Duration::from_secs(60)).unwrap(),
        here: runtime::http::loopback_client(Duration::from_secs(60)).unwrap(),
        usd_per_day: rust_decimal::Decimal::from(20),
        limits: llm::Limits {
            max_tokens: 32_000,
            input_price: rust_decimal::Decimal::ZERO,
            output_price: rust_decimal::Decimal::ZERO,
            keys: Vec::new(),
        },
        keys: BTreeMap::new(),
        base_urls: BTreeMap::from([("rule-analyst".to_owned(), world.openai_url())]),
        default_model: None,
    }
}

fn catalog(folder: &std::path::Path) -> Catalog {
    let mut catalog = Catalog::default();
    for (name, text) in llm::defaults() {
        let files = if name.ends_with(".prompt") { &mut catalog.prompts } else { &mut catalog.models };
        files.insert((*name).to_owned(), (*text).to_owned());
    }
    for name in ["trend.toml", "momentum.toml"] {
        let text = std::fs::read_to_string(folder.join("chart_templates").join(name)).unwrap();
        catalog.templates.insert(name.to_owned(), text);
    }
    catalog
}

impl Office {
    fn new(desk: Desk, world: &World) -> Self {
        let services = desk.services.clone();
        let coordinator = Arc::new(Coordinator::new(services.clone()));
        let telegram = notifier::Telegram::new(
            runtime::http::client(Duration::from_secs(60)).unwrap(),
            &world.telegram_url(),
            "1:test".into(),
            "1".to_owned(),
        );
        let functions: Vec<Arc<dyn Function>> = vec![
            coordinator.clone(),
            Arc::new(OhlcvExporter::new(services.clone(), desk.local.candles.clone())),
            Arc::new(ChartExporter::new(services.clone(), None)),
            Arc::new(LlmAnalyst::new(services.clone(), desk.local.reports.clone(), config(world))),
            Arc::new(Notifier::new(services, Some(telegram))),
        ];
        Self { desk, coordinator, functions }
    }

    async fn deliver(&self, message: &Message, copies: usize) {
        let function = self.functions.iter().find(|function| function.topic() == message.topic).unwrap();
        let mut deliveries = tokio::task::JoinSet::new();
        for _ in 0..copies {
            let (function, message) = (function.clone(), message.clone());
            deliveries.spawn(async move { function.handle(&message).await });
        }
        while let Some(handled) = deliveries.join_next().await {
            handled.unwrap().unwrap();
        }
    }

    /// Delivers until nothing is left to deliver and the run has ended; a sweep follows whenever all is quiet.
    async fn work(&self, run: &RunDocument, fate: Fate, random: &mut Random) -> RunDocument {
        let bus = &self.desk.local.bus;
        let mut waiting = Vec::new();
        for _ in 0..1_000 {
            while let Some(delivery) = bus.take().unwrap() {
                if fate.lost > 0 && random.below(fate.lost) == 0 {
                    bus.acknowledge(delivery.id).unwrap();
                } else {
                    waiting.push(delivery);
                }
            }
            if waiting.is_empty() {
                let kept = self.desk.local.journal.run(&run.run_id).await.unwrap().unwrap();
                if kept.status.is_terminal() {
                    return kept;
                }
                self.coordinator.sweep().await.unwrap();
                continue;
            }
            let next = if fate.shuffled { random.below(waiting.len() as u64) as usize } else { 0 };
            let delivery = waiting.remove(next);
            self.deliver(&delivery.message, fate.copies).await;
            bus.acknowledge(delivery.id).unwrap();
        }
        panic!("a thousand messages and the run has not ended");
    }
}

async fn effects(fate: Fate, seed: u64) -> Effects {
    let world = world().await;
    let topdown = tokio::task::block_in_place(collected);
    let office = Office::new(Desk::open(&topdown.data()), &world);
    let now = office.desk.clock.now();
    let request = RunRequest {
        flow: Flow::numbered("1").unwrap(),
        symbol: "BTCUSDT".parse().unwrap(),
        source: Source::Sim(1),
        as_of: now,
        live: false,
        language: "en".to_owned(),
        model: Some("rule-analyst".to_owned()),
        requested_at: now,
        key: "the run of this test".to_owned(),
    };
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
        notices: world.messages().len(),
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
    assert_eq!((wanted.status, wanted.calls, wanted.notices), (Status::Done, 2, 1));
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
