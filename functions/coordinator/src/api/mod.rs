//! The API for runs on request: started, read, listed, called off, gone on with. JSON over HTTP, described by the
//! OpenAPI document that it publishes; errors are RFC 9457's.
//!
//! It stands on the ports alone. Whoever mounts it knows its callers: a request without a [`Caller`] among its
//! extensions is answered 401.

mod calls;
#[cfg(feature = "gcp")]
mod cloud;
pub(crate) mod forecast;
pub(crate) mod list;
pub(crate) mod nonce;
pub(crate) mod pace;
pub(crate) mod problem;
mod read;
mod routes;
mod standing;
pub(crate) mod start;
pub(crate) mod steps;
pub(crate) mod view;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
#[cfg(feature = "gcp")]
pub use cloud::{BucketDesk, behind_door};
use domain::{Sources, Symbol, Watched};
use jiff::Timestamp;
pub use problem::Problem;
pub use routes::{OPENAPI, ROUTES, is_foreign, router};
use runtime::{Catalog, Services};
pub use standing::Standing;
use storage::StoreError;

use crate::{Coordinator, Followed};
use forecast::Medians;
use pace::Pace;

/// Who asks, as the door knows it: an e-mail address, or `local`. One of a request's extensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller(pub String);

/// What a person keeps beside the program, where it is kept.
#[async_trait]
pub trait Desk: Send + Sync {
    /// What is watched.
    ///
    /// # Errors
    /// A problem that says what a person must mend.
    async fn watched(&self) -> Result<Vec<Watched>, Problem>;

    /// The catalog that a run begins with.
    ///
    /// # Errors
    /// A problem that says what a person must mend.
    async fn catalog(&self) -> Result<Catalog, Problem>;

    /// The present of a symbol, by this machine's clock and the exchange's.
    ///
    /// # Errors
    /// Whatever storage says.
    async fn present(&self, symbol: &Symbol, now: Timestamp) -> Result<Timestamp, StoreError>;

    /// What keeps a watched symbol from being read, for a person; nothing of one that is read.
    ///
    /// # Errors
    /// Whatever storage says.
    async fn standing(&self, watched: &Watched) -> Result<Option<Standing>, StoreError> {
        let _ = watched;
        Ok(None)
    }

    /// How to have another symbol watched, in words.
    fn how_to_watch(&self, symbol: &Symbol) -> String;
}

/// What the API stands on.
pub struct Api {
    coordinator: Arc<Coordinator>,
    pub(crate) services: Services,
    pub(crate) desk: Arc<dyn Desk>,
    pub(crate) followed: Followed,
    pub(crate) sources: Sources,
    /// Model profile, over the prompts' own.
    model: Option<String>,
    pub(crate) pace: Pace,
    pub(crate) medians: Medians,
    /// Keys of requests that are being answered, by caller.
    in_work: Mutex<BTreeSet<(String, String)>>,
    /// One start at a time: whoever counts the runs of a caller begins one before the next is counted.
    starting: tokio::sync::Mutex<()>,
}

impl Api {
    /// The API of these ports for runs on candles of `sources`.
    pub fn new(
        coordinator: Arc<Coordinator>,
        services: Services,
        desk: Arc<dyn Desk>,
        followed: Followed,
        sources: impl Into<Sources>,
        model: Option<String>,
    ) -> Self {
        Self {
            coordinator,
            services,
            desk,
            followed,
            sources: sources.into(),
            model,
            pace: Pace::default(),
            medians: Medians::default(),
            in_work: Mutex::default(),
            starting: tokio::sync::Mutex::default(),
        }
    }
}
