use std::collections::BTreeMap;

use serde_json::{Value, json};
use sim::proxy::Proxy;
use sim::{SimClock, World, WorldConfig};
use tests::{Emulator, FUNCTIONS, http, unique};

use super::process::Function;
use crate::contracts::platform_gcp::warehouse::Warehouse;

/// A project of its own on the emulators, and a simulated world around it whose clock runs with this machine's.
pub(super) struct Stage {
    pub(super) warehouse: Warehouse,
    pub(super) world: World,
    pub(super) artifacts: String,
    pub(super) account_files: String,
    pub(super) catalog: String,
    addresses: BTreeMap<&'static str, String>,
    variables: Vec<(&'static str, String)>,
}

impl Stage {
    /// `None` where an emulator does not run.
    pub(super) async fn new(test: &str) -> Option<Self> {
        let all = [
            ("FIRESTORE_EMULATOR_HOST", Emulator::Firestore),
            ("PUBSUB_EMULATOR_HOST", Emulator::PubSub),
            ("STORAGE_EMULATOR_HOST", Emulator::Storage),
            ("BIGQUERY_EMULATOR_HOST", Emulator::BigQuery),
            ("BIGQUERY_STORAGE_EMULATOR_HOST", Emulator::BigQueryStorage),
        ];
        let mut addresses = BTreeMap::new();
        for (name, emulator) in all {
            addresses.insert(name, emulator.address(test)?);
        }
        let warehouse = Warehouse::new(test)?;
        #[expect(clippy::disallowed_methods, reason = "the functions live by this machine's clock")]
        let now = jiff::Timestamp::now();
        let world = World::start(WorldConfig::seeded(1, SimClock::running_from(now))).await.unwrap();
        let (artifacts, account_files) = (unique("artifacts"), unique("account-files"));
        let catalog = unique("catalog");
        let project = warehouse.project.clone();
        let mut variables = vec![
            ("GOOGLE_CLOUD_PROJECT", project),
            ("AUTH", "local".to_owned()),
            ("PORT", "0".to_owned()),
            ("ARTIFACTS_BUCKET", artifacts.clone()),
            ("ACCOUNT_FILES_BUCKET", account_files.clone()),
            ("CATALOG_BUCKET", catalog.clone()),
            ("BIGQUERY_LOCATION", "EU".to_owned()),
            ("STAGING_BUCKET", warehouse.staging_bucket().to_owned()),
            ("TOPDOWN_BINANCE_URL", world.binance_url()),
            ("TOPDOWN_BINANCE_ACCOUNT_URL", world.binance_url()),
            ("TOPDOWN_BINANCE_FUTURES_URL", world.binance_url()),
            ("TOPDOWN_BYBIT_URL", world.bybit_url()),
            ("TOPDOWN_BYBIT_ACCOUNT_URL", world.bybit_url()),
            ("TOPDOWN_RULES_URL", world.openai_url()),
            ("TOPDOWN_TELEGRAM_URL", world.telegram_url()),
        ];
        variables.extend(addresses.iter().map(|(name, address)| (*name, address.clone())));
        let stage = Self { warehouse, world, artifacts, account_files, catalog, addresses, variables };
        for bucket in [&stage.artifacts, &stage.account_files, &stage.catalog] {
            let path = format!("/storage/v1/b?project={}", stage.warehouse.project);
            stage.ask("STORAGE_EMULATOR_HOST", "POST", &path, &json!({"name": bucket}));
        }
        // a backfill of what Flow 1 reads, small enough for an emulator
        let bars = "[bars]\n1h = 1000\n4h = 130\n1d = 500\n1w = 260\n1M = 60\n";
        let entry = "{ symbol = \"BTCUSDT\", venue = \"binance\", market = \"perp\" }";
        stage.watch(&format!("symbols = [{entry}]\n{bars}"));
        for topic in stage.topics() {
            stage.pubsub("PUT", &format!("topics/{topic}"), &json!({}));
        }
        Some(stage)
    }

    /// The same, its functions behind a proxy of each emulator, by the variable that names the emulator.
    pub(super) async fn behind_proxies(test: &str) -> Option<(Self, BTreeMap<&'static str, Proxy>)> {
        let mut stage = Self::new(test).await?;
        let (variables, proxies) = stage.proxies().await;
        for (name, value) in &mut stage.variables {
            if let Some(address) = variables.get(name) {
                value.clone_from(address);
            }
        }
        Some((stage, proxies))
    }

    /// A proxy before each emulator: the variables that lead there, and the proxies, by the same names.
    pub(super) async fn proxies(&self) -> (BTreeMap<&'static str, String>, BTreeMap<&'static str, Proxy>) {
        let (mut variables, mut proxies) = (BTreeMap::new(), BTreeMap::new());
        for (name, address) in &self.addresses {
            let (scheme, upstream) = match address.strip_prefix("http://") {
                Some(upstream) => ("http://", upstream),
                None => ("", address.as_str()),
            };
            let proxy = Proxy::before(upstream).await.unwrap();
            variables.insert(*name, format!("{scheme}{}", proxy.address()));
            proxies.insert(*name, proxy);
        }
        (variables, proxies)
    }

    /// What deployments read too.
    fn described() -> Value {
        let text = std::fs::read(tests::repository().join("infra/pubsub.json")).unwrap();
        serde_json::from_slice(&text).unwrap()
    }

    fn topics(&self) -> Vec<String> {
        let described = Self::described();
        let pushed = described["push"].as_array().unwrap().iter().map(|push| push["topic"].clone());
        let all = pushed.chain([described["dead_letter_topic"].clone()]);
        all.map(|topic| topic.as_str().unwrap().to_owned()).collect()
    }

    /// Starts a function with this stage's environment and `more`. One of them alone has the exchange's key.
    pub(super) fn start(&self, name: &str, more: &[(&str, &str)]) -> Function {
        let own = self.variables.iter().map(|(name, value)| (*name, value.as_str()));
        let key = [("BINANCE_API_KEY", "sim-key"), ("BINANCE_API_SECRET", "sim-secret")];
        let key = key.into_iter().filter(|_| name == "account-exporter");
        let variables: Vec<_> = own.chain(key).chain(more.iter().copied()).collect();
        Function::start(name, &variables)
    }

    /// Pushes what comes to a function's topics to `address`. Messages that were refused come again after a second
    /// rather than ten: the one thing that is not as it is deployed.
    pub(super) fn subscribe(&self, function: &str, address: &str) {
        let described = Self::described();
        let project = &self.warehouse.project;
        let of = |push: &&Value| push["service"] == function;
        for push in described["push"].as_array().unwrap().iter().filter(of) {
            let (topic, path) = (push["topic"].as_str().unwrap(), push["path"].as_str().unwrap());
            let subscription = json!({
                "topic": format!("projects/{project}/topics/{topic}"),
                "pushConfig": {"pushEndpoint": format!("http://{address}{path}")},
                "ackDeadlineSeconds": described["ack_deadline_seconds"],
                "retryPolicy": {"minimumBackoff": "1s", "maximumBackoff": "10s"},
            });
            self.pubsub("PUT", &format!("subscriptions/{topic}"), &subscription);
        }
    }

    /// Every function, started and subscribed, by name.
    pub(super) fn all(&self) -> BTreeMap<&'static str, Function> {
        let started: BTreeMap<_, _> = FUNCTIONS.iter().map(|name| (*name, self.start(name, &[]))).collect();
        for (name, function) in &started {
            self.subscribe(name, &function.address());
        }
        started
    }

    /// Publishes a message as it is.
    pub(super) fn publish(&self, topic: &str, data: &[u8]) {
        use base64::Engine;
        let data = base64::engine::general_purpose::STANDARD.encode(data);
        self.pubsub("POST", &format!("topics/{topic}:publish"), &json!({"messages": [{"data": data}]}));
    }

    fn pubsub(&self, method: &str, path: &str, body: &Value) {
        let path = format!("/v1/projects/{}/{path}", self.warehouse.project);
        self.ask("PUBSUB_EMULATOR_HOST", method, &path, body);
    }

    /// The documents of a collection, by their ids, each as Firestore shows its fields.
    pub(super) fn documents(&self, collection: &str) -> BTreeMap<String, Value> {
        let project = &self.warehouse.project;
        let path = format!("/v1/projects/{project}/databases/topdown/documents/{collection}?pageSize=300");
        let (status, body) = http(&self.addresses["FIRESTORE_EMULATOR_HOST"], "GET", &path, None);
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
        let listed: Value = serde_json::from_slice(&body).unwrap();
        let documents = listed["documents"].as_array().cloned().unwrap_or_default();
        let id = |document: &Value| document["name"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        documents.iter().map(|document| (id(document), document["fields"].clone())).collect()
    }

    /// Sets fields of a document, behind everybody's back.
    pub(super) fn set(&self, path: &str, fields: &Value) {
        let names = fields.as_object().unwrap().keys();
        let mask: Vec<_> = names.map(|name| format!("updateMask.fieldPaths={name}")).collect();
        let project = &self.warehouse.project;
        let path = format!("/v1/projects/{project}/databases/topdown/documents/{path}?{}", mask.join("&"));
        self.ask("FIRESTORE_EMULATOR_HOST", "PATCH", &path, &json!({"fields": fields}));
    }

    /// Puts files into the catalog as `infra/catalog` does.
    pub(super) fn upload_catalog(&self, files: &[(&str, &str)]) {
        let mut manifest = serde_json::Map::new();
        for (path, text) in files {
            let hash = domain::Sha256Hex::of(text.as_bytes()).to_string();
            self.object(&format!("files/{hash}"), text);
            manifest.insert((*path).to_owned(), hash.into());
        }
        self.object("catalog.json", &json!({"v": 1, "files": manifest}).to_string());
    }

    /// Watches other symbols, with histories of other lengths.
    pub(super) fn watch(&self, watchlist: &str) {
        self.object("watchlist.toml", watchlist);
    }

    /// Messages of a topic that nobody takes, as they are published. Some may come again.
    pub(super) fn pull(&self, topic: &str) -> Vec<Vec<u8>> {
        use base64::Engine;
        let path = format!("/v1/projects/{}/subscriptions/{topic}:pull", self.warehouse.project);
        let (status, body) =
            http(&self.addresses["PUBSUB_EMULATOR_HOST"], "POST", &path, Some(&json!({"maxMessages": 100})));
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
        let pulled: Value = serde_json::from_slice(&body).unwrap();
        let messages = pulled["receivedMessages"].as_array().cloned().unwrap_or_default();
        let data = |message: &Value| message["message"]["data"].as_str().unwrap().to_owned();
        let decoder = base64::engine::general_purpose::STANDARD;
        messages.iter().map(|message| decoder.decode(data(message)).unwrap()).collect()
    }

    /// Keeps what comes to a topic for [`Self::pull`].
    pub(super) fn keep(&self, topic: &str) {
        let name = format!("projects/{}/topics/{topic}", self.warehouse.project);
        self.pubsub("PUT", &format!("subscriptions/{topic}"), &json!({"topic": name}));
    }

    /// Puts a file into the catalog's bucket.
    fn object(&self, name: &str, text: &str) {
        let bucket = &self.catalog;
        let name = name.replace('/', "%2F");
        let path = format!("/upload/storage/v1/b/{bucket}/o?uploadType=media&name={name}");
        let emulator = self.addresses["STORAGE_EMULATOR_HOST"].trim_start_matches("http://").to_owned();
        let (status, body) = tests::send(&emulator, "POST", &path, "text/plain", text.as_bytes());
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
    }

    /// An empty bucket that no function is told of.
    pub(super) fn bucket(&self) -> String {
        let name = unique("foreign");
        let path = format!("/storage/v1/b?project={}", self.warehouse.project);
        self.ask("STORAGE_EMULATOR_HOST", "POST", &path, &json!({"name": name}));
        name
    }

    /// Names of what a bucket holds.
    pub(super) fn objects(&self, bucket: &str) -> Vec<String> {
        let path = format!("/storage/v1/b/{bucket}/o");
        let (status, body) = http(&self.addresses["STORAGE_EMULATOR_HOST"], "GET", &path, None);
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
        let listed: Value = serde_json::from_slice(&body).unwrap();
        let items = listed["items"].as_array().cloned().unwrap_or_default();
        items.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
    }

    /// The number that the bucket gave an object.
    pub(super) fn generation(&self, gcs_uri: &str) -> String {
        let (bucket, name) = gcs_uri.strip_prefix("gs://").unwrap().split_once('/').unwrap();
        let path = format!("/storage/v1/b/{bucket}/o/{}", name.replace('/', "%2F"));
        let (status, body) = http(&self.addresses["STORAGE_EMULATOR_HOST"], "GET", &path, None);
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
        let object: Value = serde_json::from_slice(&body).unwrap();
        object["generation"].as_str().unwrap().to_owned()
    }

    fn ask(&self, emulator: &str, method: &str, path: &str, body: &Value) {
        let (status, answer) = http(&self.addresses[emulator], method, path, Some(body));
        assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&answer));
    }
}

/// Calls a function as the schedule does; answers the status.
pub(super) fn tick(address: &str, path: &str) -> u16 {
    http(address, "POST", path, Some(&json!({}))).0
}
