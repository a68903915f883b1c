//! Writes what an account holds as an artifact of a run. It alone holds the exchange's key, asks before each export
//! what that key may do, and refuses one that may do more than read.

mod access;
#[cfg(feature = "gcp")]
pub mod settings;

use async_trait::async_trait;
use domain::Venue;
use domain::account::AccountDocument;
use market::binance_account::AccountError;
use market::{binance_account, bybit_account};
use runtime::{Batch, Function, Redeliver, Services, Stop, artifact_key, begin};
use storage::{Message, RunDocument, StepResult, Topic};

pub use access::{AccessError, AccountAccess, BINANCE, BINANCE_FUTURES, BYBIT, BybitAccess};

/// The accounts whose keys are set, one of each exchange at most.
#[derive(Default)]
pub struct Accounts {
    /// At Binance.
    pub binance: Option<binance_account::AccountClient>,
    /// At Bybit.
    pub bybit: Option<bybit_account::AccountClient>,
}

impl Accounts {
    /// Reads the account at the exchange of a run, and at no other; `None` without a key of it.
    async fn read(&self, run: &RunDocument) -> Option<Result<AccountDocument, AccountError>> {
        let RunDocument { symbol, as_of, .. } = run;
        match run.venue {
            Venue::Binance => Some(self.binance.as_ref()?.read(symbol, *as_of).await),
            Venue::Bybit => Some(self.bybit.as_ref()?.read(symbol, *as_of).await),
        }
    }
}

/// The exporter of the account.
pub struct AccountExporter {
    services: Services,
    accounts: Accounts,
}

impl AccountExporter {
    /// An exporter on these ports; an export without an account fails and says so.
    pub fn new(services: Services, accounts: Accounts) -> Self {
        Self { services, accounts }
    }

    async fn export(&self, batch: &Batch<'_>) -> Result<StepResult, Stop> {
        let run = &batch.run;
        let read = self.accounts.read(run).await;
        let document = read.ok_or_else(|| Stop::failed(no_key(run.venue)))?.map_err(Stop::failed)?;
        let bytes = serde_json::to_vec(&document).map_err(Stop::failed)?;
        let key = artifact_key(&run.run_id, "account.json")?;
        let put = self.services.artifacts.put(&key, "application/json", &bytes).await?;
        let result = StepResult { reason: warnings(&document), ..StepResult::default() };
        Ok(result.with(put.artifact))
    }
}

/// What to tell of an export without a key.
fn no_key(venue: Venue) -> String {
    let (name, prefix) = match venue {
        Venue::Binance => ("Binance", "BINANCE"),
        Venue::Bybit => ("Bybit", "BYBIT"),
    };
    format!(
        "no key of an account at {name} is set, so none was read; set {prefix}_API_KEY and {prefix}_API_SECRET to a \
         key that may only read"
    )
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
