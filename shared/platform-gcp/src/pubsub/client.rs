use std::collections::BTreeMap;
use std::time::Duration;

use google_cloud_gax::retry_policy::RetryPolicyExt;
use google_cloud_pubsub::client::{BasePublisher, Publisher};
use google_cloud_pubsub::model::Message;
use google_cloud_pubsub::retry_policy::RetryableErrors;
use storage::StoreError;
use tokio::sync::{Mutex, OnceCell};

use crate::Identity;

/// The longest a message may take to be kept, with its repetitions. One given up on may still arrive: it is then one
/// of those that come twice.
const PUBLISH: Duration = Duration::from_secs(10);

/// Where messages go.
#[derive(Debug, Clone)]
pub struct PubsubConfig {
    /// The project of the topics.
    pub project: String,
    /// `HOST:PORT` of an emulator; `None` is Google's own service.
    pub emulator: Option<String>,
}

/// The connection, made at the first message, and a publisher a topic.
pub(super) struct Client {
    config: PubsubConfig,
    identity: Identity,
    connected: OnceCell<BasePublisher>,
    publishers: Mutex<BTreeMap<&'static str, Publisher>>,
}

impl Client {
    pub(super) fn new(config: PubsubConfig, identity: Identity) -> Self {
        Self { config, identity, connected: OnceCell::new(), publishers: Mutex::default() }
    }

    /// Answers once the message is kept: where nothing runs between requests, what waits in memory is lost.
    pub(super) async fn publish(
        &self,
        topic: &'static str,
        data: Vec<u8>,
        attributes: Vec<(&'static str, String)>,
    ) -> Result<(), StoreError> {
        let sent = async {
            let publisher = self.publisher(topic).await?;
            let message = Message::new().set_data(data).set_attributes(attributes);
            let published = publisher.publish(message).await;
            published.map_err(|error| StoreError::Unavailable(format!("Pub/Sub, topic {topic}: {error}")))
        };
        match tokio::time::timeout(PUBLISH, sent).await {
            Ok(sent) => sent.map(|_| ()),
            Err(_) => {
                let seconds = PUBLISH.as_secs();
                let what = format!("Pub/Sub did not take a message of topic {topic} within {seconds} s");
                Err(StoreError::Unavailable(what))
            }
        }
    }

    async fn publisher(&self, topic: &'static str) -> Result<Publisher, StoreError> {
        let connected = self.connected.get_or_try_init(|| self.connect()).await?;
        let mut publishers = self.publishers.lock().await;
        let publisher = publishers.entry(topic).or_insert_with(|| {
            let name = format!("projects/{}/topics/{topic}", self.config.project);
            // a message is waited for, so none is kept back for company
            connected.publisher(name).set_message_count_threshold(1).build()
        });
        Ok(publisher.clone())
    }

    async fn connect(&self) -> Result<BasePublisher, StoreError> {
        let mut builder = BasePublisher::builder()
            .with_credentials(self.identity.credentials())
            .with_retry_policy(RetryableErrors.with_time_limit(PUBLISH));
        if let Some(emulator) = &self.config.emulator {
            builder = builder.with_endpoint(format!("http://{emulator}"));
        }
        let built = builder.build().await;
        built.map_err(|error| StoreError::Unavailable(format!("Pub/Sub: {error}")))
    }
}
