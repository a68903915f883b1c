//! What an identity token says, and whether that is what this service waits for.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::Deserialize;

/// What Cloud Run puts in place of a signature that it has checked.
pub(super) const REMOVED: &str = "SIGNATURE_REMOVED_BY_GOOGLE";

/// Longer than any token of Google's.
const LONGEST: usize = 8 * 1024;

/// Seconds that two clocks may differ by.
const SKEW: i64 = 10;

const ISSUERS: [&str; 2] = ["https://accounts.google.com", "accounts.google.com"];

/// The claims of a token that are looked at.
#[derive(Debug, Deserialize)]
pub(super) struct Claims {
    iss: String,
    aud: String,
    exp: i64,
    email: Option<String>,
    email_verified: Option<bool>,
}

/// Why a token is refused: for the log alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("no bearer token")]
    None,
    #[error("the token cannot be read")]
    Unreadable,
    #[error("the platform did not check the token's signature")]
    NotChecked,
    #[error("the token's signature was removed elsewhere")]
    Removed,
    #[error("the token's signature does not hold")]
    Signature,
    #[error("the token has another issuer")]
    Issuer,
    #[error("the token is for another service")]
    Audience,
    #[error("the token has expired")]
    Expired,
    #[error("the token is another account's")]
    Email,
}

/// The bearer token of a request. Where both headers carry one the platform has looked at the first.
pub(super) fn bearer(headers: &HeaderMap) -> Result<&str, Refusal> {
    let header = headers.get("x-serverless-authorization").or_else(|| headers.get(AUTHORIZATION));
    let value = header.ok_or(Refusal::None)?.to_str().map_err(|_| Refusal::Unreadable)?;
    let (scheme, token) = value.split_once(' ').ok_or(Refusal::None)?;
    if !scheme.eq_ignore_ascii_case("bearer") || token.len() > LONGEST {
        return Err(Refusal::Unreadable);
    }
    Ok(token.trim())
}

/// The signature's part of a token.
pub(super) fn signature(token: &str) -> &str {
    token.rsplit_once('.').map_or("", |(_, signature)| signature)
}

impl Claims {
    /// Reads the claims. Nothing is said of who wrote them.
    pub(super) fn read(token: &str) -> Result<Self, Refusal> {
        let payload = token.split('.').nth(1).ok_or(Refusal::Unreadable)?;
        let payload = URL_SAFE_NO_PAD.decode(payload).map_err(|_| Refusal::Unreadable)?;
        serde_json::from_slice(&payload).map_err(|_| Refusal::Unreadable)
    }

    /// Whether they name Google, this service, a time to come, and the account that may call.
    pub(super) fn admit(&self, audiences: &[String], email: &str, now: Timestamp) -> Result<(), Refusal> {
        if self.account(audiences, now)? == email { Ok(()) } else { Err(Refusal::Email) }
    }

    /// The account that they name, if they name Google, this service and a time to come.
    pub(super) fn account(&self, audiences: &[String], now: Timestamp) -> Result<&str, Refusal> {
        if !ISSUERS.contains(&self.iss.as_str()) {
            return Err(Refusal::Issuer);
        }
        if !audiences.contains(&self.aud) {
            return Err(Refusal::Audience);
        }
        if self.exp.saturating_add(SKEW) < now.as_second() {
            return Err(Refusal::Expired);
        }
        // an address that nobody has verified is anybody's
        self.email.as_deref().filter(|_| self.email_verified == Some(true)).ok_or(Refusal::Email)
    }
}
