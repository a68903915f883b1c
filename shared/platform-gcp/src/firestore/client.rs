use std::future::Future;
use std::time::Duration;

use firestore::errors::FirestoreError;
use firestore::gcloud_sdk::google::firestore::v1::{CommitRequest, Document, Write};
use firestore::gcloud_sdk::tonic::{Code, Status};
use firestore::{FirestoreDb, FirestoreDbOptions};
use futures_util::TryStreamExt;
use storage::StoreError;
use tokio::sync::OnceCell;

use crate::Identity;

/// The longest an attempt at one call may take.
const CALL: Duration = Duration::from_secs(10);
/// The longest a read may take, with its repetitions and all its documents.
const READ: Duration = Duration::from_secs(30);
const READ_RETRIES: usize = 3;

/// Which database.
#[derive(Debug, Clone)]
pub struct FirestoreConfig {
    /// The project.
    pub project: String,
    /// The database's name. `(default)` may belong to App Engine, so it is named.
    pub database: String,
    /// `HOST:PORT` of an emulator; `None` is Google's own service.
    pub emulator: Option<String>,
}

/// The connection, made at the first call.
pub(super) struct Client {
    config: FirestoreConfig,
    identity: Identity,
    connected: OnceCell<FirestoreDb>,
}

/// What became of a commit.
pub(super) enum Committed {
    /// All of it was written.
    Yes,
    /// None of it: a document is not as the writes expect.
    Conflict,
    /// Nobody knows: the documents say.
    Unknown(StoreError),
    /// None of it, and the same commit would be refused again.
    Refused(StoreError),
}

impl Client {
    pub(super) fn new(config: FirestoreConfig, identity: Identity) -> Self {
        Self { config, identity, connected: OnceCell::new() }
    }

    pub(super) async fn database(&self) -> Result<&FirestoreDb, StoreError> {
        self.connected.get_or_try_init(|| within(CALL, self.connect())).await
    }

    async fn connect(&self) -> Result<FirestoreDb, StoreError> {
        let url = match &self.config.emulator {
            Some(address) => format!("http://{address}"),
            None => "https://firestore.googleapis.com".to_owned(),
        };
        let options = FirestoreDbOptions::new(self.config.project.clone())
            .with_database_id(self.config.database.clone())
            .with_firebase_api_url(url)
            .with_max_retries(READ_RETRIES)
            .with_request_timeout(CALL);
        FirestoreDb::with_options_auth(options, self.identity.credentials()).await.map_err(unavailable)
    }

    /// What the names of all documents begin with.
    pub(super) async fn root(&self) -> Result<String, StoreError> {
        Ok(self.database().await?.get_documents_path().clone())
    }

    /// Name of a document by its path below the database.
    pub(super) async fn name(&self, path: &str) -> Result<String, StoreError> {
        Ok(format!("{}/{path}", self.database().await?.get_documents_path()))
    }

    /// Documents of one collection by their ids, in that order.
    pub(super) async fn get(
        &self,
        parent: &str,
        collection: &str,
        ids: &[&str],
    ) -> Result<Vec<Option<Document>>, StoreError> {
        let database = self.database().await?;
        let read = async {
            let select = database.fluent().select().by_id_in(collection).parent(parent);
            let found = select.batch_with_errors(ids.iter().copied()).await.map_err(unavailable)?;
            found.map_err(unavailable).try_collect::<Vec<(String, Option<Document>)>>().await
        };
        let mut found = within(READ, read).await?;
        let mut take = |id: &&str| {
            let at = found.iter().position(|(of, _)| of == id)?;
            found.swap_remove(at).1
        };
        Ok(ids.iter().map(&mut take).collect())
    }

    /// Writes all or nothing.
    pub(super) async fn commit(&self, writes: Vec<Write>) -> Result<Committed, StoreError> {
        let database = self.database().await?;
        let request = CommitRequest {
            database: database.get_database_path().clone(),
            writes,
            transaction: Vec::new(),
            request_options: None,
        };
        let mut client = database.client().get();
        let committed = tokio::time::timeout(CALL, client.commit(request)).await;
        Ok(match committed {
            Ok(Ok(_)) => Committed::Yes,
            Ok(Err(status)) => refused(&status),
            Err(_) => Committed::Unknown(late(CALL)),
        })
    }
}

fn refused(status: &Status) -> Committed {
    let error = StoreError::Unavailable(format!("Firestore: {:?}: {}", status.code(), status.message()));
    match status.code() {
        Code::AlreadyExists | Code::FailedPrecondition | Code::NotFound => Committed::Conflict,
        Code::PermissionDenied
        | Code::Unauthenticated
        | Code::InvalidArgument
        | Code::OutOfRange
        | Code::Unimplemented => Committed::Refused(error),
        // contention, quota, timeouts and broken connections: some of them are told after the commit was applied
        _ => Committed::Unknown(error),
    }
}

/// Bounds what a client of others does.
pub(super) async fn within<T>(
    longest: Duration,
    call: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    tokio::time::timeout(longest, call).await.unwrap_or_else(|_| Err(late(longest)))
}

fn late(longest: Duration) -> StoreError {
    StoreError::Unavailable(format!("Firestore did not answer within {} s", longest.as_secs()))
}

pub(super) fn unavailable(error: FirestoreError) -> StoreError {
    StoreError::Unavailable(format!("Firestore: {error}"))
}

/// As [`Client::get`], for whatever a query finds.
pub(super) async fn all(
    query: impl Future<
        Output = Result<
            futures_util::stream::BoxStream<'_, Result<Document, FirestoreError>>,
            FirestoreError,
        >,
    >,
) -> Result<Vec<Document>, StoreError> {
    within(READ, async { query.await.map_err(unavailable)?.map_err(unavailable).try_collect().await }).await
}
