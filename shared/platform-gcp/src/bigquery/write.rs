use std::time::Duration;

use futures_util::stream;
use gcp_bigquery_client::google::cloud::bigquery::storage::v1::append_rows_request::{ProtoData, Rows};
use gcp_bigquery_client::google::cloud::bigquery::storage::v1::append_rows_response::Response;
use gcp_bigquery_client::google::cloud::bigquery::storage::v1::big_query_write_client::BigQueryWriteClient;
use gcp_bigquery_client::google::cloud::bigquery::storage::v1::{
    AppendRowsRequest, AppendRowsResponse, ProtoRows, ProtoSchema,
};
use secrecy::ExposeSecret;
use storage::StoreError;
use tonic::metadata::AsciiMetadataValue;
use tonic::transport::{Channel, ClientTlsConfig, Endpoint};
use tonic::{Code, Request, Status};

use super::config::BigQueryConfig;
use super::error::Failure;
use super::retry::retried;
use super::schema::Table;
use crate::Identity;

/// The longest that an attempt at an append may take.
const CALL: Duration = Duration::from_secs(60);
/// Bytes of rows in one request; BigQuery takes ten million in all.
const REQUEST: usize = 8_000_000;

/// The Storage Write API. Rows go to a table's default stream, which is ready without being made and acknowledges
/// rows at least once: an append whose outcome is unknown is repeated, and readers take each row once.
pub(super) struct Writer {
    client: BigQueryWriteClient<Channel>,
    project: String,
    identity: Identity,
}

impl Writer {
    /// Connects at its first append.
    ///
    /// # Errors
    /// `Unavailable` if the emulator's address is none.
    pub(super) fn new(config: &BigQueryConfig, identity: Identity) -> Result<Self, StoreError> {
        let endpoint = match &config.emulator {
            Some(emulator) => endpoint(&format!("http://{}", emulator.storage))?,
            None => endpoint("https://bigquerystorage.googleapis.com")?
                .tls_config(ClientTlsConfig::new().with_webpki_roots())
                .map_err(|error| Failure::lasting(error).error)?,
        };
        let client = BigQueryWriteClient::new(endpoint.connect_lazy());
        Ok(Self { client, project: config.project.clone(), identity })
    }

    /// Appends rows, each encoded by the table's descriptor. They are readable once this returns.
    ///
    /// # Errors
    /// `Unavailable`; some of the rows may have been appended.
    pub(super) async fn append(&self, table: &Table, rows: Vec<Vec<u8>>) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        let requests = requests(&self.stream(table), table, rows);
        retried(table.name, || self.send(table, &requests)).await
    }

    fn stream(&self, table: &Table) -> String {
        format!("projects/{}/datasets/{}/tables/{}/streams/_default", self.project, table.dataset, table.name)
    }

    async fn send(&self, table: &Table, requests: &[AppendRowsRequest]) -> Result<(), Failure> {
        let sent = async {
            let request = self.authorized(table, stream::iter(requests.to_vec())).await?;
            let mut answers = self.client.clone().append_rows(request).await.map_err(of)?.into_inner();
            let mut acknowledged = 0;
            while acknowledged < requests.len() {
                let answer = answers.message().await.map_err(of)?;
                check(answer.ok_or_else(|| of(Status::unavailable("the stream ended before its answers")))?)?;
                acknowledged += 1;
            }
            Ok(())
        };
        let late = || of(Status::deadline_exceeded(format!("no answer within {} s", CALL.as_secs())));
        tokio::time::timeout(CALL, sent).await.unwrap_or_else(|_| Err(late()))
    }

    async fn authorized<T>(&self, table: &Table, message: T) -> Result<Request<T>, Failure> {
        let mut request = Request::new(message);
        // by this header the call finds the stream's region
        let routing = format!("write_stream={}", self.stream(table));
        let routing: AsciiMetadataValue = routing.parse().map_err(Failure::lasting)?;
        request.metadata_mut().insert("x-goog-request-params", routing);
        if let Some(token) = self.identity.token().await.map_err(Failure::lasting)? {
            let mut bearer: AsciiMetadataValue =
                format!("Bearer {}", token.expose_secret()).parse().map_err(Failure::lasting)?;
            bearer.set_sensitive(true);
            request.metadata_mut().insert("authorization", bearer);
        }
        Ok(request)
    }
}

fn endpoint(url: &str) -> Result<Endpoint, StoreError> {
    let endpoint = Endpoint::from_shared(url.to_owned()).map_err(|error| Failure::lasting(error).error)?;
    Ok(endpoint.connect_timeout(Duration::from_secs(5)))
}

fn of(status: Status) -> Failure {
    Failure::of_status(&status)
}

/// Requests that are small enough. The first tells how rows are encoded.
fn requests(stream: &str, table: &Table, rows: Vec<Vec<u8>>) -> Vec<AppendRowsRequest> {
    let mut parts: Vec<Vec<Vec<u8>>> = vec![Vec::new()];
    let mut size = 0;
    for row in rows {
        if size + row.len() > REQUEST {
            parts.push(Vec::new());
            size = 0;
        }
        size += row.len();
        if let Some(part) = parts.last_mut() {
            part.push(row);
        }
    }
    let request = |(place, serialized_rows): (usize, Vec<Vec<u8>>)| AppendRowsRequest {
        write_stream: stream.to_owned(),
        rows: Some(Rows::ProtoRows(ProtoData {
            writer_schema: (place == 0).then(|| ProtoSchema { proto_descriptor: Some(table.descriptor()) }),
            rows: Some(ProtoRows { serialized_rows }),
        })),
        ..Default::default()
    };
    parts.into_iter().enumerate().map(request).collect()
}

/// An answer that is no error and refuses no row.
fn check(answer: AppendRowsResponse) -> Result<(), Failure> {
    if let Some(error) = answer.row_errors.first() {
        let count = answer.row_errors.len();
        return Err(Failure::lasting(format!(
            "{count} rows refused, row {}: {}",
            error.index, error.message
        )));
    }
    match answer.response {
        Some(Response::AppendResult(_)) => Ok(()),
        Some(Response::Error(error)) => Err(of(Status::new(Code::from_i32(error.code), error.message))),
        None => Err(Failure::lasting("an append was neither done nor refused")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_rows_are_many_requests_and_the_first_tells_their_form() {
        let table = Table::ohlcv_raw().unwrap();
        let rows = |count: usize, size: usize| vec![vec![0_u8; size]; count];
        let shape = |requests: Vec<AppendRowsRequest>| -> Vec<(bool, usize)> {
            let one = |request: AppendRowsRequest| {
                let Some(Rows::ProtoRows(data)) = request.rows else { panic!("rows as protobuf") };
                (data.writer_schema.is_some(), data.rows.unwrap().serialized_rows.len())
            };
            requests.into_iter().map(one).collect()
        };
        assert_eq!(shape(requests("s", &table, rows(3, 3_000_000))), [(true, 2), (false, 1)]);
        assert_eq!(shape(requests("s", &table, rows(1000, 200))), [(true, 1000)]);
    }

    #[test]
    fn an_answer_without_a_result_is_a_failure() {
        assert!(check(AppendRowsResponse::default()).is_err());
    }
}
