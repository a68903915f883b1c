//! The API on Google Cloud: its callers by their accounts, its files in the catalog's bucket.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::extract::Request;
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName, Uri};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use domain::{Sha256Hex, Sources, Symbol, Watched};
use jiff::Timestamp;
use runtime::serve::{Identity, READY};
use runtime::{Catalog, Watchlist};
use storage::{CandleStore, CatalogFiles, StoreError};

use super::nonce::nonce;
use super::{Api, Caller, Desk, Problem, Standing, is_foreign, router};
use crate::bucket::{self, BucketError};
use crate::pages::{self, Visitor};

/// The routes of the API and the pages, behind a door that says who asks.
pub fn behind_door(api: Arc<Api>) -> Router {
    // a form that another process gave is loaded again
    let secret = nonce();
    let known = move |request: Request, next: Next| known(secret.clone(), request, next);
    router(api.clone()).merge(pages::router(api)).layer(middleware::from_fn(known))
}

async fn known(secret: String, mut request: Request, next: Next) -> Response {
    if is_foreign(request.method(), request.headers()) || !is_own(request.headers()) {
        return Problem::forbidden("a page of another site asks nothing here").into_response();
    }
    match request.extensions_mut().remove::<Identity>() {
        Some(Identity::Known(account)) => {
            let form_token = Sha256Hex::of(format!("{secret} {account}").as_bytes()).to_string();
            request.extensions_mut().insert(Visitor { caller: account.clone(), form_token });
            request.extensions_mut().insert(Caller(account));
        }
        Some(Identity::Unsure) => {
            return Problem::unavailable("who you are cannot be found out now; try again").into_response();
        }
        Some(Identity::Nobody) | None if request.uri().path() == "/" => return READY.into_response(),
        Some(Identity::Nobody) | None => {}
    }
    next.run(request).await
}

/// Whether the page that sends the request, where it names itself, is of this service: by its own host, or by this
/// machine's of whoever's proxy adds the token. A name that was made to lead to the proxy is neither.
fn is_own(headers: &HeaderMap) -> bool {
    let header = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let host = |text: &str| text.parse::<Uri>().ok().and_then(|uri| uri.host().map(str::to_owned));
    let Some(origin) = header(ORIGIN) else { return true };
    let Some(origin) = host(origin) else { return false };
    ["127.0.0.1", "localhost", "[::1]"].contains(&origin.as_str())
        || header(HOST).and_then(host) == Some(origin)
}

/// What stands in the catalog's bucket, read at each start of a run.
pub struct BucketDesk {
    /// The bucket.
    pub files: Arc<dyn CatalogFiles>,
    /// What is collected.
    pub candles: Arc<dyn CandleStore>,
    /// Where it comes from.
    pub sources: Sources,
}

#[async_trait]
impl Desk for BucketDesk {
    async fn watched(&self) -> Result<Vec<Watched>, Problem> {
        let watchlist = Watchlist::of_catalog(self.files.as_ref()).await?;
        let unusable = || Problem::unavailable("the watchlist cannot be used; see this service's log");
        Ok(watchlist.ok_or_else(unusable)?.entries)
    }

    async fn catalog(&self) -> Result<Catalog, Problem> {
        bucket::read(self.files.as_ref()).await.map_err(|error| match error {
            BucketError::Store(error) => error.into(),
            BucketError::Wrong(what) => Problem::unavailable(&format!("the catalog cannot be used: {what}")),
        })
    }

    async fn present(&self, _: &Symbol, now: Timestamp) -> Result<Timestamp, StoreError> {
        Ok(now)
    }

    async fn standing(&self, watched: &Watched) -> Result<Option<Standing>, StoreError> {
        let source = self.sources.of(watched.venue);
        Standing::of(self.candles.as_ref(), source, &watched.symbol).await
    }

    fn how_to_watch(&self, symbol: &Symbol) -> String {
        format!("add \"{symbol}\" to symbols in watchlist.toml and upload it to the catalog's bucket")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_another_name_is_foreign_whatever_that_name_leads_to() {
        let own = "coordinator-abc-ew.a.run.app";
        let asked = |origin: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, own.parse().unwrap());
            if let Some(origin) = origin {
                headers.insert(ORIGIN, origin.parse().unwrap());
            }
            is_own(&headers)
        };
        let own = format!("https://{own}");
        for origin in ["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080", &own] {
            assert!(asked(Some(origin)), "{origin}");
        }
        assert!(asked(None), "a program names no page");
        let foreign = ["http://rebound.example:8080", "https://evil.a.run.app", "null", "", "file://"];
        for origin in foreign {
            assert!(!asked(Some(origin)), "{origin}");
        }
    }
}
