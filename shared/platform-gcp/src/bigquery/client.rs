use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use gcp_bigquery_client::auth::Authenticator;
use gcp_bigquery_client::client_builder::ClientBuilder;
use gcp_bigquery_client::error::BQError;
use gcp_bigquery_client::model::data_format_options::DataFormatOptions;
use gcp_bigquery_client::model::get_query_results_parameters::GetQueryResultsParameters;
use gcp_bigquery_client::model::query_request::QueryRequest;
use gcp_bigquery_client::model::query_response::QueryResponse;
use secrecy::ExposeSecret;
use storage::StoreError;
use tokio::sync::OnceCell;
use tokio::time::Instant;

use super::config::BigQueryConfig;
use super::error::Failure;
use super::retry::retried;
use super::rows::Rows;
use super::statements::Statement;
use super::types::{Value, bind};
use crate::Identity;

/// The longest that an attempt at one call may take; longer than the wait for a result.
const CALL: Duration = Duration::from_secs(30);
/// How long the server waits for a query before it answers that it is still at work.
const WAIT_MS: i32 = 20_000;
/// The longest that a query may take in all.
const QUERY: Duration = Duration::from_secs(90);

/// The REST interface: queries and jobs. Connects at its first call.
#[derive(Clone)]
pub(super) struct Client {
    pub(super) config: Arc<BigQueryConfig>,
    identity: Identity,
    connected: Arc<OnceCell<gcp_bigquery_client::Client>>,
}

impl Client {
    pub(super) fn new(config: BigQueryConfig, identity: Identity) -> Self {
        Self { config: Arc::new(config), identity, connected: Arc::default() }
    }

    pub(super) async fn api(&self) -> Result<&gcp_bigquery_client::Client, Failure> {
        self.connected.get_or_try_init(|| self.connect()).await
    }

    async fn connect(&self) -> Result<gcp_bigquery_client::Client, Failure> {
        let http = reqwest12::Client::builder()
            .timeout(CALL)
            .connect_timeout(Duration::from_secs(5))
            .redirect(reqwest12::redirect::Policy::none())
            .referer(false);
        let mut builder = ClientBuilder::new();
        let http = match &self.config.emulator {
            Some(emulator) => {
                builder.with_v2_base_url(format!("{}/bigquery/v2", emulator.rest));
                // no proxy of the environment reaches a server on this machine
                http.no_proxy()
            }
            None => http,
        };
        let http = http.build().map_err(Failure::lasting)?;
        let tokens = Arc::new(Tokens(self.identity.clone()));
        Ok(builder.with_client(http).build_from_authenticator(tokens).await?)
    }

    /// Runs a statement that changes nothing, with values for its parameters in their order, and reads all its rows.
    pub(super) async fn rows(&self, statement: &Statement, values: Vec<Value>) -> Result<Rows, StoreError> {
        let named = statement.parameters.iter().zip(values);
        let request = QueryRequest {
            query_parameters: Some(named.map(|((name, of), value)| bind(name, *of, value)).collect()),
            parameter_mode: Some("NAMED".to_owned()),
            location: Some(self.config.location.clone()),
            maximum_bytes_billed: Some(self.config.maximum_bytes_billed.to_string()),
            timeout_ms: Some(WAIT_MS),
            format_options: Some(DataFormatOptions { use_int64_timestamp: Some(true) }),
            ..QueryRequest::new(statement.sql)
        };
        let until = Instant::now() + QUERY;
        retried(statement.name, || self.query(&request, until)).await
    }

    async fn query(&self, request: &QueryRequest, until: Instant) -> Result<Rows, Failure> {
        let project = self.config.project.as_str();
        let api = self.api().await?;
        let mut page = api.job().query(project, request.clone()).await?;
        let mut rows = Rows::default();
        loop {
            if let Some(errors) = page.errors.as_deref().filter(|errors| !errors.is_empty()) {
                return Err(Failure::of_errors(errors));
            }
            let complete = page.job_complete.unwrap_or(false);
            let next = page.page_token.clone();
            let job = page.job_reference.as_ref().and_then(|job| job.job_id.clone());
            if complete {
                rows.take(page)?;
            }
            if complete && next.is_none() {
                return Ok(rows);
            }
            if Instant::now() > until {
                return Err(Failure::lasting(format!("a query took over {} s", QUERY.as_secs())));
            }
            let job = job.ok_or_else(|| Failure::lasting("an unfinished query without a job"))?;
            page = self.page(api, &job, next).await?;
        }
    }

    /// The next page, or whether a query has come to its end.
    async fn page(
        &self,
        api: &gcp_bigquery_client::Client,
        job: &str,
        page_token: Option<String>,
    ) -> Result<QueryResponse, Failure> {
        // no format options: the crate cannot send them here, so that statements yield times as integers
        let parameters = GetQueryResultsParameters {
            location: Some(self.config.location.clone()),
            page_token,
            timeout_ms: Some(WAIT_MS),
            ..Default::default()
        };
        Ok(api.job().get_query_results(&self.config.project, job, parameters).await?.into())
    }
}

/// Tokens of this process's identity for the crate, which has no cache of its own.
#[derive(Clone)]
struct Tokens(Identity);

#[async_trait]
impl Authenticator for Tokens {
    async fn access_token(&self) -> Result<String, BQError> {
        match self.0.token().await {
            Ok(Some(token)) => Ok(token.expose_secret().to_owned()),
            // an emulator asks for no name
            Ok(None) => Ok("nobody".to_owned()),
            Err(error) => Err(BQError::ConnectionPoolError(error.to_string())),
        }
    }
}
