use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::Symbol;
use jiff::{SignedDuration, Timestamp};
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use super::permissions::Permissions;
use super::{parse, sign};
use crate::{Client, Limits, MarketError, binance};

/// Milliseconds that a request may be under way, as it says itself.
const WINDOW: &str = "5000";
/// The header of the key.
const KEY: &str = "X-MBX-APIKEY";
const PERMISSIONS: (&str, u32) = ("/sapi/v1/account/apiRestrictions", 1);
/// The code of a request whose time is not the exchange's.
const OUT_OF_TIME: i64 = -1021;

/// Limits of the signed calls: an export is a step of a run that waits for it.
const LIMITS: Limits =
    Limits { deadline: Duration::from_secs(10), longest_wait: Duration::from_secs(30), ..Limits::PUBLISHED };
/// Request weight a minute of the futures' host.
const PERP_WEIGHT: u32 = 2400;

/// Why there is no account: the export fails, and a person is told.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The key may not read, may do more than read, or may do what has no name here.
    #[error("the key is refused: {why}; make one that may only read, or tolerate the permission by its name")]
    Key {
        /// Which permission, by the exchange's name.
        why: String,
    },
    /// The exchange did not say what the key may do: unknown means no.
    #[error("what the key may do could not be learnt, so the account is not read: {0}")]
    Unknown(#[source] MarketError),
    /// The key cannot be written into a header.
    #[error("the key is no key of the exchange: it holds a character that no header can; copy it again")]
    Form,
    /// The exchange gave no answer that can be used.
    #[error(transparent)]
    Market(#[from] MarketError),
}

/// Base URLs of the exchange, without a path.
#[derive(Debug, Clone)]
pub struct Hosts {
    /// Spot, and what the key may do.
    pub spot: String,
    /// USD-M futures.
    pub perp: String,
}

/// A host with its clock.
pub(super) struct Host {
    client: Client,
    time: (&'static str, u32),
    clock: Mutex<Option<(Timestamp, Instant)>>,
}

/// Reads one account. It sends GET alone, and its errors and log lines hold nothing of what was answered but codes.
pub struct AccountClient {
    pub(super) spot: Host,
    pub(super) perp: Host,
    key: HeaderValue,
    secret: SecretString,
    tolerated: BTreeSet<String>,
}

impl AccountClient {
    /// A reader of the account that `key` belongs to. `tolerated` names what the key may do beside reading, by the
    /// exchange's names.
    ///
    /// # Errors
    /// [`AccountError::Form`].
    pub fn new(
        http: reqwest::Client,
        hosts: &Hosts,
        key: &SecretString,
        secret: SecretString,
        tolerated: BTreeSet<String>,
    ) -> Result<Self, AccountError> {
        let mut key = HeaderValue::from_str(key.expose_secret()).map_err(|_| AccountError::Form)?;
        key.set_sensitive(true);
        let host = |base: &str, weight_per_minute: u32, time| Host {
            client: Client::discreet(http.clone(), base.to_owned(), Limits { weight_per_minute, ..LIMITS }),
            time: (time, 1),
            clock: Mutex::default(),
        };
        Ok(Self {
            spot: host(&hosts.spot, LIMITS.weight_per_minute, "/api/v3/time"),
            perp: host(&hosts.perp, PERP_WEIGHT, "/fapi/v1/time"),
            key,
            secret,
            tolerated,
        })
    }

    /// What the key may do, checked.
    pub(super) async fn permissions(
        &self,
    ) -> Result<BTreeSet<domain::account::AccountWarning>, AccountError> {
        let asked = self.signed(&self.spot, PERMISSIONS, &[], None).await;
        let permissions = Permissions(asked.map_err(AccountError::Unknown)?);
        let now = self.spot.now().await.map_err(AccountError::Unknown)?;
        permissions.check(&self.tolerated, now)
    }

    /// The answer to a signed GET. A clock that has moved since it was read is read once more.
    pub(super) async fn signed<T: DeserializeOwned>(
        &self,
        host: &Host,
        endpoint: (&str, u32),
        parameters: &[(&str, &str)],
        symbol: Option<&Symbol>,
    ) -> Result<T, MarketError> {
        let first = self.attempt(host, endpoint, parameters, symbol).await;
        let body = match first {
            Err(MarketError::Denied { code: OUT_OF_TIME }) => {
                *host.lock() = None;
                self.attempt(host, endpoint, parameters, symbol).await?
            }
            first => first?,
        };
        parse::json(&body, endpoint.0)
    }

    async fn attempt(
        &self,
        host: &Host,
        endpoint: (&str, u32),
        parameters: &[(&str, &str)],
        symbol: Option<&Symbol>,
    ) -> Result<Vec<u8>, MarketError> {
        host.now().await?;
        let request = |http: &reqwest::Client, url: String| {
            // each attempt has a time of its own: the wait before it may have been long
            let timestamp = host.known().unwrap_or_default().as_millisecond().to_string();
            let mut all = parameters.to_vec();
            all.extend([("recvWindow", WINDOW), ("timestamp", timestamp.as_str())]);
            let query = sign::query(&all);
            let signature = sign::signature(&self.secret, &query);
            http.get(format!("{url}?{query}&signature={signature}")).header(KEY, self.key.clone())
        };
        host.client.ask(endpoint, &request, symbol).await
    }
}

impl Host {
    /// The host's clock, read when it is not known.
    pub(super) async fn now(&self) -> Result<Timestamp, MarketError> {
        if let Some(now) = self.known() {
            return Ok(now);
        }
        let body = self.client.ask(self.time, &|http, url| http.get(url), None).await?;
        let server = binance::server_time(&body)?;
        *self.lock() = Some((server, Instant::now()));
        Ok(server)
    }

    /// The host's clock as it runs on from when it was read.
    fn known(&self) -> Option<Timestamp> {
        let (server, at) = (*self.lock())?;
        let passed = SignedDuration::try_from(at.elapsed()).unwrap_or_default();
        server.checked_add(passed).ok()
    }

    /// A public answer of the host.
    pub(super) async fn public<T: DeserializeOwned>(
        &self,
        endpoint: (&str, u32),
        parameters: &[(&str, &str)],
        symbol: Option<&Symbol>,
    ) -> Result<T, MarketError> {
        let query = sign::query(parameters);
        let request = |http: &reqwest::Client, url: String| http.get(format!("{url}?{query}"));
        parse::json(&self.client.ask(endpoint, &request, symbol).await?, endpoint.0)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<(Timestamp, Instant)>> {
        self.clock.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
