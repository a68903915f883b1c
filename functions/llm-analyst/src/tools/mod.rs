//! The tools of a step: calls are answered within the step's limits, and every answer is kept before the next request is
//! built, so that another attempt takes what is recorded.

mod answer;
mod bars;
mod meter;

use domain::tool::{SCHEMA, ToolDocument, ToolStatus, ToolUse};
use domain::{hash, report::ArtifactRef};
use jiff::SignedDuration;
use llm::request::ToolAnswer;
use llm::tools::{Arguments, ToolCall, ToolLimits};
use runtime::{Services, Stop, artifact_key, fault};
use rust_decimal::Decimal;
use serde_json::Value;
use storage::{RunDocument, StepDocument};

use crate::Markets;
use answer::NoAnswer;
use meter::Meter;

/// What a step's lease has to hold when a tool begins: its answer, and a call of the model afterwards.
const TIME: SignedDuration = SignedDuration::from_secs(180);

/// What the tools of a step are about.
pub(crate) struct Subject<'a> {
    pub(crate) run: &'a RunDocument,
    /// Smallest price step.
    pub(crate) tick: Decimal,
}

/// The tools of an attempt at a step.
pub(crate) struct Toolbox<'a> {
    services: &'a Services,
    step: &'a StepDocument,
    subject: Subject<'a>,
    markets: &'a Markets,
    meter: Meter,
    bars: bars::Bars,
    documents: Vec<ToolDocument>,
    uses: Vec<ToolUse>,
}

impl<'a> Toolbox<'a> {
    pub(crate) fn new(
        services: &'a Services,
        step: &'a StepDocument,
        subject: Subject<'a>,
        markets: &'a Markets,
        limits: ToolLimits,
    ) -> Self {
        let (meter, bars) = (Meter::new(limits), bars::Bars::default());
        let (documents, uses) = (Vec::new(), Vec::new());
        Self { services, step, subject, markets, meter, bars, documents, uses }
    }

    /// Whether no tool is offered any more.
    pub(crate) fn is_spent(&self) -> bool {
        self.meter.is_spent()
    }

    /// Every answer so far, in order.
    pub(crate) fn documents(&self) -> &[ToolDocument] {
        &self.documents
    }

    /// Every call so far, as it is listed.
    pub(crate) fn uses(&self) -> &[ToolUse] {
        &self.uses
    }

    /// Answers the calls of one message, each of them.
    pub(crate) async fn round(&mut self, calls: &[ToolCall]) -> Result<Vec<ToolAnswer>, Stop> {
        self.meter.begin_round();
        let mut answers = Vec::with_capacity(calls.len());
        for call in calls {
            answers.push(self.call(call).await?);
        }
        Ok(answers)
    }

    async fn call(&mut self, call: &ToolCall) -> Result<ToolAnswer, Stop> {
        let read = Arguments::read(call);
        let normal = read.as_ref().map(Arguments::normal).unwrap_or_default();
        if let Some(answer) = self.again(call, &normal)? {
            return Ok(answer);
        }
        let refusal = match read {
            _ if !self.meter.has_calls() => {
                let calls = self.meter.limits().calls;
                format!("all {calls} calls are used up; answer with what you have")
            }
            Err(refusal) => refusal.0,
            Ok(arguments) => return self.carry_out(call, &arguments, normal).await,
        };
        let document = self.document(call, Value::Null, Err(NoAnswer::refused(refusal)));
        self.keep(document).await
    }

    /// The answer to a call that was made before, from the record.
    fn again(&mut self, call: &ToolCall, normal: &Value) -> Result<Option<ToolAnswer>, Stop> {
        let same = |document: &ToolDocument| document.name == call.name && document.arguments == *normal;
        let Some(at) = self.documents.iter().position(same).filter(|_| !normal.is_null()) else {
            return Ok(None);
        };
        let (Some(document), Some(used)) = (self.documents.get(at), self.uses.get_mut(at)) else {
            return Ok(None);
        };
        let answer = ToolAnswer::new(document).map_err(Stop::failed)?;
        used.repeated += 1;
        if self.meter.has_room_for(answer.bytes()) {
            self.meter.count_bytes(answer.bytes());
            return Ok(Some(answer));
        }
        let short = ToolDocument {
            status: ToolStatus::Refused,
            reason: "this call was answered above, and there is no room to repeat it".to_owned(),
            arguments: Value::Null,
            data: None,
            ..document.clone()
        };
        let short = ToolAnswer::new(&short).map_err(Stop::failed)?;
        self.meter.count_bytes(short.bytes());
        Ok(Some(short))
    }

    /// Takes what an earlier attempt recorded of this call, or asks and records.
    async fn carry_out(
        &mut self,
        call: &ToolCall,
        arguments: &Arguments,
        normal: Value,
    ) -> Result<ToolAnswer, Stop> {
        let key = self.key(call, &normal)?;
        if let Some(kept) = self.services.artifacts.find(&key).await? {
            let bytes = self.services.artifacts.get(&kept.gcs_uri).await?;
            let document: ToolDocument = serde_json::from_slice(&bytes).map_err(Stop::failed)?;
            return self.take(document, kept);
        }
        self.check_time()?;
        fault::point("tool.before");
        let found = self.ask(arguments).await?;
        let mut document = self.document(call, normal, found);
        if !self.meter.has_room_for(ToolAnswer::new(&document).map_err(Stop::failed)?.bytes()) {
            let why = format!("its answer has no room in the {} bytes of a step", self.meter.limits().bytes);
            document = ToolDocument { status: ToolStatus::Refused, reason: why, data: None, ..document };
        }
        self.keep(document).await
    }

    fn document(
        &self,
        call: &ToolCall,
        arguments: Value,
        found: Result<domain::tool::ToolData, NoAnswer>,
    ) -> ToolDocument {
        let (status, reason, data) = match found {
            Ok(data) => (ToolStatus::Ok, String::new(), Some(data)),
            Err(NoAnswer { status, reason }) => (status, reason, None),
        };
        let (schema, tool, name) = (SCHEMA.to_owned(), self.next(), call.name.clone());
        ToolDocument { schema, tool, name, arguments, status, reason, data }
    }

    /// Keeps a document; one that another attempt kept first is the step's.
    async fn keep(&mut self, document: ToolDocument) -> Result<ToolAnswer, Stop> {
        let key = self.key_of(&document.name, &document.arguments)?;
        let bytes = serde_json::to_vec(&document).map_err(Stop::failed)?;
        let put = self.services.artifacts.put(&key, "application/json", &bytes).await?;
        fault::point("tool.kept");
        if put.created {
            return self.take(document, put.artifact);
        }
        let kept = self.services.artifacts.get(&put.artifact.gcs_uri).await?;
        self.take(serde_json::from_slice(&kept).map_err(Stop::failed)?, put.artifact)
    }

    fn take(&mut self, document: ToolDocument, kept: storage::Artifact) -> Result<ToolAnswer, Stop> {
        let answer = ToolAnswer::new(&document).map_err(Stop::failed)?;
        self.meter.count_bytes(answer.bytes());
        self.meter.count_call();
        let artifact =
            ArtifactRef { gcs_uri: kept.gcs_uri, sha256: kept.sha256, generation: kept.generation };
        self.uses.push(ToolUse {
            tool: document.tool,
            name: document.name.clone(),
            arguments: document.arguments.clone(),
            status: document.status,
            reason: document.reason.clone(),
            repeated: 0,
            artifact,
        });
        self.documents.push(document);
        Ok(answer)
    }

    fn key(&self, call: &ToolCall, normal: &Value) -> Result<storage::ArtifactKey, Stop> {
        self.key_of(&call.name, normal)
    }

    /// Under the call's number and content: should a lost answer of the model have been paid for again and call something
    /// else, that has a place of its own.
    fn key_of(&self, name: &str, arguments: &Value) -> Result<storage::ArtifactKey, Stop> {
        let content = hash::short_id(&format!("{name} {arguments}"), 8);
        let name = format!("{}-tool-{}-{content}.json", self.step.step_id, self.next());
        Ok(artifact_key(&self.step.run_id, &name)?)
    }

    /// The number of the next call.
    fn next(&self) -> u32 {
        u32::try_from(self.documents.len()).unwrap_or(u32::MAX).saturating_add(1)
    }

    /// A step whose lease ends soon is given back; what was answered so far is taken by the next attempt.
    fn check_time(&self) -> Result<(), Stop> {
        let left = self.step.lease_until.map(|until| until.duration_since(self.services.clock.now()));
        if left.is_some_and(|left| left < TIME) { Err(Stop::NoTime) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use llm::tools::CATALOGUE;
    use market::studies::{Range, catalogue};

    /// The tool names every indicator with its parameters and what they are unless set, and no other.
    #[test]
    fn the_indicators_that_are_offered_are_those_that_are_computed() {
        let usual = |range: &Range| match range {
            Range::Whole { usual, .. } => usual.to_string(),
            Range::Real { usual, .. } => usual.to_string(),
            Range::Listed { usual, .. } => usual.to_string(),
        };
        let told = catalogue().into_iter().map(|entry| {
            let parameters: Vec<String> = entry
                .parameters
                .iter()
                .map(|parameter| format!("{} {}", parameter.name, usual(&parameter.range)))
                .collect();
            match parameters.as_slice() {
                [] => entry.name.to_owned(),
                _ => format!("{}({})", entry.name, parameters.join(", ")),
            }
        });
        let told = told.collect::<Vec<_>>().join("; ");
        let offered = CATALOGUE.split("usual values: ").nth(1).unwrap().split(". A parameter").next();
        assert_eq!(offered, Some(told.as_str()), "write this into shared/llm/schemas/tools.json");
    }
}
