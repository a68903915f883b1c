use std::future::Future;
use std::time::Duration;

use domain::Sha256Hex;
use storage::{ArtifactKey, StepDocument, StoreError};
use tracing::{info, warn};

use crate::{Services, artifact_key};

/// Intents to pay for one call: the first, and one more for the answer that may have been lost.
const INTENTS: u32 = 2;

/// Waits for a vendor that says it is busy and takes nothing.
const WAITS: u32 = 4;

/// A call that costs money, within a step.
#[derive(Debug, Clone)]
pub struct PaidCall {
    /// Whose call it is, `openai` or `chart-img`.
    pub vendor: &'static str,
    /// Its number within the step, from 0.
    pub number: usize,
    /// The exact request.
    pub request: Vec<u8>,
}

/// What one attempt at the call came to.
#[derive(Debug)]
pub enum Attempt<E> {
    /// An answer that was paid for, to be kept as it is.
    Answered(Vec<u8>),
    /// The vendor refused before doing any work, and would take the same call later.
    Busy {
        /// When it said to come back.
        retry_after: Option<Duration>,
        /// What to report if it stays busy.
        error: E,
    },
    /// Nobody knows whether the vendor did the work: connection cut, timeout, server error.
    Unknown(E),
    /// The same call would be refused again.
    Refused(E),
}

/// An answer, and where it and its request are kept.
#[derive(Debug, Clone)]
pub struct Paid {
    /// The answer's bytes.
    pub answer: Vec<u8>,
    /// The pinned request.
    pub request_uri: String,
    /// The kept answer.
    pub answer_uri: String,
    /// Whether an earlier call's answer was taken instead of paying again.
    pub adopted: bool,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum PaidError<E> {
    /// Paid for twice without an answer that could be kept: the step fails.
    #[error(
        "the call was tried {INTENTS} times without a durable answer; resume the run to pay for it again"
    )]
    Budget,
    /// The vendor's last word: the step fails.
    #[error("{0}")]
    Vendor(E),
    /// Storage could not be read or written: deliver the message again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes a paid call at most once, plus once for each fault between its intent and its durable answer.
///
/// PIN: the request is written create-only, and an earlier one is taken instead, for the market has moved since.
/// ADOPT: an answer to equal bytes is taken, whoever paid for it. INTENT: recorded under the step's fence before
/// each CALL, whose answer is kept at once.
///
/// # Errors
/// [`PaidError`]; a lost fence is its `Store`.
pub async fn paid_call<E, F>(
    services: &Services,
    step: &StepDocument,
    call: PaidCall,
    attempt: impl Fn(Vec<u8>) -> F,
) -> Result<Paid, PaidError<E>>
where
    E: std::fmt::Display,
    F: Future<Output = Attempt<E>>,
{
    let name = format!("{}-call-{}-request.json", step.step_id, call.number + 1);
    let put = services
        .artifacts
        .put(&artifact_key(&step.run_id, &name)?, "application/json", &call.request)
        .await?;
    let request_uri = put.artifact.gcs_uri;
    let request = if put.created { call.request } else { services.artifacts.get(&request_uri).await? };
    let hash = Sha256Hex::of(&request);
    let key = ArtifactKey::new(&format!("paid/{}/{hash}.json", call.vendor))
        .map_err(|error| StoreError::NotFound(error.to_string()))?;
    if let Some(kept) = services.artifacts.find(&key).await? {
        info!(run_id = %step.run_id, step_id = %step.step_id, "an answer to the same request is kept: taken");
        let answer = services.artifacts.get(&kept.gcs_uri).await?;
        return Ok(Paid { answer, request_uri, answer_uri: kept.gcs_uri, adopted: true });
    }
    loop {
        let spent = services.journal.intend(step, call.number).await?;
        if spent > INTENTS {
            return Err(PaidError::Budget);
        }
        match patient(&attempt, &request).await {
            Attempt::Answered(bytes) => {
                let put = services.artifacts.put(&key, "application/json", &bytes).await?;
                let answer_uri = put.artifact.gcs_uri;
                let answer = if put.created { bytes } else { services.artifacts.get(&answer_uri).await? };
                return Ok(Paid { answer, request_uri, answer_uri, adopted: false });
            }
            Attempt::Refused(error) | Attempt::Busy { error, .. } => return Err(PaidError::Vendor(error)),
            Attempt::Unknown(error) => {
                warn!(run_id = %step.run_id, step_id = %step.step_id, %error, spent, "answer lost");
                if spent >= INTENTS {
                    return Err(PaidError::Vendor(error));
                }
            }
        }
    }
}

/// One attempt, waiting while the vendor is busy: a refusal costs nothing, so it needs no intent of its own.
async fn patient<E, F>(attempt: &impl Fn(Vec<u8>) -> F, request: &[u8]) -> Attempt<E>
where
    F: Future<Output = Attempt<E>>,
{
    let mut waits = 0;
    loop {
        match attempt(request.to_vec()).await {
            Attempt::Busy { retry_after, .. } if waits < WAITS => {
                let own = Duration::from_secs(1 << waits);
                let wait =
                    retry_after.unwrap_or(own).clamp(Duration::from_millis(100), Duration::from_secs(60));
                info!(seconds = wait.as_secs_f64(), "vendor is busy: waiting");
                tokio::time::sleep(wait).await;
                waits += 1;
            }
            other => return other,
        }
    }
}
