//! A project with the tables, views and functions of `infra`, made from the files that Terraform reads.
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use platform_gcp::bigquery::{
    BigQueryCandles, BigQueryConfig, BigQueryEmulator, BigQueryReports, StagingConfig,
};
use platform_gcp::{CollectorState, FirestoreConfig, Identity};
use serde_json::{Value, json};
use tests::{Emulator, http, unique};

/// The emulator is one process on one database: under the load of several flows at once it stops answering.
static TURN: Mutex<()> = Mutex::new(());

pub(crate) struct Warehouse {
    _turn: MutexGuard<'static, ()>,
    pub(crate) project: String,
    pub(crate) config: BigQueryConfig,
    staging: StagingConfig,
    firestore: FirestoreConfig,
}

impl Warehouse {
    /// An empty one; `None` where an emulator does not run.
    pub(crate) fn new(test: &str) -> Option<Self> {
        // the REST client takes the process's provider, which a function's main installs
        let _ = rustls::crypto::ring::default_provider().install_default();
        let [rest, write, bucket, database] =
            [Emulator::BigQuery, Emulator::BigQueryStorage, Emulator::Storage, Emulator::Firestore]
                .map(|emulator| emulator.address(test));
        let emulator = BigQueryEmulator { rest: rest?, storage: write? };
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let project = unique("demo");
        let config = BigQueryConfig {
            project: project.clone(),
            location: "EU".to_owned(),
            maximum_bytes_billed: 10_000_000_000,
            emulator: Some(emulator),
        };
        let staging = StagingConfig { bucket: unique("staging"), emulator: bucket };
        let firestore = FirestoreConfig {
            project: project.clone(),
            database: "topdown".to_owned(),
            emulator: Some(database?),
        };
        let storage = staging.emulator.clone()?;
        let made = http(
            &storage,
            "POST",
            &format!("/storage/v1/b?project={project}"),
            Some(&json!({
                "name": staging.bucket
            })),
        );
        assert_eq!(made.0, 200);
        let warehouse = Self { _turn: turn, project, config, staging, firestore };
        warehouse.make();
        Some(warehouse)
    }

    /// The database of the journal and the collector's state.
    pub(crate) fn firestore(&self) -> &FirestoreConfig {
        &self.firestore
    }

    /// Base URL of BigQuery's REST interface.
    pub(crate) fn rest_address(&self) -> String {
        self.config.emulator.as_ref().unwrap().rest.clone()
    }

    /// Base URL of Cloud Storage.
    pub(crate) fn storage(&self) -> String {
        self.staging.emulator.clone().unwrap()
    }

    /// The bucket of rows on their way into a load job.
    pub(crate) fn staging_bucket(&self) -> &str {
        &self.staging.bucket
    }

    /// What waits or waited in that bucket.
    pub(crate) fn staged(&self) -> Vec<String> {
        let address = self.staging.emulator.as_ref().unwrap();
        let objects = format!("/storage/v1/b/{}/o", self.staging.bucket);
        let (_, listed) = http(address, "GET", &objects, None);
        let listed: Value = serde_json::from_slice(&listed).unwrap();
        let read = |object: &Value| {
            let path = format!("{objects}/{}?alt=media", object["name"].as_str().unwrap());
            String::from_utf8(http(address, "GET", &path, None).1).unwrap()
        };
        listed["items"].as_array().into_iter().flatten().map(read).collect()
    }

    pub(crate) fn candles(&self) -> BigQueryCandles {
        self.candles_with(Some(self.staging.clone()))
    }

    pub(crate) fn candles_without_staging(&self) -> BigQueryCandles {
        self.candles_with(None)
    }

    fn candles_with(&self, staging: Option<StagingConfig>) -> BigQueryCandles {
        let state = CollectorState::new(self.firestore.clone(), Identity::anonymous(), 2);
        BigQueryCandles::new(self.config.clone(), staging, state, Identity::anonymous()).unwrap()
    }

    pub(crate) fn reports(&self, now: &'static str) -> BigQueryReports {
        let now: Timestamp = now.parse().unwrap();
        BigQueryReports::new(self.config.clone(), Identity::anonymous(), Arc::new(move || now)).unwrap()
    }

    fn rest(&self, method: &str, path: &str, body: &Value) -> Value {
        let address = &self.config.emulator.as_ref().unwrap().rest;
        let path = format!("/bigquery/v2/projects/{}/{path}", self.project);
        let (status, answer) = http(address, method, &path, Some(body));
        assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&answer));
        serde_json::from_slice(&answer).unwrap()
    }

    /// The rows that a statement yields, as texts.
    pub(crate) fn sql(&self, sql: &str) -> Vec<Vec<Value>> {
        let answer = self.rest("POST", "queries", &json!({"query": sql, "useLegacySql": false}));
        assert!(answer["errors"].as_array().is_none_or(Vec::is_empty), "{sql}: {}", answer["errors"]);
        let rows = answer["rows"].as_array().cloned().unwrap_or_default();
        let cells = |row: &Value| row["f"].as_array().unwrap().iter().map(|cell| cell["v"].clone()).collect();
        rows.iter().map(cells).collect()
    }

    fn make(&self) {
        let infra = Infra::read();
        for dataset in infra.tables["datasets"].as_object().unwrap().keys() {
            let reference = json!({"datasetReference": {"projectId": self.project, "datasetId": dataset}});
            self.rest("POST", "datasets", &reference);
        }
        for (name, table) in infra.tables["tables"].as_object().unwrap() {
            let dataset = table["dataset"].as_str().unwrap();
            let path = format!("datasets/{dataset}/tables");
            let body = json!({
                "tableReference": {"projectId": self.project, "datasetId": dataset, "tableId": name},
                "schema": {"fields": infra.schema(table)},
                "timePartitioning": table["time_partitioning"],
                "requirePartitionFilter": table["require_partition_filter"],
                "clustering": {"fields": table["clustering"]},
            });
            self.rest("POST", &path, &body);
        }
        for made in infra.made() {
            self.sql(&made.ddl());
        }
    }
}

/// The files of `infra` that describe BigQuery.
pub(crate) struct Infra {
    folder: PathBuf,
    pub(crate) tables: Value,
}

/// A view or a table function.
pub(crate) struct Made {
    pub(crate) name: String,
    pub(crate) dataset: String,
    pub(crate) body: String,
    /// Names and types of a function's arguments; `None` of a view.
    pub(crate) arguments: Option<Vec<(String, String)>>,
}

impl Infra {
    pub(crate) fn read() -> Self {
        let folder = tests::repository().join("infra");
        let text = std::fs::read(folder.join("schemas/tables.json")).unwrap();
        Self { folder, tables: serde_json::from_slice(&text).unwrap() }
    }

    pub(crate) fn schema(&self, table: &Value) -> Value {
        let file = self.folder.join(table["schema"].as_str().unwrap());
        serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
    }

    /// In the order in which they build on one another.
    pub(crate) fn made(&self) -> Vec<Made> {
        let of = |kind: &str| self.tables[kind].as_array().unwrap().clone();
        of("functions").iter().chain(&of("views")).map(|described| self.one(described)).collect()
    }

    fn one(&self, described: &Value) -> Made {
        let text = |key: &str| described[key].as_str().unwrap().to_owned();
        let argument = |argument: &Value| {
            (argument["name"].as_str().unwrap().to_owned(), sql_type(&argument["data_type"]))
        };
        Made {
            name: text("name"),
            dataset: text("dataset"),
            body: std::fs::read_to_string(self.folder.join(text("body"))).unwrap(),
            arguments: described["arguments"].as_array().map(|list| list.iter().map(argument).collect()),
        }
    }
}

impl Made {
    fn ddl(&self) -> String {
        let Self { dataset, name, body, .. } = self;
        match &self.arguments {
            None => format!("CREATE OR REPLACE VIEW {dataset}.{name} AS {body}"),
            Some(arguments) => {
                let list: Vec<_> = arguments.iter().map(|(name, of)| format!("{name} {of}")).collect();
                let list = list.join(", ");
                format!("CREATE OR REPLACE TABLE FUNCTION {dataset}.{name}({list}) AS {body}")
            }
        }
    }
}

/// A type of BigQuery's REST interface as SQL writes it.
fn sql_type(data_type: &Value) -> String {
    match data_type["typeKind"].as_str().unwrap() {
        "ARRAY" => format!("ARRAY<{}>", sql_type(&data_type["arrayElementType"])),
        "STRUCT" => {
            let fields = data_type["structType"]["fields"].as_array().unwrap();
            let field = |f: &Value| format!("{} {}", f["name"].as_str().unwrap(), sql_type(&f["type"]));
            format!("STRUCT<{}>", fields.iter().map(field).collect::<Vec<_>>().join(", "))
        }
        plain => plain.to_owned(),
    }
}
