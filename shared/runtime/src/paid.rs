use std::future::Future;
use std::time::Duration;

use domain::Sha256Hex;
use storage::{ArtifactKey, StepDocument, StoreError};
use tracing::{info, warn};

use crate::{BudgetError, Services, artifact_key, fault, http};

/// Intents to pay for one call: the first, and one more for the answer that may have been lost.
pub const INTENTS: u32 = 2;

/// Answers to one request that are looked at: the first, and those paid for again because an earlier one is
/// damaged.
const KEPT: u32 = 3;

/// Time before the end of its lease that a step keeps for what comes after its calls, and for its platform to end the
/// request first: calls end by 510 s, Cloud Run's request by 540, the lease by 600.
const AFTERWARDS: Duration = Duration::from_secs(90);

/// A call that could have less time than this is left to a delivery that has more.
const SHORTEST: Duration = Duration::from_secs(60);

/// Waits for a vendor that says it is busy and takes nothing.
const WAITS: u32 = 4;

/// A call that costs money, within a step.
#[derive(Debug, Clone)]
pub struct PaidCall {
    /// Whose call it is, `openai` or `chart-img`.
    pub vendor: &'static str,
    /// Who answers: the base URL that the call goes to. An answer of one server is never taken for another's.
    pub endpoint: String,
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
    /// The vendor was sent nothing, so that it did nothing: no connection.
    Unsent(E),
    /// The same call would be refused again, before any work is done.
    Refused(E),
    /// The same call would come to the same, and may have been paid for: an answer too large to take.
    Useless(E),
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
    /// How often this step has set out to pay for the call, in all its attempts: 0 if another step paid, more
    /// than 1 if answers were lost. Lost answers may have been charged for.
    pub intents: u32,
    /// Calls of this attempt, other than the one that was answered, that may have been charged for.
    pub lost: u32,
}

/// A call that came to no answer.
#[derive(Debug)]
pub struct Unpaid<E> {
    /// Why.
    pub error: PaidError<E>,
    /// Calls of this attempt that may have been charged for all the same.
    pub lost: u32,
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
    /// The vendor took longer than the step's lease lasts, twice: the step fails.
    #[error("no answer within the step's lease, {INTENTS} times; choose a faster model, then resume the run")]
    Late,
    /// The day's budget does not cover the call: the step fails.
    #[error("{0}")]
    Day(BudgetError),
    /// The lease ends too soon for another call, or for what is reserved of the day's budget to be settled: give the
    /// step back. Answers so far are kept, and adopted.
    #[error("the step's lease ends too soon for another call")]
    NoTime,
    /// Storage could not be read or written: deliver the message again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl<E> From<BudgetError> for PaidError<E> {
    fn from(error: BudgetError) -> Self {
        match error {
            BudgetError::Store(error) => Self::Store(error),
            BudgetError::Taken { .. } => Self::NoTime,
            spent @ BudgetError::Spent { .. } => Self::Day(spent),
        }
    }
}

/// Makes a paid call once, and at most once more where a fault came between its intent and its durable answer.
///
/// PIN: the request is written create-only, and an earlier one is taken instead, for the market has moved since.
/// ADOPT: an answer of the same server to equal bytes is taken, whoever paid for it. Where there is none, `reserve` says
/// whether the call may be paid for: it comes before the first intent, and not at all where nothing is to be sent.
/// INTENT: recorded under the step's fence before each CALL, whose answer is kept at once.
///
/// # Errors
/// [`Unpaid`]; a lost fence is its `Store`.
pub async fn paid_call<E, F>(
    services: &Services,
    step: &StepDocument,
    call: PaidCall,
    reserve: impl Future<Output = Result<(), BudgetError>>,
    attempt: impl Fn(Vec<u8>) -> F,
) -> Result<Paid, Unpaid<E>>
where
    E: std::fmt::Display,
    F: Future<Output = Attempt<E>>,
{
    let mut lost = 0;
    let paid = pay(services, step, call, reserve, attempt, &mut lost).await;
    match paid {
        Ok(paid) => Ok(Paid { lost, ..paid }),
        Err(error) => Err(Unpaid { error, lost }),
    }
}

/// The same; `lost` counts the calls sent of which nobody can say that they cost nothing, but for the answered one.
async fn pay<E, F>(
    services: &Services,
    step: &StepDocument,
    call: PaidCall,
    reserve: impl Future<Output = Result<(), BudgetError>>,
    attempt: impl Fn(Vec<u8>) -> F,
    lost: &mut u32,
) -> Result<Paid, PaidError<E>>
where
    E: std::fmt::Display,
    F: Future<Output = Attempt<E>>,
{
    let (vendor, number, endpoint) = (call.vendor, call.number, http::endpoint(&call.endpoint));
    let (request, request_uri) = pin(services, step, call).await?;
    let mut intents = step.intents.get(number).copied().unwrap_or(0);
    fault::point("adopt.before");
    let key = match kept(services, vendor, &endpoint, &request).await? {
        Kept::Answer { answer, answer_uri } => {
            fault::point("adopt.after");
            info!(run_id = %step.run_id, step_id = %step.step_id, "an answer to the same request is kept: taken");
            return Ok(Paid { answer, request_uri, answer_uri, adopted: true, intents, lost: 0 });
        }
        Kept::Nothing { key } => key,
    };
    let reserve = std::pin::pin!(reserve);
    let mut reserve = Some(reserve);
    loop {
        // only this fence's holder adds intents, so the claimed document and this loop know them all
        if intents >= INTENTS {
            return Err(PaidError::Budget);
        }
        let time = time_left(services, step);
        if time < SHORTEST {
            return Err(PaidError::NoTime);
        }
        if let Some(reserve) = reserve.take() {
            reserve.await?;
            // it may have waited
            continue;
        }
        fault::point("intent.before");
        intents = services.journal.intend(step, number).await?;
        fault::point("intent.after");
        *lost += 1;
        let Ok(outcome) = tokio::time::timeout(time, patient(&attempt, &request)).await else {
            warn!(run_id = %step.run_id, step_id = %step.step_id, intents, "no answer within the lease");
            if intents >= INTENTS {
                return Err(PaidError::Late);
            }
            continue;
        };
        if !may_have_been_charged(&outcome) {
            *lost -= 1;
        }
        match outcome {
            Attempt::Answered(bytes) => {
                fault::point("call.answered");
                let (answer, answer_uri) = keep(services, step, vendor, &key, bytes).await?;
                fault::point("call.kept");
                // this one is not lost
                *lost -= 1;
                return Ok(Paid { answer, request_uri, answer_uri, adopted: false, intents, lost: 0 });
            }
            Attempt::Refused(error) | Attempt::Useless(error) | Attempt::Busy { error, .. } => {
                return Err(PaidError::Vendor(error));
            }
            Attempt::Unknown(error) | Attempt::Unsent(error) => {
                warn!(run_id = %step.run_id, step_id = %step.step_id, %error, intents, "no answer came");
                if intents >= INTENTS {
                    return Err(PaidError::Vendor(error));
                }
            }
        }
    }
}

fn may_have_been_charged<E>(outcome: &Attempt<E>) -> bool {
    match outcome {
        Attempt::Answered(_) | Attempt::Unknown(_) | Attempt::Useless(_) => true,
        Attempt::Busy { .. } | Attempt::Unsent(_) | Attempt::Refused(_) => false,
    }
}

/// How long a call may last that begins now.
fn time_left(services: &Services, step: &StepDocument) -> Duration {
    let left = step.lease_until.map(|until| until.duration_since(services.clock.now()));
    let left = left.and_then(|left| Duration::try_from(left).ok()).unwrap_or_default();
    left.saturating_sub(AFTERWARDS)
}

/// How long a step may wait and still have time for a call.
pub(crate) fn time_to_wait(services: &Services, step: &StepDocument) -> Duration {
    time_left(services, step).saturating_sub(SHORTEST)
}

/// The request of the step's first attempt at this call, and where it is.
async fn pin(
    services: &Services,
    step: &StepDocument,
    call: PaidCall,
) -> Result<(Vec<u8>, String), StoreError> {
    let name = format!("{}-call-{}-request.json", step.step_id, call.number + 1);
    let key = artifact_key(&step.run_id, &name)?;
    fault::point("pin.before");
    let put = services.artifacts.put(&key, "application/json", &call.request).await?;
    fault::point("pin.after");
    let uri = put.artifact.gcs_uri;
    let request = if put.created { call.request } else { services.artifacts.get(&uri).await? };
    Ok((request, uri))
}

enum Kept {
    Answer { answer: Vec<u8>, answer_uri: String },
    Nothing { key: ArtifactKey },
}

/// An answer of `endpoint` to equal bytes, or where one is to be kept. A damaged answer is lost, and the call paid for again.
async fn kept(services: &Services, vendor: &str, endpoint: &str, request: &[u8]) -> Result<Kept, StoreError> {
    let hash = Sha256Hex::of(format!("{vendor}\n{endpoint}\n{}", Sha256Hex::of(request)).as_bytes());
    let mut number = 1;
    loop {
        let name = if number == 1 { hash.to_string() } else { format!("{hash}-{number}") };
        let key = key(vendor, &name)?;
        let Some(found) = services.artifacts.find(&key).await? else { return Ok(Kept::Nothing { key }) };
        match services.artifacts.get(&found.gcs_uri).await {
            Ok(answer) => return Ok(Kept::Answer { answer, answer_uri: found.gcs_uri }),
            Err(error @ StoreError::Damaged { .. }) if number < KEPT => {
                warn!(%error, "a paid answer is lost")
            }
            Err(error) => return Err(error),
        }
        number += 1;
    }
}

/// Keeps an answer; the first one kept is the step's. Another worker's comes first where a lease has expired: then
/// this one is kept beside it, for whoever asks what was paid for.
async fn keep(
    services: &Services,
    step: &StepDocument,
    vendor: &str,
    at: &ArtifactKey,
    bytes: Vec<u8>,
) -> Result<(Vec<u8>, String), StoreError> {
    let put = services.artifacts.put(at, "application/json", &bytes).await?;
    let uri = put.artifact.gcs_uri;
    if put.created {
        return Ok((bytes, uri));
    }
    let first = services.artifacts.get(&uri).await?;
    if first != bytes {
        let late = key(vendor, &format!("{}-late", Sha256Hex::of(&bytes)))?;
        services.artifacts.put(&late, "application/json", &bytes).await?;
        warn!(run_id = %step.run_id, step_id = %step.step_id, %late, "another worker's answer came first");
    }
    Ok((first, uri))
}

fn key(vendor: &str, name: &str) -> Result<ArtifactKey, StoreError> {
    ArtifactKey::new(&format!("paid/{vendor}/{name}.json"))
        .map_err(|error| StoreError::NotFound(error.to_string()))
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
