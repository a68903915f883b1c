use async_trait::async_trait;
use domain::{RunId, StepId};
use firestore::gcloud_sdk::google::firestore::v1::{Document, Write};
use jiff::{SignedDuration, Timestamp};
use storage::{Claim, Journal, Place, RunDocument, RunEnd, Status, StepDocument, StoreError};

use super::change::{Decision, Subject};
use super::client::{Client, FirestoreConfig};
use super::parse::{parse, written_by};
use super::queries::{RUNS, STEPS};
use super::wire;
use crate::Identity;

/// The journal on Firestore.
pub struct FirestoreJournal {
    client: Client,
}

impl FirestoreJournal {
    /// The journal in that database. It connects at its first call.
    pub fn new(config: FirestoreConfig, identity: Identity) -> Self {
        Self { client: Client::new(config, identity) }
    }

    /// Lets `change` alter a step under the caller's fence.
    async fn fenced<T>(
        &self,
        ours: &StepDocument,
        change: impl Fn(StepDocument) -> (StepDocument, T) + Send + Sync,
    ) -> Result<T, StoreError>
    where
        T: Send,
    {
        let parent = self.client.name(&format!("{RUNS}/{}", ours.run_id)).await?;
        let ids = [ours.step_id.as_str()];
        let subject = Subject { parent: &parent, collection: STEPS, ids: &ids, new: false };
        let decide = |found: &[Option<Document>], write_id: &str| {
            let (document, kept) = step(found.first(), &ours.run_id, &ours.step_id)?;
            if kept.fence != ours.fence || kept.status != Status::Running {
                return Err(StoreError::Fenced {
                    run: ours.run_id.to_string(),
                    step: ours.step_id.to_string(),
                    held: kept.fence,
                    ours: ours.fence,
                });
            }
            let before = wire::fields(&kept)?;
            let (changed, answer) = change(kept);
            let write = wire::change(document, &before, wire::fields(&changed)?, write_id);
            Ok(Decision { writes: vec![write], answer })
        };
        self.client.change(subject, decide).await
    }
}

#[async_trait]
impl Journal for FirestoreJournal {
    async fn create_run(&self, run: &RunDocument) -> Result<bool, StoreError> {
        let root = self.client.root().await?;
        let ids = [run.run_id.as_str()];
        let subject = Subject { parent: &root, collection: RUNS, ids: &ids, new: true };
        let decide = |found: &[Option<Document>], write_id: &str| {
            if found.iter().flatten().next().is_some() {
                return Ok(Decision { writes: Vec::new(), answer: false });
            }
            let name = format!("{root}/{RUNS}/{}", run.run_id);
            let writes = vec![wire::create(name, wire::fields(run)?, write_id, 0)];
            Ok(Decision { writes, answer: true })
        };
        self.client.change(subject, decide).await
    }

    async fn run(&self, run_id: &RunId) -> Result<Option<RunDocument>, StoreError> {
        let root = self.client.root().await?;
        let found = self.client.get(&root, RUNS, &[run_id.as_str()]).await?;
        found.iter().flatten().next().map(parse).transpose()
    }

    async fn runs(&self, limit: usize) -> Result<Vec<RunDocument>, StoreError> {
        self.client.newest(None, limit).await
    }

    async fn runs_after(&self, place: &Place, limit: usize) -> Result<Vec<RunDocument>, StoreError> {
        self.client.newest(Some(place), limit).await
    }

    async fn unfinished(&self) -> Result<Vec<RunDocument>, StoreError> {
        self.client.running().await
    }

    async fn stale(&self, now: Timestamp, pending_since: Timestamp) -> Result<Vec<StepDocument>, StoreError> {
        let mut stale = self.client.waiting(Status::Pending, "created_at", pending_since).await?;
        stale.extend(self.client.waiting(Status::Running, "lease_until", now).await?);
        stale.sort_by_key(|step| step.lease_until.unwrap_or(step.created_at));
        Ok(stale)
    }

    async fn end_run(&self, run_id: &RunId, end: &RunEnd) -> Result<bool, StoreError> {
        let root = self.client.root().await?;
        let ids = [run_id.as_str()];
        let subject = Subject { parent: &root, collection: RUNS, ids: &ids, new: false };
        let decide = |found: &[Option<Document>], write_id: &str| {
            let missing = || StoreError::NotFound(format!("run {run_id}"));
            let document = found.iter().flatten().next().ok_or_else(missing)?;
            let run: RunDocument = parse(document)?;
            if run.status != Status::Running {
                return Ok(Decision { writes: Vec::new(), answer: false });
            }
            let before = wire::fields(&run)?;
            let ended = RunDocument {
                status: end.status,
                ended_at: Some(end.ended_at),
                reason: end.reason.clone(),
                ..run
            };
            let write = wire::change(document, &before, wire::fields(&ended)?, write_id);
            Ok(Decision { writes: vec![write], answer: true })
        };
        self.client.change(subject, decide).await
    }

    async fn create_steps(&self, steps: &[StepDocument]) -> Result<Vec<StepId>, StoreError> {
        let Some(first) = steps.first() else { return Ok(Vec::new()) };
        let parent = self.client.name(&format!("{RUNS}/{}", first.run_id)).await?;
        let ids: Vec<&str> = steps.iter().map(|step| step.step_id.as_str()).collect();
        let subject = Subject { parent: &parent, collection: STEPS, ids: &ids, new: true };
        let decide = |found: &[Option<Document>], write_id: &str| {
            let mut decision = Decision { writes: Vec::new(), answer: Vec::new() };
            for (place, (step, found)) in steps.iter().zip(found).enumerate() {
                // a document of an earlier attempt at this call is this call's
                let ours = found.as_ref().is_some_and(|document| written_by(document, write_id));
                if found.is_none() {
                    let name = format!("{parent}/{STEPS}/{}", step.step_id);
                    decision.writes.push(wire::create(name, wire::fields(step)?, write_id, place));
                }
                if found.is_none() || ours {
                    decision.answer.push(step.step_id.clone());
                }
            }
            Ok(decision)
        };
        self.client.change(subject, decide).await
    }

    async fn steps(&self, run_id: &RunId) -> Result<Vec<StepDocument>, StoreError> {
        self.client.steps(run_id).await
    }

    async fn claim(
        &self,
        run_id: &RunId,
        steps: &[StepId],
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Vec<Claim>, StoreError> {
        let parent = self.client.name(&format!("{RUNS}/{run_id}")).await?;
        let ids: Vec<&str> = steps.iter().map(StepId::as_str).collect();
        let subject = Subject { parent: &parent, collection: STEPS, ids: &ids, new: false };
        let decide = |found: &[Option<Document>], write_id: &str| {
            let mut decision = Decision { writes: Vec::new(), answer: Vec::new() };
            for (step_id, found) in steps.iter().zip(found) {
                let (document, kept) = step(Some(found), run_id, step_id)?;
                let (claim, write) = claim(document, kept, now, lease, write_id)?;
                decision.answer.push(claim);
                decision.writes.extend(write);
            }
            Ok(decision)
        };
        self.client.change(subject, decide).await
    }

    async fn intend(&self, step: &StepDocument, call: usize) -> Result<u32, StoreError> {
        self.fenced(step, |mut kept| {
            if kept.intents.len() <= call {
                kept.intents.resize(call + 1, 0);
            }
            let count = kept.intents.get_mut(call).map_or(0, |count| {
                *count += 1;
                *count
            });
            (kept, count)
        })
        .await
    }

    async fn commit(&self, step: &StepDocument) -> Result<(), StoreError> {
        self.fenced(step, |kept| {
            (StepDocument { lease_until: None, intents: kept.intents, ..step.clone() }, ())
        })
        .await
    }

    async fn release(&self, step: &StepDocument) -> Result<(), StoreError> {
        self.fenced(step, |kept| (StepDocument { status: Status::Pending, lease_until: None, ..kept }, ()))
            .await
    }
}

fn step<'a>(
    found: Option<&'a Option<Document>>,
    run_id: &RunId,
    step_id: &StepId,
) -> Result<(&'a Document, StepDocument), StoreError> {
    let missing = || StoreError::NotFound(format!("step {step_id} of run {run_id}"));
    let document = found.and_then(Option::as_ref).ok_or_else(missing)?;
    Ok((document, parse(document)?))
}

fn claim(
    document: &Document,
    kept: StepDocument,
    now: Timestamp,
    lease: SignedDuration,
    write_id: &str,
) -> Result<(Claim, Option<Write>), StoreError> {
    if kept.status.is_terminal() {
        return Ok((Claim::Terminal(kept), None));
    }
    if let Some(until) = kept.lease_until.filter(|until| *until > now) {
        return Ok((Claim::Leased { until }, None));
    }
    let before = wire::fields(&kept)?;
    let held = StepDocument {
        status: Status::Running,
        fence: kept.fence + 1,
        lease_until: Some(now + lease),
        started_at: kept.started_at.or(Some(now)),
        ..kept
    };
    let write = wire::change(document, &before, wire::fields(&held)?, write_id);
    Ok((Claim::Held(held), Some(write)))
}
