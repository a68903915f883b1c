use std::future::Future;
use std::time::Duration;

use firestore::errors::FirestoreError;
use firestore::gcloud_sdk::google::firestore::v1::{CommitRequest, Document, Write};
use firestore::gcloud_sdk::tonic::{Code, Status};
use firestore::{FirestoreDb, FirestoreDbOptions};
use futures_util::TryStreamExt;
use futures_util::stream::BoxStream;
use storage::StoreError;
use tokio::sync::OnceCell;
use tracing::warn;

use crate::Identity;

/// The longest an attempt at one call may take.
const CALL: Duration = Duration::from_secs(10);
/// The longest a read may take, with its repetitions and all its documents.
const READ: Duration = Duration::from_secs(30);
const READ_RETRIES: u32 = 4;
const READ_WAIT: Duration = Duration::from_millis(50);

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
            // reads and writes here are repeated by whoever knows what became of them
            .with_max_retries(0)
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
        let mut found = patient(|| async {
            let select = database.fluent().select().by_id_in(collection).parent(parent);
            let found = select.batch_with_errors(ids.iter().copied()).await?;
            found.try_collect::<Vec<(String, Option<Document>)>>().await
        })
        .await?;
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
pub(super) async fn all<F>(query: impl Fn() -> F) -> Result<Vec<Document>, StoreError>
where
    F: Future<Output = Result<BoxStream<'static, Result<Document, FirestoreError>>, FirestoreError>>,
{
    patient(|| async { query().await?.try_collect().await }).await
}

/// Reads, and reads again where the failure may pass: the client itself tries no further once an answer has begun.
async fn patient<T, F>(read: impl Fn() -> F) -> Result<T, StoreError>
where
    F: Future<Output = Result<T, FirestoreError>>,
{
    let reading = async {
        for attempt in 0..READ_RETRIES {
            match read().await {
                Err(FirestoreError::DatabaseError(error)) if error.retry_possible => {
                    warn!(%error, "a document is read again");
                    tokio::time::sleep(READ_WAIT * 2_u32.pow(attempt)).await;
                }
                read => return read.map_err(unavailable),
            }
        }
        read().await.map_err(unavailable)
    };
    within(READ, reading).await
}
