//! The network: bytes out, status and bytes back.

use std::time::Duration;

use async_openai::Client;
use async_openai::config::Config;
use async_openai::error::OpenAIError;
use async_openai::middleware::HttpRequestFactory;
use jiff::Timestamp;
use reqwest::header::{AUTHORIZATION, DATE, HeaderMap, HeaderValue, RETRY_AFTER};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use self::echo::without;
use crate::CallError;

mod echo;

/// Decoded bytes an answer may have; the largest report has a thousandth of it.
const LARGEST: usize = 8 * 1024 * 1024;

/// What came back, before anyone reads it: store it first, it was paid for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawAnswer {
    /// HTTP status.
    pub status: u16,
    /// Seconds the server asks to wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// The body; bytes that are no UTF-8 are replaced.
    pub body: String,
}

/// A client of one OpenAI-compatible endpoint. It never retries: a call may have been paid for.
pub struct ModelClient {
    client: Client<Endpoint>,
    timeout: Duration,
}

/// Address and credentials. async-openai's own configuration reads the environment.
#[derive(Clone)]
struct Endpoint {
    base_url: String,
    headers: HeaderMap,
    key: SecretString,
}

impl Config for Endpoint {
    fn headers(&self) -> HeaderMap {
        self.headers.clone()
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    fn query(&self) -> Vec<(&str, &str)> {
        Vec::new()
    }

    fn api_base(&self) -> &str {
        &self.base_url
    }

    fn api_key(&self) -> &SecretString {
        &self.key
    }
}

/// Ends the exchange below async-openai with what came back, so that the crate neither loses a status nor logs
/// a body.
#[derive(Debug, thiserror::Error)]
#[error("the exchange has ended")]
struct Ended(Result<RawAnswer, CallError>);

impl ModelClient {
    /// A client at `base_url` (up to `/v1`). `http` follows no redirects and sends no referer. The timeout is
    /// five minutes until [`with_timeout`](Self::with_timeout).
    pub fn new(http: reqwest::Client, base_url: &str, key: Option<SecretString>) -> Result<Self, CallError> {
        let mut headers = HeaderMap::new();
        if let Some(key) = &key {
            let mut value = HeaderValue::from_str(&format!("Bearer {}", key.expose_secret()))
                .map_err(|_| CallError::Unauthorized)?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        let base_url = base_url.trim_end_matches('/').to_owned();
        let own = key.clone();
        let endpoint = Endpoint { base_url, headers, key: key.unwrap_or_default() };
        let sender = http.clone();
        let service = tower::service_fn(move |factory: HttpRequestFactory| {
            let (http, own) = (sender.clone(), own.clone());
            async move {
                let result = exchange(&http, factory).await.map(|answer| without(own.as_ref(), answer));
                Err::<reqwest::Response, OpenAIError>(OpenAIError::Boxed(Box::new(Ended(result))))
            }
        });
        let client = Client::build(http, endpoint).with_http_service(service);
        Ok(Self { client, timeout: Duration::from_secs(300) })
    }

    /// The same client with `timeout` for a call as a whole, from connecting to the last byte.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sends `request`, the bytes of [`build`](crate::request::build), once. Any status is an answer; an error
    /// means that nothing came back whole, and that the call may have been paid for all the same.
    pub async fn call(&self, request: &[u8]) -> Result<RawAnswer, CallError> {
        let text = String::from_utf8_lossy(request).into_owned();
        let body = RawValue::from_string(text)
            .map_err(|_| CallError::Rejected { status: 0, message: "the request is no JSON".into() })?;
        let chat = self.client.chat();
        let call = chat.create_byot::<_, serde::de::IgnoredAny>(body);
        match tokio::time::timeout(self.timeout, call).await {
            Err(_) => Err(CallError::Timeout),
            Ok(Err(OpenAIError::Boxed(error))) => match error.downcast::<Ended>() {
                Ok(ended) => ended.0,
                Err(_) => Err(CallError::NotSent("the request was not sent".into())),
            },
            Ok(_) => Err(CallError::NotSent("the request was not sent".into())),
        }
    }
}

async fn exchange(http: &reqwest::Client, factory: HttpRequestFactory) -> Result<RawAnswer, CallError> {
    let request = factory.build().await.map_err(|_| CallError::NotSent("base_url is no address".into()))?;
    let mut response = http.execute(request).await.map_err(network)?;
    let status = response.status().as_u16();
    let retry_after = retry_after(response.headers());
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(network)? {
        if body.len() + chunk.len() > LARGEST {
            return Err(CallError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(RawAnswer { status, retry_after, body: String::from_utf8_lossy(&body).into_owned() })
}

fn network(error: reqwest::Error) -> CallError {
    let is_sent = !error.is_connect() && !error.is_builder();
    if error.is_timeout() && is_sent {
        return CallError::Timeout;
    }
    let error = error.without_url();
    let mut message = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        message.push_str(": ");
        message.push_str(&cause.to_string());
        source = cause.source();
    }
    if is_sent { CallError::Unreachable(message) } else { CallError::NotSent(message) }
}

/// Seconds, or a date less the server's own clock (RFC 9110, 10.2.3).
fn retry_after(headers: &HeaderMap) -> Option<u64> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(seconds);
    }
    let until = http_date(text)?;
    let now = http_date(headers.get(DATE)?.to_str().ok()?)?;
    u64::try_from(until.as_second() - now.as_second()).ok()
}

fn http_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::parse(text).ok().map(|at| at.timestamp())
}

#[cfg(test)]
mod tests;
