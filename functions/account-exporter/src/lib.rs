//! Writes what an account holds as an artifact of a run. It alone holds the exchange's key, asks before each export
//! what that key may do, and refuses one that may do more than read.

mod access;
#[cfg(feature = "gcp")]
pub mod settings;

use async_trait::async_trait;
use domain::account::AccountDocument;
use market::binance_account::AccountClient;
use runtime::{Batch, Function, Redeliver, Services, Stop, artifact_key, begin};
use storage::{Message, StepResult, Topic};

pub use access::{AccessError, AccountAccess, BINANCE, BINANCE_FUTURES};

/// What to tell of an export without a key.
const NO_KEY: &str = "no key of an account is set, so none was read; set BINANCE_API_KEY and BINANCE_API_SECRET \
                      to a key that may only read";

/// The exporter of the account.
pub struct AccountExporter {
    services: Services,
    account: Option<AccountClient>,
}

impl AccountExporter {
    /// An exporter on these ports; without an account every export fails and says so.
    pub fn new(services: Services, account: Option<AccountClient>) -> Self {
        Self { services, account }
    }

    async fn export(&self, batch: &Batch<'_>) -> Result<StepResult, Stop> {
        let run = &batch.run;
        let account = self.account.as_ref().ok_or_else(|| Stop::failed(NO_KEY))?;
        let document = account.read(&run.symbol, run.as_of).await.map_err(Stop::failed)?;
        let bytes = serde_json::to_vec(&document).map_err(Stop::failed)?;
        let key = artifact_key(&run.run_id, "account.json")?;
        let put = self.services.artifacts.put(&key, "application/json", &bytes).await?;
        let result = StepResult { reason: warnings(&document), ..StepResult::default() };
        Ok(result.with(put.artifact))
    }
}

/// What a person should know of the account, in sentences.
fn warnings(document: &AccountDocument) -> Option<String> {
    let sentences: Vec<_> = document.warnings.iter().map(|warning| warning.sentence()).collect();
    (!sentences.is_empty()).then(|| sentences.join("; "))
}

#[async_trait]
impl Function for AccountExporter {
    fn topic(&self) -> Topic {
        Topic::AccountExport
    }

    async fn handle(&self, message: &Message) -> Result<(), Redeliver> {
        let Some(batch) = begin(&self.services, message).await? else { return Ok(()) };
        for step in &batch.steps {
            let outcome = self.export(&batch).await;
            batch.conclude(step, outcome).await?;
        }
        Ok(())
    }
}
