use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use egress::EgressError;
use jiff::Timestamp;
use reqwest::Url;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use super::document::Document;
use super::signature::signature;
use crate::delivery::{DeliveryError, later, retry_after};
use crate::notice::Notice;

/// How long a receiver may take.
const DEADLINE: Duration = Duration::from_secs(10);

/// Where a webhook is: a secret, for it may hold one.
#[derive(Clone)]
pub struct Address(Url);

/// The text is no address. It is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the webhook's address cannot be read; write https://HOST/PATH")]
pub struct AddressError;

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Address").finish_non_exhaustive()
    }
}

impl Address {
    /// The address that `text` is. Whether it is asked shows when it is.
    ///
    /// # Errors
    /// [`AddressError`].
    pub fn parse(text: &SecretString) -> Result<Self, AddressError> {
        Url::parse(text.expose_secret()).map(Self).map_err(|_| AddressError)
    }

    /// The server of this machine that it names literally, in clear: `http://127.0.0.1:PORT/...`.
    pub fn local_server(&self) -> Option<SocketAddr> {
        let host = self.0.host_str()?.trim_start_matches('[').trim_end_matches(']');
        let ip = host.parse::<IpAddr>().ok().filter(IpAddr::is_loopback)?;
        (self.0.scheme() == "http").then_some(SocketAddr::new(ip, self.0.port_or_known_default()?))
    }
}

/// A webhook.
#[derive(Clone)]
pub struct Client {
    egress: egress::Client,
    address: Address,
    secret: SecretString,
}

impl Client {
    /// The webhook at `address`, which knows `secret` too.
    pub fn new(egress: egress::Client, address: Address, secret: SecretString) -> Self {
        Self { egress, address, secret }
    }

    /// Sends the notice at `now`. Delivered is what the receiver answers with 2xx.
    ///
    /// # Errors
    ///
    /// [`DeliveryError::Later`] if it may be tried again: its key tells the receiver that it is the same one.
    pub async fn send(&self, notice: &Notice<'_>, now: Timestamp) -> Result<(), DeliveryError> {
        let refused = |why: String| DeliveryError::Refused { why };
        let body = serde_json::to_vec(&Document::of(notice)?).map_err(|error| refused(error.to_string()))?;
        let headers =
            self.headers(notice, now, &body).ok_or_else(|| refused("its key is no header".to_owned()))?;
        let head = self.egress.post(&self.address.0, headers, body, DEADLINE).await.map_err(unsent)?;
        match head.status {
            200..300 => Ok(()),
            300..400 => Err(refused(format!(
                "the receiver leads elsewhere (HTTP status {}) and is not followed; name the address it leads to",
                head.status
            ))),
            408 | 425 | 429 | 500.. => Err(later(
                format!("the receiver answers with HTTP status {}", head.status),
                retry_after(&head.headers),
            )),
            status => Err(refused(format!(
                "the receiver refuses the notice (HTTP status {status}); look at its log and at the secret it checks"
            ))),
        }
    }

    fn headers(&self, notice: &Notice<'_>, now: Timestamp, body: &[u8]) -> Option<HeaderMap> {
        let timestamp = now.as_second();
        let signature = signature(&self.secret, timestamp, body);
        Some(HeaderMap::from_iter([
            (CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (HeaderName::from_static("idempotency-key"), HeaderValue::from_str(notice.key).ok()?),
            (HeaderName::from_static("x-timestamp"), HeaderValue::from(timestamp)),
            (HeaderName::from_static("x-signature"), HeaderValue::from_str(&signature).ok()?),
        ]))
    }
}

fn unsent(error: EgressError) -> DeliveryError {
    match error {
        EgressError::Unavailable { .. } | EgressError::Late(_) => later(error.to_string(), None),
        EgressError::Refused { .. }
        | EgressError::LedInside { .. }
        | EgressError::LedOn(_)
        | EgressError::TooLong(_) => DeliveryError::Refused { why: error.to_string() },
    }
}
