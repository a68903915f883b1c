use std::collections::BTreeSet;
use std::time::Duration;

use domain::Symbol;
use domain::account::AccountWarning;
use jiff::Timestamp;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;

use super::permissions::KeyInfo;
use super::wire::List;
use super::{parse, sign};
use crate::MarketError;
use crate::binance_account::AccountError;
use crate::bybit::{self, Client, Limits};
use crate::exchange::clock::ServerClock;

/// Milliseconds that a request may be under way, as it says itself.
const WINDOW: &str = "5000";
const TIME: &str = "/v5/market/time";
const KEY_INFO: &str = "/v5/user/query-api";
/// The code of a request whose time is not the exchange's.
const OUT_OF_TIME: i64 = 10_002;
/// Most pages of a list; the exchange keeps 500 orders of a market at most.
const PAGES: usize = 20;

/// Limits of the signed calls: an export is a step of a run that waits for it.
const LIMITS: Limits =
    Limits { deadline: Duration::from_secs(10), longest_wait: Duration::from_secs(30), ..Limits::PUBLISHED };

/// Reads one account. It sends GET alone, and its errors and log lines hold nothing of what was answered but codes.
pub struct AccountClient {
    client: Client,
    clock: ServerClock,
    key: HeaderValue,
    secret: SecretString,
    tolerated: BTreeSet<String>,
}

impl AccountClient {
    /// A reader of the account that `key` belongs to, at `base_url` (scheme and host). `tolerated` names what the key
    /// may do beside reading, as [`KeyInfo::check`] has it.
    ///
    /// # Errors
    /// [`AccountError::Form`].
    pub fn new(
        http: reqwest::Client,
        base_url: &str,
        key: &SecretString,
        secret: SecretString,
        tolerated: BTreeSet<String>,
    ) -> Result<Self, AccountError> {
        let mut key = HeaderValue::from_str(key.expose_secret()).map_err(|_| AccountError::Form)?;
        key.set_sensitive(true);
        let client = Client::discreet(http, base_url.to_owned(), LIMITS);
        Ok(Self { client, clock: ServerClock::default(), key, secret, tolerated })
    }

    /// What the key may do, checked.
    pub(super) async fn permissions(&self) -> Result<BTreeSet<AccountWarning>, AccountError> {
        let asked = self.signed(KEY_INFO, &[], None).await;
        let info = KeyInfo(asked.map_err(AccountError::Unknown)?);
        let now = self.now().await.map_err(AccountError::Unknown)?;
        info.check(&self.tolerated, now)
    }

    /// The exchange's clock, read when it is not known.
    pub(super) async fn now(&self) -> Result<Timestamp, MarketError> {
        if let Some(now) = self.clock.now() {
            return Ok(now);
        }
        let answer = self.client.ask(TIME, &|http, url| http.get(url), None).await?;
        let server = bybit::server_time(&answer.body)?;
        self.clock.set(Some(server));
        Ok(server)
    }

    /// The result of a signed GET. A clock that has moved since it was read is read once more.
    pub(super) async fn signed<T: DeserializeOwned>(
        &self,
        endpoint: &str,
        parameters: &[(&str, &str)],
        symbol: Option<&Symbol>,
    ) -> Result<T, MarketError> {
        let first = self.attempt(endpoint, parameters, symbol).await;
        let body = match first {
            Err(MarketError::Denied { code: OUT_OF_TIME }) => {
                self.clock.set(None);
                self.attempt(endpoint, parameters, symbol).await?
            }
            first => first?,
        };
        parse::result(&body, endpoint)
    }

    /// All of a list, page by page.
    pub(super) async fn all<T: DeserializeOwned>(
        &self,
        endpoint: &str,
        parameters: &[(&str, &str)],
    ) -> Result<Vec<T>, MarketError> {
        let mut all = Vec::new();
        let mut cursor = String::new();
        for _ in 0..PAGES {
            let mut page = parameters.to_vec();
            if !cursor.is_empty() {
                page.push(("cursor", &cursor));
            }
            let List { list, next_page_cursor } = self.signed(endpoint, &page, None).await?;
            let is_empty = list.is_empty();
            all.extend(list);
            match next_page_cursor {
                // the last page may name one too, and an empty one after it
                Some(next) if !next.is_empty() && next != cursor && !is_empty => cursor = next,
                _ => return Ok(all),
            }
        }
        Err(MarketError::unexpected(format!("{endpoint}: over {PAGES} pages")))
    }

    /// The result of a public GET.
    pub(super) async fn public<T: DeserializeOwned>(
        &self,
        endpoint: &str,
        parameters: &[(&str, &str)],
        symbol: Option<&Symbol>,
    ) -> Result<T, MarketError> {
        let query = sign::query(parameters);
        let request = |http: &reqwest::Client, url: String| http.get(format!("{url}?{query}"));
        parse::result(&self.client.ask(endpoint, &request, symbol).await?.body, endpoint)
    }

    async fn attempt(
        &self,
        endpoint: &str,
        parameters: &[(&str, &str)],
        symbol: Option<&Symbol>,
    ) -> Result<Vec<u8>, MarketError> {
        self.now().await?;
        let query = sign::query(parameters);
        let request = |http: &reqwest::Client, url: String| {
            // each attempt has a time of its own: the wait before it may have been long
            let timestamp = self.clock.now().unwrap_or_default().as_millisecond().to_string();
            let parts = [timestamp.as_bytes(), self.key.as_bytes(), WINDOW.as_bytes(), query.as_bytes()];
            let signature = sign::signature(&self.secret, parts);
            let url = if query.is_empty() { url } else { format!("{url}?{query}") };
            http.get(url)
                .header("X-BAPI-API-KEY", self.key.clone())
                .header("X-BAPI-TIMESTAMP", timestamp)
                .header("X-BAPI-RECV-WINDOW", WINDOW)
                .header("X-BAPI-SIGN", signature)
        };
        Ok(self.client.ask(endpoint, &request, symbol).await?.body)
    }
}
