//! The functions of a run in this process, driven message by message, on a desk's ports and in a simulated world.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chart_exporter::ChartExporter;
use coordinator::{Coordinator, RunRequest};
use domain::Source;
use flows::Flow;
use jiff::Timestamp;
use llm_analyst::{Config, LlmAnalyst, Markets, PublicData, Watching};
use notifier::{ChannelAccess, Channels, Notifier, Webhooks};
use ohlcv_exporter::OhlcvExporter;
use runtime::{Catalog, Function};
use sim::World;
use storage::{Journal, Message, RunDocument};

use super::desk::Desk;
use super::random::Random;

/// How messages fare.
#[derive(Clone, Copy)]
pub(super) struct Fate {
    /// Deliveries of each message, at the same time.
    pub(super) copies: usize,
    /// One message in so many is lost on its way; 0 for none.
    pub(super) lost: u64,
    /// Whether the next message is any of those there are.
    pub(super) shuffled: bool,
}

pub(super) const IN_ORDER: Fate = Fate { copies: 1, lost: 0, shuffled: false };

/// The functions of a run, driven by hand.
pub(super) struct Office {
    pub(super) desk: Desk,
    pub(super) coordinator: Arc<Coordinator>,
    functions: Vec<Arc<dyn Function>>,
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
            least_input: rust_decimal::Decimal::ZERO,
            least_output: rust_decimal::Decimal::ZERO,
            hosts: None,
            keys: Vec::new(),
        },
        keys: BTreeMap::new(),
        caller: None,
        base_urls: BTreeMap::from([("rule-analyst".to_owned(), world.openai_url())]),
        default_model: None,
        risk: llm_analyst::Risk::read(|_| None).unwrap(),
    }
}

fn markets(world: &World) -> Markets {
    let here = || runtime::http::loopback_client(Duration::from_secs(60)).unwrap();
    Markets {
        binance: PublicData::binance(here(), world.binance_url(), world.binance_url()),
        bybit: PublicData::bybit(here(), world.bybit_url()),
        watched: Watching::Known(Vec::new()),
    }
}

pub(super) fn catalog(folder: &Path) -> Catalog {
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

/// Flow 1 of seed 1's market, as it was at `as_of`.
pub(super) fn request(as_of: Timestamp) -> RunRequest {
    RunRequest {
        asked: None,
        flow: Flow::numbered("1").unwrap(),
        watched: domain::Watched::from("BTCUSDT".parse::<domain::Symbol>().unwrap()),
        source: Source::Sim(1),
        as_of,
        live: false,
        language: "en".to_owned(),
        model: Some("rule-analyst".to_owned()),
        requested_at: as_of,
        key: format!("a run of this test at {as_of}"),
    }
}

/// Every channel there is.
fn channels(world: &World) -> Channels {
    let given = [
        ("TELEGRAM_BOT_TOKEN", "1:test".to_owned()),
        ("TELEGRAM_CHAT_ID", "1".to_owned()),
        ("TOPDOWN_TELEGRAM_URL", world.telegram_url()),
        ("TOPDOWN_WEBHOOK_URL", world.webhook_url()),
        ("TOPDOWN_WEBHOOK_SECRET", sim::WEBHOOK_SECRET.to_owned()),
        ("SLACK_WEBHOOK_URL", format!("{}/services/T0/B0/x", world.slack_url())),
        ("TOPDOWN_SLACK_URL", world.slack_url()),
        ("SMTP_URL", world.mail_url()),
        ("MAIL_FROM", "topdown@example.org".to_owned()),
        ("MAIL_TO", "reader@example.org".to_owned()),
    ];
    let take = |name: &str| given.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone());
    let access = ChannelAccess::read(take, |name| take(name).map(Into::into)).unwrap();
    access.channels(Webhooks::OrHere).unwrap()
}

impl Office {
    pub(super) fn new(desk: Desk, world: &World) -> Self {
        let services = desk.services.clone();
        let coordinator = Arc::new(Coordinator::new(services.clone()));
        let functions: Vec<Arc<dyn Function>> = vec![
            coordinator.clone(),
            Arc::new(OhlcvExporter::new(services.clone(), desk.local.candles.clone())),
            Arc::new(ChartExporter::new(services.clone(), None)),
            Arc::new(LlmAnalyst::new(
                services.clone(),
                desk.local.reports.clone(),
                config(world),
                markets(world),
            )),
            Arc::new(Notifier::new(services, channels(world))),
        ];
        Self { desk, coordinator, functions }
    }

    pub(super) async fn deliver(&self, message: &Message, copies: usize) {
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
    pub(super) async fn work(&self, run: &RunDocument, fate: Fate, random: &mut Random) -> RunDocument {
        self.work_and(run, fate, random, |_| ()).await
    }

    /// The same; `before` is told of each message that it is about to be delivered, the first being 0.
    pub(super) async fn work_and(
        &self,
        run: &RunDocument,
        fate: Fate,
        random: &mut Random,
        mut before: impl FnMut(usize),
    ) -> RunDocument {
        let bus = &self.desk.local.bus;
        let (mut waiting, mut delivered) = (Vec::new(), 0);
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
            before(delivered);
            delivered += 1;
            self.deliver(&delivery.message, fate.copies).await;
            bus.acknowledge(delivery.id).unwrap();
        }
        panic!("a thousand messages and the run has not ended");
    }
}
