//! The API of a server, asked as its own user: of a deployment, or of the `serve` beside which a command is given.

mod follow;
mod identity;

use std::path::Path;
use std::time::Duration;

pub(crate) use follow::{finish, follow};
use platform_local::Door;
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::app;
use crate::environment::Environment;
use crate::failure::Failure;

/// For one answer.
const PATIENCE: Duration = Duration::from_secs(40);

/// For the server of a data folder to say that it is there.
const THERE: Duration = Duration::from_secs(2);

/// How often a request is sent that got no answer, and the pause before each but the first.
const TRIES: u32 = 4;

/// Longest answer that is read: a run with its report is far shorter.
const LONGEST: usize = 16 << 20;

/// A server.
pub(crate) struct Remote {
    http: reqwest::Client,
    base_url: String,
    token: SecretString,
}

/// What a server answered.
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
    retry_after: Option<Duration>,
}

impl Remote {
    /// The deployment at `url`, asked with the identity token of whoever gives the command.
    pub(crate) fn at(url: &str, environment: &Environment) -> Result<Self, Failure> {
        let base_url = url.trim_end_matches('/').to_owned();
        if !base_url.starts_with("https://") && !runtime::http::is_loopback(&base_url) {
            return Err(Failure::usage("the token would travel in clear")
                .at(url)
                .advice("pass --remote https://..."));
        }
        Ok(Self { http: app::client(&base_url)?, token: identity::token(environment)?, base_url })
    }

    /// The server that works on the data folder, if one does.
    pub(crate) async fn beside(data: &Path) -> Result<Option<Self>, Failure> {
        let door = Door::find(data).map_err(|error| Failure::store(&error, data))?;
        let Some(Door { port, token }) = door else { return Ok(None) };
        let base_url = format!("http://127.0.0.1:{port}");
        let server = Self { http: app::client(&base_url)?, base_url, token };
        let asked = tokio::time::timeout(THERE, server.once(Method::GET, "/openapi.json", None, None));
        // a server that does not know the token is another folder's
        let is_there = asked.await.is_ok_and(|answer| answer.is_ok_and(|answer| answer.status.is_success()));
        Ok(is_there.then_some(server))
    }

    /// Asks, and again while there is no answer or too much was asked; what the server refuses is a failure.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        key: Option<&str>,
        body: Option<&Value>,
    ) -> Result<Value, Failure> {
        let mut tries = 1;
        loop {
            let (failure, wait) = match self.once(method.clone(), path, key, body).await {
                Ok(answer) if answer.status.is_success() => return Ok(answer.body),
                Ok(answer) => {
                    let wait = answer.retry_after.filter(|wait| *wait <= PATIENCE);
                    let failure = self.refused(&answer);
                    // of a server that says when, and of a door before it that does not
                    let later = answer.status.is_server_error().then_some(Duration::from_secs(2));
                    match wait.filter(|_| method == Method::GET || answer.status.is_server_error()).or(later)
                    {
                        Some(wait) => (failure, wait),
                        None => return Err(failure),
                    }
                }
                Err(error) => {
                    let failure = Failure::run(format!("no answer: {error}")).at(&self.base_url);
                    (failure.advice("see whether the server is up"), Duration::from_secs(1))
                }
            };
            if tries == TRIES {
                return Err(failure);
            }
            tries += 1;
            tokio::time::sleep(wait).await;
        }
    }

    async fn once(
        &self,
        method: Method,
        path: &str,
        key: Option<&str>,
        body: Option<&Value>,
    ) -> Result<Answered, reqwest::Error> {
        let request = self.http.request(method, format!("{}{path}", self.base_url));
        let mut request = request.bearer_auth(self.token.expose_secret()).timeout(PATIENCE);
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let mut response = request.send().await.map_err(reqwest::Error::without_url)?;
        let status = response.status();
        let retry_after = response.headers().get("retry-after").and_then(|value| value.to_str().ok());
        let retry_after = retry_after.and_then(|text| text.parse().ok()).map(Duration::from_secs);
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(reqwest::Error::without_url)? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > LONGEST {
                break;
            }
        }
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Ok(Answered { status, body, retry_after })
    }

    /// What the server says against it: what happened, then what to do.
    fn refused(&self, answer: &Answered) -> Failure {
        let detail = answer.body["detail"].as_str();
        let detail = detail.map_or_else(|| format!("the server answers {}", answer.status), str::to_owned);
        let (what, advice) = detail.split_once("; ").map_or((detail.as_str(), None), |(a, b)| (a, Some(b)));
        let failure = match answer.status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Failure::run(what)
                .advice("see whether the account may call it: gcloud auth list; or set TOPDOWN_ID_TOKEN"),
            status if status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS => {
                Failure::usage(what)
            }
            _ => Failure::run(what),
        };
        let failure = failure.at(&self.base_url);
        advice.map(|advice| failure.clone().advice(advice)).unwrap_or(failure)
    }
}
