//! `POST /v1/runs`.

use std::sync::{Arc, PoisonError};

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::{Sha256Hex, Symbol};
use flows::Flow;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use storage::{Asked, RunDocument};

use super::nonce::nonce;
use super::pace::UNFINISHED;
use super::problem::{
    IN_WORK, INVALID, MALFORMED, MEDIA_TYPE, NOT_WATCHED, OTHER_BODY, Problem, TOO_LONG, TOO_MANY,
};
use super::view::RunView;
use super::{Api, Caller};
use crate::RunRequest;
use crate::request::{LANGUAGES, run_id};

/// Bytes of a body.
const BODY: usize = 64 * 1024;

/// How long a key belongs to the request that it came with.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// What a run is asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    flow: u8,
    symbol: String,
    #[serde(default)]
    as_of: Option<String>,
    #[serde(default)]
    language: Option<String>,
    #[serde(default)]
    notify: Option<bool>,
}

/// The same with every value checked.
pub(crate) struct Start {
    pub(crate) flow: Flow,
    pub(crate) symbol: Symbol,
    pub(crate) as_of: Option<Timestamp>,
    pub(crate) language: String,
    pub(crate) notify: bool,
}

/// The request of a caller, by which its runs are known.
pub(crate) struct Claim<'a> {
    pub(crate) caller: &'a str,
    pub(crate) key: Option<&'a str>,
    /// Hash of what was asked.
    pub(crate) sha256: Sha256Hex,
}

pub(crate) async fn start(
    State(api): State<Arc<Api>>,
    Extension(Caller(caller)): Extension<Caller>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let body = json(&headers, body).await?;
    let wanted: Wanted = serde_json::from_slice(&body).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => Problem::new(INVALID, error),
        _ => Problem::new(MALFORMED, error),
    })?;
    let claim = Claim { caller: &caller, key: key(&headers)?, sha256: Sha256Hex::of(&body) };
    let start = wanted.checked(api.services.clock.now())?;
    Ok(accepted(&api.start(&claim, start).await?))
}

/// 202, with where the run is.
pub(crate) fn accepted(run: &RunDocument) -> Response {
    let location = format!("/v1/runs/{}", run.run_id);
    (StatusCode::ACCEPTED, [(LOCATION, location)], axum::Json(RunView::accepted(run))).into_response()
}

/// The body of a request that says it is JSON.
async fn json(headers: &HeaderMap, body: Body) -> Result<Vec<u8>, Problem> {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(Problem::new(MEDIA_TYPE, "send Content-Type: application/json"));
    }
    let too_long = || Problem::new(TOO_LONG, format!("{BODY} bytes are read"));
    let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > BODY) {
        return Err(too_long());
    }
    match axum::body::to_bytes(body, BODY).await {
        Ok(bytes) => Ok(bytes.to_vec()),
        // of a body without a length nothing else is known
        Err(_) if length.is_none() => Err(too_long()),
        Err(_) => Err(Problem::new(MALFORMED, "the body ended early")),
    }
}

fn key(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let is_visible = |key: &&str| key.bytes().all(|byte| byte.is_ascii_graphic());
    let key = value.to_str().ok().filter(|key| (1..=255).contains(&key.len())).filter(is_visible);
    let form = "Idempotency-Key: 1 to 255 visible characters of ASCII";
    Ok(Some(key.ok_or_else(|| Problem::new(MALFORMED, form))?))
}

/// A key in work. A caller that hangs up lets go of it.
struct Held<'a> {
    api: &'a Api,
    key: (String, String),
}

impl<'a> Held<'a> {
    fn take(api: &'a Api, caller: &str, key: &str) -> Result<Self, Problem> {
        let key = (caller.to_owned(), key.to_owned());
        if api.in_work.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone()) {
            return Ok(Self { api, key });
        }
        let detail = "the first request with this Idempotency-Key is still being answered; ask again";
        Err(Problem::new(IN_WORK, detail).after(1))
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.api.in_work.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

impl Wanted {
    fn checked(self, now: Timestamp) -> Result<Start, Problem> {
        let invalid = |field, error: &dyn std::fmt::Display| Problem::new(INVALID, error).of(field);
        let flow = Flow::numbered(&self.flow.to_string()).map_err(|error| invalid("flow", &error))?;
        let symbol = self.symbol.parse().map_err(|error| invalid("symbol", &error))?;
        let as_of = self.as_of.map(|text| instant(&text, now)).transpose()?;
        let language = self.language.unwrap_or_else(|| "en".to_owned());
        if !LANGUAGES.contains(&language.as_str()) {
            return Err(invalid("language", &"a report is written in en or ru"));
        }
        Ok(Start { flow, symbol, as_of, language, notify: self.notify.unwrap_or(true) })
    }
}

/// An instant of the past.
fn instant(text: &str, now: Timestamp) -> Result<Timestamp, Problem> {
    let invalid = |what: &str| {
        let example = "name an instant such as 2026-04-30T04:00:00Z";
        Problem::new(INVALID, format!("as_of {what}; {example}")).of("as_of")
    };
    // a leap second would be taken for the second before it
    let parsed = text.parse().ok().filter(|_| !text.contains(":60"));
    let at: Timestamp = parsed.ok_or_else(|| invalid("is no instant in UTC"))?;
    if at > now { Err(invalid("is in the future: nothing has happened by then")) } else { Ok(at) }
}

impl Api {
    /// Begins the run, or finds the one that the same key began.
    pub(crate) async fn start(&self, claim: &Claim<'_>, start: Start) -> Result<RunDocument, Problem> {
        let Some(key) = claim.key else {
            return self.begin(claim, start, &format!("api {} {}", claim.caller, nonce())).await;
        };
        let _held = Held::take(self, claim.caller, key)?;
        self.start_once(claim, key, start).await
    }

    async fn start_once(&self, claim: &Claim<'_>, key: &str, start: Start) -> Result<RunDocument, Problem> {
        let mut name = format!("api {} {key}", claim.caller);
        // a key that has expired begins another run, under a name of its own
        while let Some(run) = self.services.journal.run(&run_id(&name)).await? {
            if self.services.clock.now() < run.requested_at + KEPT {
                return same(claim, run);
            }
            name = format!("api {} {key} {}", claim.caller, run.run_id);
        }
        self.begin(claim, start, &name).await
    }

    async fn begin(&self, claim: &Claim<'_>, start: Start, name: &str) -> Result<RunDocument, Problem> {
        let symbol = &start.symbol;
        let mut all = self.desk.watched().await?.into_iter();
        let watched = all.find(|watched| watched.symbol == *symbol).ok_or_else(|| {
            let how = self.desk.how_to_watch(symbol);
            Problem::new(NOT_WATCHED, format!("{symbol} is not watched; {how}")).of("symbol")
        })?;
        let catalog = self.desk.catalog().await?;
        let _one = self.starting.lock().await;
        self.count(claim.caller).await?;
        let now = self.services.clock.now();
        let as_of = match start.as_of {
            Some(as_of) => as_of,
            None => self.desk.present(symbol, now).await?,
        };
        let asked = Asked { by: claim.caller.to_owned(), sha256: claim.sha256.clone(), notify: start.notify };
        let request = RunRequest {
            flow: start.flow,
            source: self.sources.of(watched.venue).clone(),
            as_of,
            live: start.as_of.is_none(),
            language: start.language,
            model: self.model.clone(),
            requested_at: now,
            asked: Some(asked),
            key: name.to_owned(),
            watched,
        };
        let run_id = self.coordinator.start(&request, &catalog).await?;
        let run = self.services.journal.run(&run_id).await?;
        let run = run.ok_or_else(|| Problem::unavailable("the run is not in the journal; ask again"))?;
        // another process may have been faster
        same(claim, run)
    }

    /// Counts a start of the caller, who may have only so many in work.
    pub(crate) async fn count(&self, caller: &str) -> Result<(), Problem> {
        let unfinished = self.services.journal.unfinished().await?;
        let own = |run: &&RunDocument| run.asked.as_ref().is_some_and(|asked| asked.by == caller);
        if unfinished.iter().filter(own).count() >= UNFINISHED {
            let detail = format!("{UNFINISHED} of your runs have not ended; wait for one, or cancel it");
            return Err(Problem::new(TOO_MANY, detail).after(30));
        }
        self.pace.start(caller, self.services.clock.now())
    }
}

/// The run, if it is what the caller asks for now.
fn same(claim: &Claim<'_>, run: RunDocument) -> Result<RunDocument, Problem> {
    if run.asked.as_ref().is_some_and(|asked| asked.sha256 == claim.sha256 && asked.by == claim.caller) {
        return Ok(run);
    }
    let detail =
        format!("this Idempotency-Key came with another body and began {}; take a new key", run.run_id);
    Err(Problem::new(OTHER_BODY, detail))
}
