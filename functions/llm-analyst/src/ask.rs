use domain::tool::{ToolDocument, ToolUse};
use llm::parse::{self, Answer, Said};
use llm::{CallError, ModelClient, ModelProfile, Prompt, RawAnswer, request};
use runtime::{Attempt, PaidCall, PaidError, Services, Stop, Unpaid, paid_call};
use rust_decimal::Decimal;
use storage::{StepDocument, StepResult, StoreError};

use crate::purse::Purse;
use crate::task::Task;
use crate::tools::Toolbox;

/// Whose answers these are, in the keys of paid artifacts.
const VENDOR: &str = "openai";

/// What the calls of a step have come to so far.
pub(crate) struct Ledger<'a> {
    services: &'a Services,
    client: ModelClient,
    step: &'a StepDocument,
    prompt: &'a Prompt,
    profile: &'a ModelProfile,
    /// The environment's ceiling of an answer.
    most_tokens: u32,
    answers: u32,
    purse: Purse<'a>,
    pub(crate) spent: Spent,
}

/// What calls have come to.
#[derive(Default)]
pub(crate) struct Spent {
    /// Calls that were set out to be paid for: lost answers may have been charged for, adopted ones were not.
    pub(crate) calls: u32,
    pub(crate) prompt_tokens: u64,
    pub(crate) completion_tokens: u64,
    pub(crate) cost_usd: Decimal,
    pub(crate) call_refs: Vec<String>,
    /// Calls of tools.
    pub(crate) tools: Vec<ToolUse>,
    /// What a person should know of how it was asked.
    pub(crate) note: Option<String>,
}

impl Spent {
    /// What is recorded of a step that ends here for `reason`.
    pub(crate) fn failure(self, reason: String) -> StepResult {
        StepResult { reason: Some(reason), ..self.into_result() }
    }

    /// What is recorded of the calls.
    pub(crate) fn into_result(self) -> StepResult {
        StepResult {
            call_refs: self.call_refs,
            tool_refs: self.tools.into_iter().map(|used| used.artifact.gcs_uri).collect(),
            model_calls: Some(self.calls),
            prompt_tokens: Some(self.prompt_tokens),
            completion_tokens: Some(self.completion_tokens),
            cost_usd: Some(self.cost_usd),
            reason: self.note,
            ..StepResult::default()
        }
    }
}

/// Asks for an answer, gives the model what it asks for with its tools first, and asks once for what is wrong with the
/// answer. Answers what was found, and the model that answered.
pub(crate) async fn ask<T: Task>(
    ledger: &mut Ledger<'_>,
    first: Vec<u8>,
    task: &T,
    mut toolbox: Option<&mut Toolbox<'_>>,
) -> Result<(T::Checked, String), Stop> {
    let (first, said) = rounds(ledger, first, toolbox.as_deref_mut()).await?;
    let tools = toolbox.as_deref().map(Toolbox::documents).unwrap_or_default();
    let (checked, answer) = match said {
        Ok(answer) => match task.check(&answer.text, tools) {
            Ok(checked) => (repair(ledger, &first, checked, &answer, (task, tools)).await?, answer),
            Err(broken) => {
                let again =
                    request::build_again(ledger.prompt, &first, &answer.text, &broken, ledger.most_tokens)
                        .map_err(Stop::failed)?;
                second(ledger, again, (task, tools)).await?
            }
        },
        Err(CallError::CutOff | CallError::Empty) => {
            let again = request::build_retry(&first, ledger.most_tokens).map_err(Stop::failed)?;
            second(ledger, again, (task, tools)).await?
        }
        Err(error) => return Err(Stop::failed(error)),
    };
    Ok((checked, answer.model))
}

/// The rounds of tool calls before an answer: the request that was answered last, and its answer. The request after the
/// last round offers no tools, so that the answer has to come.
async fn rounds(
    ledger: &mut Ledger<'_>,
    first: Vec<u8>,
    mut toolbox: Option<&mut Toolbox<'_>>,
) -> Result<(Vec<u8>, Result<Answer, CallError>), Stop> {
    let mut request = first;
    loop {
        let said = match ledger.call(request.clone()).await? {
            Ok(Said::Calls(calls)) => calls,
            Ok(Said::Answer(answer)) => return Ok((request, Ok(answer))),
            Err(error) => return Ok((request, Err(error))),
        };
        let Some(toolbox) = toolbox.as_deref_mut().filter(|toolbox| !toolbox.is_spent()) else {
            return Ok((request, Err(CallError::CallsTools)));
        };
        let answers = toolbox.round(&said).await?;
        request =
            request::build_tool_round(&request, &said, &answers, toolbox.is_spent()).map_err(Stop::failed)?;
    }
}

/// The one further call for an answer that could not be read; a second one that cannot ends the step.
async fn second<T: Task>(
    ledger: &mut Ledger<'_>,
    request: Vec<u8>,
    (task, tools): (&T, &[ToolDocument]),
) -> Result<(T::Checked, Answer), Stop> {
    let raise = if ledger.profile.max_tokens >= ledger.most_tokens {
        "raise TOPDOWN_MAX_TOKENS"
    } else {
        "raise max_tokens in prompts/models.toml"
    };
    let answer = ledger.answer(request).await?.map_err(|error| match error {
        CallError::CutOff => Stop::failed(format!("answer cut off twice; {raise}")),
        CallError::Empty => Stop::failed("answer empty twice; check the model named in prompts/models.toml"),
        error => Stop::failed(error),
    })?;
    let checked = task.check(&answer.text, tools).map_err(|error| {
        let advice = "try another profile of prompts/models.toml with --model";
        Stop::failed(format!("no answer of the schema in two calls ({error}); {advice}"))
    })?;
    Ok((checked, answer))
}

/// The one further call, naming each field, if anything is wrong. A reply that cannot be used repairs nothing: the
/// answer stays as it is, with its marks.
async fn repair<T: Task>(
    ledger: &mut Ledger<'_>,
    first: &[u8],
    checked: T::Checked,
    answer: &Answer,
    (task, tools): (&T, &[ToolDocument]),
) -> Result<T::Checked, Stop> {
    let problems = task.problems(&checked);
    if problems.is_empty() {
        return Ok(checked);
    }
    let request = request::build_repair(ledger.prompt, first, &answer.text, &problems, ledger.profile)
        .map_err(Stop::failed)?;
    Ok(match ledger.answer(request).await? {
        Ok(reply) => task.repaired(&checked, &reply.text, tools),
        Err(error) => {
            tracing::warn!(%error, "the repair call brought nothing: the answer keeps its marks");
            checked
        }
    })
}

impl<'a> Ledger<'a> {
    pub(crate) fn new(
        services: &'a Services,
        client: ModelClient,
        step: &'a StepDocument,
        (prompt, profile): (&'a Prompt, &'a ModelProfile),
        most_tokens: u32,
        purse: Purse<'a>,
    ) -> Self {
        Self {
            services,
            client,
            step,
            prompt,
            profile,
            most_tokens,
            answers: 0,
            purse,
            spent: Spent::default(),
        }
    }

    /// Settles with the day's budget, and answers what the calls have come to.
    pub(crate) async fn close(self) -> (Spent, Result<(), StoreError>) {
        let settled = self.purse.settle(self.spent.cost_usd).await;
        (self.spent, settled)
    }

    /// A call that offers no tools.
    async fn answer(&mut self, request: Vec<u8>) -> Result<Result<Answer, CallError>, Stop> {
        Ok(match self.call(request).await? {
            Ok(Said::Answer(answer)) => Ok(answer),
            Ok(Said::Calls(_)) => Err(CallError::CallsTools),
            Err(error) => Err(error),
        })
    }

    async fn call(&mut self, request: Vec<u8>) -> Result<Result<Said, CallError>, Stop> {
        let number = self.answers as usize;
        let call = PaidCall { vendor: VENDOR, endpoint: self.profile.endpoint().to_owned(), number, request };
        let (client, profile) = (&self.client, self.profile);
        let attempt = |bytes: Vec<u8>| async move { judge(client.call(&bytes).await, profile) };
        let reserve = self.purse.open(number);
        let paid = match paid_call(self.services, self.step, call, reserve, attempt).await {
            Ok(paid) => paid,
            Err(Unpaid { error, lost }) => {
                self.purse.lost(number, lost);
                return match error {
                    PaidError::Vendor(error) => Ok(Err(error)),
                    PaidError::Store(error) => Err(Stop::Store(error)),
                    PaidError::NoTime => Err(Stop::NoTime),
                    error @ (PaidError::Budget | PaidError::Late | PaidError::Day(_)) => {
                        Err(Stop::failed(error))
                    }
                };
            }
        };
        self.purse.lost(number, paid.lost);
        self.answers += 1;
        self.spent.calls = self.spent.calls.saturating_add(paid.intents);
        self.spent.call_refs.extend([paid.request_uri, paid.answer_uri]);
        let raw: RawAnswer = serde_json::from_slice(&paid.answer).map_err(Stop::failed)?;
        let told = parse::spent(&raw, self.profile);
        // an adopted answer is charged to the reservation of whoever paid for it
        if !paid.adopted {
            self.purse.answered(told.map(|(_, cost)| cost));
        }
        let (usage, cost) = told.unwrap_or_default();
        self.spent.prompt_tokens = self.spent.prompt_tokens.saturating_add(usage.prompt);
        self.spent.completion_tokens = self.spent.completion_tokens.saturating_add(usage.completion);
        // an answer that another run paid for costs this one nothing; each lost one may have cost as much as this
        let cost = cost.saturating_mul(Decimal::from(paid.intents));
        self.spent.cost_usd = self.spent.cost_usd.saturating_add(cost);
        Ok(parse::said(&raw, self.profile))
    }
}

/// What an attempt means for the protocol of paid calls: anything that came with success was paid for, whatever
/// it says, and only what the vendor refused before it did any work was surely not.
fn judge(called: Result<RawAnswer, CallError>, profile: &ModelProfile) -> Attempt<CallError> {
    let raw = match called {
        Ok(raw) => raw,
        Err(error @ CallError::NotSent(_)) => return Attempt::Unsent(error),
        Err(error @ CallError::TooLarge) => return Attempt::Useless(error),
        Err(error @ (CallError::Timeout | CallError::Unreachable(_))) => return Attempt::Unknown(error),
        Err(error) => return Attempt::Refused(error),
    };
    match parse::said(&raw, profile) {
        Err(CallError::RateLimited { retry_after }) => {
            Attempt::Busy { retry_after, error: CallError::RateLimited { retry_after } }
        }
        Err(error @ (CallError::Unavailable { .. } | CallError::NotJson)) => Attempt::Unknown(error),
        Err(error) if (400..500).contains(&raw.status) => Attempt::Refused(error),
        Err(error) if !(200..300).contains(&raw.status) => Attempt::Useless(error),
        Ok(_) | Err(_) => match serde_json::to_vec(&raw) {
            Ok(bytes) => Attempt::Answered(bytes),
            Err(_) => Attempt::Useless(CallError::NotJson),
        },
    }
}
