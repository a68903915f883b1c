use std::time::Duration;

use bytes::Bytes;
use gcp_bigquery_client::error::BQError;
use gcp_bigquery_client::model::job::Job;
use gcp_bigquery_client::model::job_configuration::JobConfiguration;
use gcp_bigquery_client::model::job_configuration_load::JobConfigurationLoad;
use gcp_bigquery_client::model::job_reference::JobReference;
use gcp_bigquery_client::model::table_reference::TableReference;
use google_cloud_gax::retry_policy::RetryPolicyExt;
use google_cloud_storage::client::Storage;
use google_cloud_storage::retry_policy::RetryableErrors;
use serde_json::{Map, Value};
use storage::StoreError;
use tokio::sync::OnceCell;
use tokio::time::Instant;
use uuid::Uuid;

use super::client::Client;
use super::config::StagingConfig;
use super::error::Failure;
use super::retry::retried;
use super::schema::Table;
use crate::Identity;

/// The longest that an attempt at an upload may take.
const UPLOAD: Duration = Duration::from_secs(120);
/// The longest that a load job may take.
const LOAD: Duration = Duration::from_secs(300);
/// Between two looks at a job.
const LOOK: Duration = Duration::from_millis(500);

/// Load jobs, for what streaming refuses: it takes no row whose partition lies over five years back. The rows wait
/// in a bucket, as lines of JSON.
pub(super) struct Loader {
    client: Client,
    config: StagingConfig,
    identity: Identity,
    connected: OnceCell<Storage>,
}

impl Loader {
    pub(super) fn new(client: Client, config: StagingConfig, identity: Identity) -> Self {
        Self { client, config, identity, connected: OnceCell::new() }
    }

    /// Appends rows by one job, all or none of them. They are readable once this returns.
    ///
    /// # Errors
    /// `Unavailable`; the job may still do its work.
    pub(super) async fn append(&self, table: &Table, rows: &[Map<String, Value>]) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        // the same for every attempt, so that a repetition finds what was done and does not do it again
        let id = format!("{}-{}", table.name, Uuid::new_v4().simple());
        let uri = self.stage(&format!("{id}.ndjson"), lines(rows)?).await?;
        let job = self.job(table, &id, &uri);
        let mut state = retried("a load job", || self.submit(&job, &id)).await?;
        let until = Instant::now() + LOAD;
        while !finished(&state)? {
            if Instant::now() > until {
                let said = format!("load job {id} takes over {} s", LOAD.as_secs());
                return Err(Failure::lasting(said).into());
            }
            tokio::time::sleep(LOOK).await;
            state = retried("a load job", || self.look(&id)).await?;
        }
        Ok(())
    }

    async fn stage(&self, name: &str, lines: Bytes) -> Result<String, StoreError> {
        let storage = self.connected.get_or_try_init(|| self.connect()).await?;
        let bucket = format!("projects/_/buckets/{}", self.config.bucket);
        let write = storage.write_object(bucket, name, lines).set_content_type("application/x-ndjson");
        let failed = |said: String| {
            let place = format!("gs://{}/{name}", self.config.bucket);
            StoreError::Unavailable(format!("{place} cannot be written: {said}"))
        };
        match tokio::time::timeout(UPLOAD, write.send_buffered()).await {
            Ok(Ok(_)) => Ok(format!("gs://{}/{name}", self.config.bucket)),
            Ok(Err(error)) => Err(failed(error.to_string())),
            Err(_) => Err(failed(format!("no answer within {} s", UPLOAD.as_secs()))),
        }
    }

    async fn connect(&self) -> Result<Storage, StoreError> {
        let builder = Storage::builder()
            .with_credentials(self.identity.credentials())
            .with_retry_policy(RetryableErrors.with_attempt_limit(5).with_time_limit(UPLOAD));
        let builder = match &self.config.emulator {
            Some(url) => builder.with_endpoint(url.clone()),
            None => builder,
        };
        builder.build().await.map_err(|error| StoreError::Unavailable(format!("Cloud Storage: {error}")))
    }

    fn job(&self, table: &Table, id: &str, uri: &str) -> Job {
        let config = &self.client.config;
        Job {
            job_reference: Some(JobReference {
                job_id: Some(id.to_owned()),
                location: Some(config.location.clone()),
                project_id: Some(config.project.clone()),
            }),
            configuration: Some(JobConfiguration {
                load: Some(JobConfigurationLoad {
                    source_uris: Some(vec![uri.to_owned()]),
                    source_format: Some("NEWLINE_DELIMITED_JSON".to_owned()),
                    destination_table: Some(TableReference::new(&config.project, table.dataset, table.name)),
                    create_disposition: Some("CREATE_NEVER".to_owned()),
                    write_disposition: Some("WRITE_APPEND".to_owned()),
                    ..Default::default()
                }),
                ..Default::default()
            }),
            ..Default::default()
        }
    }

    /// Submits the job, or finds that an earlier attempt has.
    async fn submit(&self, job: &Job, id: &str) -> Result<Job, Failure> {
        let api = self.client.api().await?;
        match api.job().insert(&self.client.config.project, job.clone()).await {
            Err(BQError::ResponseError { error }) if error.error.code == 409 => self.look(id).await,
            answer => Ok(answer?),
        }
    }

    async fn look(&self, id: &str) -> Result<Job, Failure> {
        let config = &self.client.config;
        let api = self.client.api().await?;
        Ok(api.job().get_job(&config.project, id, Some(&config.location)).await?)
    }
}

fn lines(rows: &[Map<String, Value>]) -> Result<Bytes, StoreError> {
    let mut lines = Vec::new();
    for row in rows {
        let damaged = |error: serde_json::Error| StoreError::Damaged {
            what: "a row".to_owned(),
            found: error.to_string(),
        };
        serde_json::to_writer(&mut lines, row).map_err(damaged)?;
        lines.push(b'\n');
    }
    Ok(lines.into())
}

/// Whether the job has done its work.
fn finished(job: &Job) -> Result<bool, StoreError> {
    let Some(status) = &job.status else { return Ok(false) };
    let mut errors = status.errors.clone().unwrap_or_default();
    errors.extend(status.error_result.clone());
    if status.state.as_deref() != Some("DONE") {
        return Ok(false);
    }
    match errors.is_empty() {
        true => Ok(true),
        false => Err(Failure::of_errors(&errors).into()),
    }
}
