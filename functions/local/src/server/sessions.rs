//! Who looks at pages on this machine: a browser that was let in by the code that the server printed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State};
use axum::http::header::{COOKIE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use coordinator::pages::Visitor;
use domain::Sha256Hex;
use jiff::{SignedDuration, Timestamp};
use runtime::Clock;
use serde::Deserialize;

use super::doors::CALLER;

/// How long a browser stays in.
const STAY: SignedDuration = SignedDuration::from_hours(12);

/// Browsers at once; beyond that the one that came first is sent out.
const MOST: usize = 100;

/// The sessions of a server, for as long as it runs.
pub(crate) struct Sessions {
    port: u16,
    /// What lets a browser in, by its hash.
    code: Sha256Hex,
    clock: Arc<dyn Clock>,
    /// Their ends, by the hash of their names.
    open: Mutex<BTreeMap<String, Timestamp>>,
}

#[derive(Deserialize)]
pub(super) struct Code {
    code: String,
}

impl Sessions {
    /// No sessions yet; `code` begins one.
    pub(crate) fn new(port: u16, code: &str, clock: Arc<dyn Clock>) -> Self {
        Self { port, code: Sha256Hex::of(code.as_bytes()), clock, open: Mutex::default() }
    }

    fn begin(&self, name: &str) {
        let now = self.clock.now();
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, end| *end > now);
        if open.len() >= MOST {
            let first = open.iter().min_by_key(|(_, end)| **end).map(|(name, _)| name.clone());
            first.map(|name| open.remove(&name));
        }
        open.insert(Sha256Hex::of(name.as_bytes()).to_string(), now + STAY);
    }

    fn is_open(&self, name: &str) -> bool {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.get(Sha256Hex::of(name.as_bytes()).as_str()).is_some_and(|end| *end > self.clock.now())
    }

    /// Cookies are of all ports: this one is named by its own.
    fn cookie(&self) -> String {
        format!("topdown_{}", self.port)
    }
}

/// `GET /enter?code=`: begins a session.
pub(super) async fn enter(
    State(sessions): State<Arc<Sessions>>,
    code: Result<Query<Code>, QueryRejection>,
) -> Response {
    // hashes are compared: how long it takes says nothing
    if !code.is_ok_and(|Query(code)| Sha256Hex::of(code.code.as_bytes()) == sessions.code) {
        let text =
            "this code lets nobody in; open the address that `topdown serve` printed when it started\n";
        return (StatusCode::FORBIDDEN, text).into_response();
    }
    let Ok(name) = platform_local::secret() else {
        return (StatusCode::SERVICE_UNAVAILABLE, "no session can be begun now\n").into_response();
    };
    sessions.begin(&name);
    // no `Secure`: on loopback there is no TLS
    let cookie = format!(
        "{}={name}; Path=/; Max-Age={}; HttpOnly; SameSite=Strict",
        sessions.cookie(),
        STAY.as_secs()
    );
    (StatusCode::SEE_OTHER, [(LOCATION, "/".to_owned()), (SET_COOKIE, cookie)]).into_response()
}

/// Says who looks, if the request has the cookie of a session.
pub(super) async fn visited(
    State(sessions): State<Arc<Sessions>>,
    mut request: Request,
    next: Next,
) -> Response {
    let name = session_of(request.headers(), &sessions.cookie()).filter(|name| sessions.is_open(name));
    if let Some(name) = name {
        let form_token = Sha256Hex::of(format!("form {name}").as_bytes()).to_string();
        request.extensions_mut().insert(Visitor { caller: CALLER.to_owned(), form_token });
    }
    next.run(request).await
}

fn session_of(headers: &HeaderMap, cookie: &str) -> Option<String> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == cookie).map(|(_, value)| value.to_owned())
}
