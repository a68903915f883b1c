/// Which BigQuery, and within what bounds.
#[derive(Debug, Clone)]
pub struct BigQueryConfig {
    /// The project that holds the tables and pays for the queries.
    pub project: String,
    /// Location of the datasets and jobs, such as `EU`: a query elsewhere finds nothing.
    pub location: String,
    /// The most that one query may be billed for, bytes; one beyond it fails at no cost.
    pub maximum_bytes_billed: u64,
    /// An emulator; `None` is Google's own service.
    pub emulator: Option<BigQueryEmulator>,
}

/// Addresses of an emulator.
#[derive(Debug, Clone)]
pub struct BigQueryEmulator {
    /// Base URL of the REST interface, `http://127.0.0.1:9050`.
    pub rest: String,
    /// `HOST:PORT` of the Storage API's gRPC interface.
    pub storage: String,
}

/// Where rows too old to be streamed wait for their load job.
#[derive(Debug, Clone)]
pub struct StagingConfig {
    /// The bucket, in the location of the datasets. Its lifecycle deletes what it holds.
    pub bucket: String,
    /// Base URL of an emulator; `None` is Google's own service.
    pub emulator: Option<String>,
}
