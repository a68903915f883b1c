use std::sync::{Arc, OnceLock};

use storage::{ArtifactStore, Bus, CandleStore, CatalogFiles, Journal, ReportStore, ShardBus, StoreError};

use crate::bigquery::{
    BigQueryCandles, BigQueryConfig, BigQueryEmulator, BigQueryReports, Now, StagingConfig,
};
use crate::{
    BucketConfig, CatalogBucket, CloudArtifacts, CollectorState, FirestoreConfig, FirestoreJournal, Identity,
    PubsubBus, PubsubConfig, WithAccountFiles,
};

/// A variable of the environment: its name, what it means, its default, whether it must be set.
pub type Row = (&'static str, &'static str, Option<&'static str>, bool);

const PROJECT: &str = "GOOGLE_CLOUD_PROJECT";
const DATABASE: &str = "FIRESTORE_DATABASE";
const FIRESTORE_HOST: &str = "FIRESTORE_EMULATOR_HOST";
const ARTIFACTS: &str = "ARTIFACTS_BUCKET";
const SIGNER: &str = "SIGNER";
const ACCOUNT_FILES_BUCKET: &str = "ACCOUNT_FILES_BUCKET";
const ACCOUNT_SIGNER: &str = "ACCOUNT_SIGNER";
const STORAGE_HOST: &str = "STORAGE_EMULATOR_HOST";
const PUBSUB_HOST: &str = "PUBSUB_EMULATOR_HOST";
const CATALOG_BUCKET: &str = "CATALOG_BUCKET";
const LOCATION: &str = "BIGQUERY_LOCATION";
const MOST_BILLED: &str = "BIGQUERY_MAXIMUM_BYTES_BILLED";
const BIGQUERY_HOST: &str = "BIGQUERY_EMULATOR_HOST";
const WRITE_HOST: &str = "BIGQUERY_STORAGE_EMULATOR_HOST";
const STAGING: &str = "STAGING_BUCKET";
const SHARDS: &str = "COLLECTOR_SHARDS";

const STORAGE_EMULATOR: Row = (STORAGE_HOST, "http://HOST:PORT of an emulator of Cloud Storage", None, false);

/// What the journal takes.
pub const FIRESTORE: [Row; 2] = [
    (DATABASE, "name of the Firestore database that holds the journal", Some("topdown"), false),
    (FIRESTORE_HOST, "HOST:PORT of an emulator of Firestore", None, false),
];
/// What the artifacts take.
pub const STORAGE: [Row; 3] = [
    (ARTIFACTS, "bucket of the artifacts", None, true),
    (
        SIGNER,
        "e-mail of the account that signs addresses of artifacts; this service's own unless set",
        None,
        false,
    ),
    STORAGE_EMULATOR,
];
/// What the files of accounts take. They lie apart, so that who may read or sign artifacts may not see them.
pub const ACCOUNT_FILES: [Row; 3] = [
    (ACCOUNT_FILES_BUCKET, "bucket of what accounts hold", None, true),
    (
        ACCOUNT_SIGNER,
        "e-mail of the account that signs addresses of account files; this service's own unless set",
        None,
        false,
    ),
    STORAGE_EMULATOR,
];
/// What the bus takes.
pub const PUBSUB: [Row; 1] = [(PUBSUB_HOST, "HOST:PORT of an emulator of Pub/Sub", None, false)];
/// What the catalog takes.
pub const CATALOG: [Row; 2] = [
    (CATALOG_BUCKET, "bucket of prompts, model profiles, chart templates and the watchlist", None, true),
    STORAGE_EMULATOR,
];

/// What candles and report rows take.
pub const BIGQUERY: [Row; 4] = [
    (LOCATION, "location of the BigQuery datasets, such as EU", None, true),
    (MOST_BILLED, "bytes that one query may be billed for at most", Some("100000000000"), false),
    (BIGQUERY_HOST, "http://HOST:PORT of an emulator of BigQuery", None, false),
    (WRITE_HOST, "HOST:PORT of the emulator's Storage API; needed with BIGQUERY_EMULATOR_HOST", None, false),
];
/// What candles take beside [`BIGQUERY`] and [`FIRESTORE`].
pub const CANDLES: [Row; 3] = [
    (
        STAGING,
        "bucket where candles over four years old wait for a load job; collectors need it",
        None,
        false,
    ),
    (
        SHARDS,
        "documents that the marks of all series are spread over, one for a hundred symbols; the same for all that \
         read and write candles",
        Some("1"),
        false,
    ),
    STORAGE_EMULATOR,
];

/// The value of a variable by its name, if it is set.
type Named<'a> = Box<dyn Fn(&str) -> Option<&'a str> + 'a>;

/// The ports of one process, each made when it is asked for: a process links what it uses, and no more.
pub struct Cloud<'a> {
    named: Named<'a>,
    identity: OnceLock<Identity>,
}

impl<'a> Cloud<'a> {
    /// The ports that an environment describes; `named` is the value of a variable.
    pub fn new(named: impl Fn(&str) -> Option<&'a str> + 'a) -> Self {
        Self { named: Box::new(named), identity: OnceLock::new() }
    }

    fn given(&self, name: &str) -> Option<String> {
        (self.named)(name).map(str::to_owned)
    }

    fn needed(&self, name: &str) -> Result<String, StoreError> {
        self.given(name).ok_or_else(|| StoreError::Unavailable(format!("{name} is not set")))
    }

    /// Whom a service is called as: nobody where it is an emulator.
    fn identity(&self, emulator: Option<&String>) -> Result<Identity, StoreError> {
        if emulator.is_some() {
            return Ok(Identity::anonymous());
        }
        if let Some(identity) = self.identity.get() {
            return Ok(identity.clone());
        }
        let identity = Identity::from_environment()?;
        Ok(self.identity.get_or_init(|| identity).clone())
    }

    /// Who this process is to Google's own models.
    ///
    /// # Errors
    /// If the environment names credentials that are none.
    pub fn caller(&self) -> Result<Identity, StoreError> {
        self.identity(None)
    }

    fn firestore(&self) -> Result<(FirestoreConfig, Identity), StoreError> {
        let emulator = self.given(FIRESTORE_HOST);
        let identity = self.identity(emulator.as_ref())?;
        let (project, database) = (self.needed(PROJECT)?, self.needed(DATABASE)?);
        Ok((FirestoreConfig { project, database, emulator }, identity))
    }

    /// The journal.
    ///
    /// # Errors
    /// If the environment names credentials that are none, or too little.
    pub fn journal(&self) -> Result<Arc<dyn Journal>, StoreError> {
        let (config, identity) = self.firestore()?;
        Ok(Arc::new(FirestoreJournal::new(config, identity)))
    }

    fn bucket(&self, name: &str) -> Result<(BucketConfig, Identity), StoreError> {
        let emulator = self.given(STORAGE_HOST);
        let identity = self.identity(emulator.as_ref())?;
        Ok((BucketConfig { bucket: self.needed(name)?, emulator }, identity))
    }

    /// The artifacts.
    ///
    /// # Errors
    /// As [`journal`](Self::journal).
    pub fn artifacts(&self) -> Result<Arc<dyn ArtifactStore>, StoreError> {
        Ok(Arc::new(self.store(ARTIFACTS, SIGNER)?))
    }

    /// The files of accounts, for who writes them.
    ///
    /// # Errors
    /// As [`journal`](Self::journal).
    pub fn account_files(&self) -> Result<Arc<dyn ArtifactStore>, StoreError> {
        Ok(Arc::new(self.store(ACCOUNT_FILES_BUCKET, ACCOUNT_SIGNER)?))
    }

    /// The artifacts, for who reads or signs the files of accounts too.
    ///
    /// # Errors
    /// As [`journal`](Self::journal).
    pub fn artifacts_with_account_files(&self) -> Result<Arc<dyn ArtifactStore>, StoreError> {
        let account_files = self.store(ACCOUNT_FILES_BUCKET, ACCOUNT_SIGNER)?;
        Ok(Arc::new(WithAccountFiles::new(self.store(ARTIFACTS, SIGNER)?, account_files)))
    }

    fn store(&self, bucket: &str, signer: &str) -> Result<CloudArtifacts, StoreError> {
        let (config, identity) = self.bucket(bucket)?;
        Ok(CloudArtifacts::new(config, self.given(signer), identity))
    }

    /// The files of the catalog.
    ///
    /// # Errors
    /// As [`journal`](Self::journal).
    pub fn catalog(&self) -> Result<Arc<dyn CatalogFiles>, StoreError> {
        let (config, identity) = self.bucket(CATALOG_BUCKET)?;
        Ok(Arc::new(CatalogBucket::new(config, identity)))
    }

    fn pubsub(&self) -> Result<PubsubBus, StoreError> {
        let emulator = self.given(PUBSUB_HOST);
        let identity = self.identity(emulator.as_ref())?;
        Ok(PubsubBus::new(PubsubConfig { project: self.needed(PROJECT)?, emulator }, identity))
    }

    /// The bus of steps.
    ///
    /// # Errors
    /// As [`journal`](Self::journal).
    pub fn bus(&self) -> Result<Arc<dyn Bus>, StoreError> {
        Ok(Arc::new(self.pubsub()?))
    }

    /// The bus of the collector's shards.
    ///
    /// # Errors
    /// As [`journal`](Self::journal).
    pub fn shards(&self) -> Result<Arc<dyn ShardBus>, StoreError> {
        Ok(Arc::new(self.pubsub()?))
    }

    fn bigquery(&self) -> Result<(BigQueryConfig, Identity), StoreError> {
        let rest = self.given(BIGQUERY_HOST);
        let identity = self.identity(rest.as_ref())?;
        let emulator = match rest {
            Some(rest) => Some(BigQueryEmulator { rest, storage: self.needed(WRITE_HOST)? }),
            None => None,
        };
        let config = BigQueryConfig {
            project: self.needed(PROJECT)?,
            location: self.needed(LOCATION)?,
            maximum_bytes_billed: self.number(MOST_BILLED)?,
            emulator,
        };
        Ok((config, identity))
    }

    fn number<T: std::str::FromStr>(&self, name: &str) -> Result<T, StoreError> {
        let text = self.needed(name)?;
        text.parse().map_err(|_| StoreError::Unavailable(format!("{name} is no number: `{text}`")))
    }

    /// Candles, and how far each series is collected.
    ///
    /// # Errors
    /// As [`journal`](Self::journal).
    pub fn candles(&self) -> Result<Arc<dyn CandleStore>, StoreError> {
        let (config, identity) = self.bigquery()?;
        let emulator = self.given(STORAGE_HOST);
        let staging = self.given(STAGING).map(|bucket| StagingConfig { bucket, emulator });
        let (database, of_state) = self.firestore()?;
        let state = CollectorState::new(database, of_state, self.number(SHARDS)?);
        Ok(Arc::new(BigQueryCandles::new(config, staging, state, identity)?))
    }

    /// Report rows; `now` is the clock that says when one was appended.
    ///
    /// # Errors
    /// As [`journal`](Self::journal).
    pub fn reports(&self, now: Now) -> Result<Arc<dyn ReportStore>, StoreError> {
        let (config, identity) = self.bigquery()?;
        Ok(Arc::new(BigQueryReports::new(config, identity, now)?))
    }
}
