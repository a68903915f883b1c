use std::path::Path;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use domain::Source;
use platform_local::{Access, Local};
use storage::{ArtifactKey, ArtifactStore, Bus};
use tokio::sync::Notify;

use super::*;

const RUN: &str = "r-1";

/// A call that is paid for: once it is let go its answer is kept.
struct Paying {
    artifacts: Arc<dyn ArtifactStore>,
    begun: AtomicUsize,
    answer: Notify,
}

#[async_trait]
impl Function for Paying {
    fn topic(&self) -> Topic {
        Topic::LlmAnalyst
    }

    async fn handle(&self, _: &Message) -> Result<(), Redeliver> {
        self.begun.fetch_add(1, Ordering::SeqCst);
        self.answer.notified().await;
        self.artifacts.put(&key(), "application/json", b"{}").await?;
        Ok(())
    }
}

/// A function whose storage fails.
struct Failing;

#[async_trait]
impl Function for Failing {
    fn topic(&self) -> Topic {
        Topic::ChartExport
    }

    async fn handle(&self, _: &Message) -> Result<(), Redeliver> {
        Err(Redeliver(StoreError::Full("the data folder".to_owned())))
    }
}

fn key() -> ArtifactKey {
    ArtifactKey::new("paid/openai/answer.json").unwrap()
}

fn message(topic: Topic, step: &str) -> Message {
    Message { v: 1, topic, run_id: RUN.parse().unwrap(), steps: vec![step.parse().unwrap()] }
}

struct Bench {
    local: Local,
    paying: Arc<Paying>,
    worker: Worker,
}

fn bench(folder: &Path) -> Bench {
    let local = Local::open(folder, Access::Write, "http://127.0.0.1:8377").unwrap();
    let artifacts = local.artifacts.clone();
    let paying = Arc::new(Paying { artifacts, begun: AtomicUsize::new(0), answer: Notify::new() });
    let worker = Worker {
        functions: vec![paying.clone(), Arc::new(Failing)],
        bus: local.bus.clone(),
        journal: local.journal.clone(),
        sources: Source::Sim(1).into(),
        in_hand: Mutex::default(),
        set_aside: Mutex::default(),
    };
    Bench { local, paying, worker }
}

impl Bench {
    /// Lets the worker work on the run for as long as nobody answers the call, which is at most so long.
    async fn work(&self, waiting: Duration) -> Result<(), Redeliver> {
        let run_id = RUN.parse().unwrap();
        let mut on_event = |_: &RunId| ();
        let mut driving = pin!(self.worker.drive(&run_id, &mut on_event));
        let early = tokio::time::timeout(waiting, driving.as_mut()).await;
        self.paying.answer.notify_one();
        match early {
            Ok(ended) => ended,
            Err(_) => tokio::time::timeout(Duration::from_secs(20), driving).await.unwrap(),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_of_storage_lets_a_paid_call_end() {
    let folder = tempfile::tempdir().unwrap();
    let bench = bench(folder.path());
    bench.local.bus.publish(&message(Topic::LlmAnalyst, "1w-report")).await.unwrap();
    bench.local.bus.publish(&message(Topic::ChartExport, "1w-chart-trend")).await.unwrap();
    // the fault is there at once; a worker that returned with it would have dropped the call by now
    let failed = bench.work(Duration::from_millis(100)).await.unwrap_err();
    assert!(matches!(failed.0, StoreError::Full(_)), "{failed}");
    assert!(bench.local.artifacts.find(&key()).await.unwrap().is_some(), "the answer is kept");
    // the failed message is there for the next delivery, the other is done with
    let left = bench.local.bus.take().unwrap().unwrap();
    assert_eq!(left.message, message(Topic::ChartExport, "1w-chart-trend"));
    assert!(bench.local.bus.take().unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_in_hand_is_not_begun_again() {
    let folder = tempfile::tempdir().unwrap();
    let bench = bench(folder.path());
    for _ in 0..2 {
        bench.local.bus.publish(&message(Topic::LlmAnalyst, "1w-report")).await.unwrap();
    }
    bench.work(Duration::from_millis(100)).await.unwrap();
    assert_eq!(bench.paying.begun.load(Ordering::SeqCst), 1);
    // once it has ended it may be asked for again
    bench.local.bus.publish(&message(Topic::LlmAnalyst, "1w-report")).await.unwrap();
    bench.work(Duration::ZERO).await.unwrap();
    assert_eq!(bench.paying.begun.load(Ordering::SeqCst), 2);
}

/// A function that gives its step back the first time, as one whose lease is nearly over: its message comes while the
/// step is in hand.
struct GivingBack {
    bus: Arc<SqliteBus>,
    begun: AtomicUsize,
    let_go: Notify,
}

#[async_trait]
impl Function for GivingBack {
    fn topic(&self) -> Topic {
        Topic::LlmAnalyst
    }

    async fn handle(&self, message: &Message) -> Result<(), Redeliver> {
        if self.begun.fetch_add(1, Ordering::SeqCst) == 0 {
            self.bus.publish(message).await?;
            self.let_go.notified().await;
        }
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_given_back_while_in_hand_is_begun_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = bench(folder.path());
    let step = serde_json::json!({
        "v": 1, "run_id": RUN, "step_id": "1w-report", "kind": "report", "status": "pending", "symbol": "BTCUSDT",
        "requested_at": "2026-04-30T04:00:00Z", "created_at": "2026-04-30T04:00:00Z", "fence": 1, "shard": 0,
        "expire_at": "2027-04-30T04:00:00Z"
    });
    bench.local.journal.create_steps(&[serde_json::from_value(step).unwrap()]).await.unwrap();
    let bus = bench.local.bus.clone();
    let giving = Arc::new(GivingBack { bus, begun: AtomicUsize::new(0), let_go: Notify::new() });
    bench.worker.functions = vec![giving.clone()];
    bench.local.bus.publish(&message(Topic::LlmAnalyst, "1w-report")).await.unwrap();
    let run_id = RUN.parse().unwrap();
    let mut on_event = |_: &RunId| ();
    let driving = bench.worker.drive(&run_id, &mut on_event);
    let lets_go = async {
        while bench.worker.set_aside.lock().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        giving.let_go.notify_one();
    };
    let both = async { tokio::join!(driving, lets_go) };
    let (driven, ()) = tokio::time::timeout(Duration::from_secs(20), both).await.unwrap();
    driven.unwrap();
    assert_eq!(giving.begun.load(Ordering::SeqCst), 2);
    assert!(bench.local.bus.take().unwrap().is_none(), "and nothing is left");
}
