use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{HeaderMap, LOCATION};
use reqwest::{RequestBuilder, Url, redirect};
use rustls::ClientConfig;

use crate::address::Reach;
use crate::error::EgressError;
use crate::names::{Lookup, PublicNames, SystemNames};

/// How often a feed may lead on.
const REDIRECTS: u32 = 3;

/// Time for one connection, of what the whole may take.
const CONNECT: Duration = Duration::from_secs(10);

/// What is spent on one request at most.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Time from its start to the last byte, redirects among it.
    pub deadline: Duration,
    /// Bytes of the answer, unpacked.
    pub bytes: usize,
}

/// How an answer begins, whatever its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
}

/// What came back, whatever its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// How it began.
    pub head: Head,
    /// Its body, unpacked.
    pub body: Vec<u8>,
}

/// The client. It has no key and no header of anyone's: a request carries what it is given.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    reach: Reach,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("reach", &self.reach).finish_non_exhaustive()
    }
}

impl Client {
    /// The client for the public internet, which trusts whom `tls` trusts.
    ///
    /// # Errors
    /// [`EgressError::Unavailable`] if it cannot be built, at start only.
    pub fn public(tls: ClientConfig) -> Result<Self, EgressError> {
        Self::new(tls, Reach::Public, Arc::new(SystemNames))
    }

    /// The same, which beside the public internet asks one server of this machine, in clear: for a simulated world,
    /// and for the operator of a laptop whose own environment names it. Nothing deployed has a use for it.
    ///
    /// # Errors
    /// As [`public`](Self::public).
    pub fn beside(tls: ClientConfig, server: SocketAddr) -> Result<Self, EgressError> {
        Self::new(tls, Reach::Beside(server), Arc::new(SystemNames))
    }

    /// The same as [`public`](Self::public), or as [`beside`](Self::beside) a server, with names of another source.
    ///
    /// # Errors
    /// As there.
    pub fn with_names(
        tls: ClientConfig,
        server: Option<SocketAddr>,
        names: Arc<dyn Lookup>,
    ) -> Result<Self, EgressError> {
        Self::new(tls, server.map_or(Reach::Public, Reach::Beside), names)
    }

    fn new(tls: ClientConfig, reach: Reach, names: Arc<dyn Lookup>) -> Result<Self, EgressError> {
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            // a proxy would resolve names by itself
            .no_proxy()
            .dns_resolver(Arc::new(PublicNames(names)))
            .redirect(redirect::Policy::none())
            .referer(false)
            .connect_timeout(CONNECT)
            // a name is looked up for each request
            .pool_max_idle_per_host(0)
            .user_agent(concat!("topdown/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { http, reach })
    }

    /// Posts `body` with `headers`. Of the answer nothing but its beginning is read. Where that leads on, nobody is
    /// followed.
    ///
    /// # Errors
    /// [`EgressError`]; its variants say what to do.
    pub async fn post(
        &self,
        url: &Url,
        headers: HeaderMap,
        body: Vec<u8>,
        deadline: Duration,
    ) -> Result<Head, EgressError> {
        self.reach.admit(url)?;
        let request = self.http.post(url.clone()).headers(headers).body(body);
        within(deadline, async { Ok(Head::of(&request.send().await?)) }).await
    }

    /// Gets what is there, or where that leads to, three times at most, each looked at like the first.
    ///
    /// # Errors
    /// [`EgressError`]; its variants say what to do.
    pub async fn get(&self, url: &Url, bounds: Bounds) -> Result<Answer, EgressError> {
        self.reach.admit(url)?;
        within(bounds.deadline, self.follow(url.clone(), bounds)).await
    }

    async fn follow(&self, mut url: Url, bounds: Bounds) -> Result<Answer, EgressError> {
        let inside = |error| match error {
            EgressError::Refused { why } => EgressError::LedInside { why },
            other => other,
        };
        for turn in 0..=REDIRECTS {
            let answer = read(self.http.get(url.clone()), bounds).await;
            let answer = if turn == 0 { answer? } else { answer.map_err(inside)? };
            let Some(next) = answer.head.leads_to(&url)? else { return Ok(answer) };
            self.reach.admit(&next).map_err(inside)?;
            url = next;
        }
        Err(EgressError::LedOn(REDIRECTS))
    }
}

impl Head {
    fn of(response: &reqwest::Response) -> Self {
        Self { status: response.status().as_u16(), headers: response.headers().clone() }
    }

    /// Where the answer to a request of `from` leads.
    fn leads_to(&self, from: &Url) -> Result<Option<Url>, EgressError> {
        let Some(location) =
            self.headers.get(LOCATION).filter(|_| matches!(self.status, 301 | 302 | 303 | 307 | 308))
        else {
            return Ok(None);
        };
        let unreadable = EgressError::LedInside { why: "it cannot be read" };
        let next = location.to_str().ok().and_then(|location| from.join(location).ok());
        next.ok_or(unreadable).map(Some)
    }
}

async fn within<T>(
    deadline: Duration,
    work: impl Future<Output = Result<T, EgressError>>,
) -> Result<T, EgressError> {
    tokio::time::timeout(deadline, work).await.unwrap_or(Err(EgressError::Late(deadline)))
}

async fn read(request: RequestBuilder, bounds: Bounds) -> Result<Answer, EgressError> {
    let mut response = request.send().await?;
    let head = Head::of(&response);
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if chunk.len() > bounds.bytes.saturating_sub(body.len()) {
            return Err(EgressError::TooLong(bounds.bytes));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { head, body })
}

#[cfg(test)]
mod tests;
