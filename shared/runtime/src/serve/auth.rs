//! Who may call: told by the environment, never assumed.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::ORIGIN;

use super::token::{self, Claims, REMOVED, Refusal};
use crate::settings::{Settings, SettingsError, Variable};
use crate::{Clock, http};

/// How callers are known.
pub const AUTH: Variable = Variable::required(
    "AUTH",
    "how callers are known: cloud-run (the platform has checked the token), oidc (this service checks it) or local \
     (callers on this machine, no token)",
);
/// Who tokens are for.
pub const AUDIENCE: Variable = Variable::optional(
    "AUDIENCE",
    "this service's addresses, as tokens name them, separated by commas; needed unless AUTH is local",
);
/// The account that pushes messages.
pub const PUSH_INVOKER: Variable = Variable::optional(
    "PUSH_INVOKER",
    "e-mail of the service account that may push messages; nobody may where it is not set, unless AUTH is local",
);
/// The account of the schedule.
pub const TICK_INVOKER: Variable = Variable::optional(
    "TICK_INVOKER",
    "e-mail of the service account that may call the schedule's paths; nobody may where it is not set, unless AUTH \
     is local",
);
/// Where keys are, for tests.
pub const JWKS_URL: Variable = Variable::optional(
    "OIDC_JWKS_URL",
    "where the issuer's public keys are, instead of Google's address; with AUTH=oidc alone",
);
/// Where the platform is Cloud Run.
pub const K_SERVICE: Variable = Variable::optional("K_SERVICE", "set by Cloud Run, and nowhere else");

/// Who the tokens of people are for: `gcloud` asks for them in its own name, and the platform takes them for every
/// service that the account may call.
const GCLOUD: &str = "32555940559.apps.googleusercontent.com";

/// What is known of a token's signature: `Ok(false)` if it does not hold, `Err` if the keys cannot be had.
pub type Verified = Pin<Box<dyn Future<Output = Result<bool, String>> + Send>>;

/// Checks the signature of a token.
pub type Verifier = Arc<dyn Fn(String) -> Verified + Send + Sync>;

/// Makes a verifier of tokens for these audiences by the keys at an address, Google's unless told.
pub type MakeVerifier = fn(&[String], Option<&str>) -> Verifier;

/// Who a path belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caller {
    /// Pub/Sub.
    Push,
    /// Cloud Scheduler.
    Tick,
}

/// Why a request is not let in.
#[derive(Debug, thiserror::Error)]
pub(super) enum Denied {
    /// It is not the caller's.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It comes from another machine, or from a page in a browser.
    #[error("the caller is no program of this machine")]
    Elsewhere,
    /// Nobody can say now.
    #[error("the issuer's keys cannot be had: {0}")]
    Unknown(String),
}

enum Mode {
    CloudRun,
    Oidc(Verifier),
    Local,
}

/// The door of a function.
pub(super) struct Auth {
    mode: Mode,
    audiences: Vec<String>,
    push: Option<String>,
    tick: Option<String>,
    clock: Arc<dyn Clock>,
}

impl Auth {
    pub(super) fn new(
        settings: &Settings,
        make_verifier: MakeVerifier,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SettingsError> {
        let impossible = |why: &str| Err(SettingsError::Impossible(why.to_owned()));
        let on_cloud_run = settings.get(&K_SERVICE).is_some();
        let jwks_url = settings.get(&JWKS_URL);
        let mode = settings.need(&AUTH)?;
        if jwks_url.is_some() && mode != "oidc" {
            return impossible("OIDC_JWKS_URL goes with AUTH=oidc alone; unset it");
        }
        let list = settings.get(&AUDIENCE).unwrap_or_default();
        let audiences: Vec<String> =
            list.split(',').map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect();
        let mode = match mode {
            "cloud-run" | "oidc" if audiences.is_empty() => {
                return impossible("AUTH=cloud-run and AUTH=oidc need AUDIENCE; set this service's address");
            }
            "cloud-run" if on_cloud_run => Mode::CloudRun,
            "cloud-run" => {
                return impossible(
                    "AUTH=cloud-run elsewhere than on Cloud Run would believe anyone; set AUTH=oidc",
                );
            }
            "local" if on_cloud_run => {
                return impossible(
                    "AUTH=local on Cloud Run would let in what the platform does; set AUTH=cloud-run",
                );
            }
            "local" => Mode::Local,
            "oidc" => match jwks_url {
                Some(url) if !url.starts_with("https://") && !http::is_loopback(url) => {
                    return impossible("OIDC_JWKS_URL: keys come by https, or from this machine");
                }
                url => Mode::Oidc(make_verifier(&audiences, url)),
            },
            _ => {
                let why = "one of cloud-run, oidc and local".to_owned();
                return Err(SettingsError::Form { name: AUTH.name, why });
            }
        };
        let email = |variable| settings.get(variable).map(str::to_owned);
        Ok(Self { mode, audiences, push: email(&PUSH_INVOKER), tick: email(&TICK_INVOKER), clock })
    }

    /// Whether callers are on this machine: then nothing else is listened to.
    pub(super) fn is_local(&self) -> bool {
        matches!(self.mode, Mode::Local)
    }

    /// Lets a request in, or says why not.
    pub(super) async fn admit(
        &self,
        caller: Caller,
        peer: IpAddr,
        headers: &HeaderMap,
    ) -> Result<(), Denied> {
        if let Mode::Local = self.mode {
            return local(peer, headers);
        }
        let token = token::bearer(headers)?;
        let email = match caller {
            Caller::Push => self.push.as_deref(),
            Caller::Tick => self.tick.as_deref(),
        };
        // before the signature: a token that is not for this service is not worth a question to the issuer
        let claims = Claims::read(token)?;
        claims.admit(&self.audiences, email.ok_or(Refusal::Email)?, self.clock.now())?;
        self.check(token).await
    }

    /// Who sends a request: an e-mail address, or `local`. Whether the account may call at all has been decided by the
    /// platform, or by whoever issues tokens for this service.
    pub(super) async fn identify(&self, peer: IpAddr, headers: &HeaderMap) -> Result<String, Denied> {
        if let Mode::Local = self.mode {
            return local(peer, headers).map(|()| "local".to_owned());
        }
        let token = token::bearer(headers)?;
        let mut audiences = self.audiences.clone();
        if let Mode::CloudRun = self.mode {
            audiences.push(GCLOUD.to_owned());
        }
        let claims = Claims::read(token)?;
        let account = claims.account(&audiences, self.clock.now())?.to_owned();
        self.check(token).await?;
        Ok(account)
    }

    async fn check(&self, token: &str) -> Result<(), Denied> {
        let is_removed = token::signature(token) == REMOVED;
        match &self.mode {
            Mode::CloudRun if is_removed => Ok(()),
            Mode::CloudRun => Err(Refusal::NotChecked.into()),
            Mode::Oidc(_) if is_removed => Err(Refusal::Removed.into()),
            Mode::Oidc(verify) => match verify(token.to_owned()).await {
                Ok(true) => Ok(()),
                Ok(false) => Err(Refusal::Signature.into()),
                Err(why) => Err(Denied::Unknown(why)),
            },
            Mode::Local => Err(Denied::Elsewhere),
        }
    }
}

/// A program of this machine: not a page that some browser shows, nor what came through a platform.
fn local(peer: IpAddr, headers: &HeaderMap) -> Result<(), Denied> {
    let by_browser = headers.contains_key(ORIGIN) || headers.contains_key("sec-fetch-site");
    if !peer.to_canonical().is_loopback() || by_browser {
        return Err(Denied::Elsewhere);
    }
    match token::bearer(headers) {
        Ok(token) if token::signature(token) == REMOVED => Err(Refusal::Removed.into()),
        _ => Ok(()),
    }
}
