//! The API on Google Cloud: its callers by their accounts, its files in the catalog's bucket.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use domain::{Sha256Hex, Symbol, Watched};
use jiff::Timestamp;
use runtime::serve::{Identity, READY};
use runtime::{Catalog, Watchlist};
use storage::{CatalogFiles, StoreError};

use super::nonce::nonce;
use super::{Api, Caller, Desk, Problem, is_foreign, router};
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
    if is_foreign(request.method(), request.headers()) {
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

/// What stands in the catalog's bucket, read at each start of a run.
pub struct BucketDesk {
    /// The bucket.
    pub files: Arc<dyn CatalogFiles>,
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

    fn how_to_watch(&self, symbol: &Symbol) -> String {
        format!("add \"{symbol}\" to symbols in watchlist.toml and upload it to the catalog's bucket")
    }
}
